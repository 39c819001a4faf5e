// Checks of devices' clients.
#include <memory>

#include "minihal/halval/checks.hpp"
#include "minihal/halval/io_run.hpp"
#include "minihal/host/status_text.hpp"

namespace minihal::halval {

namespace {

void expect_ok(Findings& findings, const Subject& subject, const Object& device, const char* call, UInt32 id,
               OSStatus status) {
    findings.expect(status == 0, "{}, client {}: {} gives {}", subject.name(device), id, call,
                    status_text(status));
}

}  // namespace

void check_clients(Subject& subject, Findings& findings) {
    for (const auto& device : subject.objects(kDeviceSort)) {
        Client first(subject, device.id, 1);
        Client second(subject, device.id, 2);
        expect_ok(findings, subject, device, "AddDeviceClient", 1, first.added());
        expect_ok(findings, subject, device, "AddDeviceClient", 2, second.added());
        expect_ok(findings, subject, device, "RemoveDeviceClient", 1, first.remove());
        expect_ok(findings, subject, device, "RemoveDeviceClient", 2, second.remove());
        // A client need not be of a bundle.
        const AudioServerPlugInClientInfo plain{
            .mClientID = 3, .mProcessID = 0, .mIsNativeEndian = 1, .mBundleID = nullptr};
        expect_ok(findings, subject, device, "AddDeviceClient without a bundle ID", 3,
                  subject.calls().AddDeviceClient(subject.driver(), device.id, &plain));
        expect_ok(findings, subject, device, "RemoveDeviceClient without a bundle ID", 3,
                  subject.calls().RemoveDeviceClient(subject.driver(), device.id, &plain));
    }
    findings.saw("{} devices", subject.objects(kDeviceSort).size());
}

void check_clients_reused(Subject& subject, Findings& findings) {
    for (const auto& device : subject.objects(kDeviceSort)) {
        for (int round = 0; round < 3; ++round) {
            Client client(subject, device.id, 1);
            expect_ok(findings, subject, device, "AddDeviceClient", 1, client.added());
            const auto started = subject.calls().StartIO(subject.driver(), device.id, 1);
            expect_ok(findings, subject, device, "StartIO", 1, started);
            if (started == 0) subject.calls().StopIO(subject.driver(), device.id, 1);
            expect_ok(findings, subject, device, "RemoveDeviceClient", 1, client.remove());
        }
    }
    findings.saw("client 1 three times on {} devices", subject.objects(kDeviceSort).size());
}

void check_clients_many(Subject& subject, Findings& findings) {
    constexpr UInt32 kMany = 300;
    for (const auto& device : subject.objects(kDeviceSort)) {
        std::vector<std::unique_ptr<Client>> clients;
        for (UInt32 id = 1; id <= kMany; ++id) {
            clients.push_back(std::make_unique<Client>(subject, device.id, id));
            expect_ok(findings, subject, device, "AddDeviceClient", id, clients.back()->added());
        }
        UInt32 id = 1;
        for (const auto& client : clients)
            expect_ok(findings, subject, device, "RemoveDeviceClient", id++, client->remove());
    }
    findings.saw("{} at once on each device", kMany);
}

void check_client_values(Subject& subject, Findings& findings) {
    const auto& calls = subject.calls();
    for (const auto& device : subject.objects(kDeviceSort)) {
        // The bundle ID is the host's, and goes when the call is over.
        for (int round = 0; round < 3; ++round) {
            const wire::CfRef name(wire::string_of("org.example.passing"));
            const AudioServerPlugInClientInfo client{.mClientID = 5,
                                                     .mProcessID = 77,
                                                     .mIsNativeEndian = 1,
                                                     .mBundleID = static_cast<CFStringRef>(name.get())};
            const auto before = CFGetRetainCount(name.get());
            (void)calls.AddDeviceClient(subject.driver(), device.id, &client);
            findings.expect(CFGetRetainCount(name.get()) >= before,
                            "{}: AddDeviceClient released the client's bundle ID", subject.name(device));
            (void)calls.RemoveDeviceClient(subject.driver(), device.id, &client);
            findings.expect(CFGetRetainCount(name.get()) == before,
                            "{}: the bundle ID of a removed client is held {} times more",
                            subject.name(device), CFGetRetainCount(name.get()) - before);
        }
    }
    findings.saw("{} devices", subject.objects(kDeviceSort).size());
}

void check_unknown_devices(Subject& subject, Findings& findings) {
    const auto& calls = subject.calls();
    const auto driver = subject.driver();
    const AudioServerPlugInClientInfo client{
        .mClientID = 1, .mProcessID = 1, .mIsNativeEndian = 1, .mBundleID = nullptr};
    // Objects that are none, and one that is no device.
    for (const AudioObjectID id :
         {AudioObjectID{kAudioObjectUnknown}, subject.unused_id(), AudioObjectID{kAudioObjectPlugInObject}}) {
        Float64 sample_time = 0;
        UInt64 host_time = 0;
        UInt64 seed = 0;
        Boolean will = 0;
        Boolean in_place = 0;
        const std::pair<const char*, OSStatus> answers[] = {
            {"AddDeviceClient", calls.AddDeviceClient(driver, id, &client)},
            {"StartIO", calls.StartIO(driver, id, 1)},
            {"StopIO", calls.StopIO(driver, id, 1)},
            {"GetZeroTimeStamp", calls.GetZeroTimeStamp(driver, id, 1, &sample_time, &host_time, &seed)},
            {"WillDoIOOperation",
             calls.WillDoIOOperation(driver, id, 1, kAudioServerPlugInIOOperationWriteMix, &will, &in_place)},
            {"PerformDeviceConfigurationChange",
             calls.PerformDeviceConfigurationChange(driver, id, 0, nullptr)},
        };
        for (const auto& [call, status] : answers)
            findings.expect(status == kAudioHardwareBadObjectError || status == kAudioHardwareBadDeviceError,
                            "{} of {}, which is no device, gives {}", call, id, status_text(status));
    }
    findings.saw("'!obj' or '!dev'");
}

}  // namespace minihal::halval
