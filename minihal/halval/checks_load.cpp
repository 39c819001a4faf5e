// Checks of the bundle, the factory and the object that it makes.
#include <sys/wait.h>
#include <unistd.h>

#include <limits>
#include <string_view>

#include "minihal/halval/checks.hpp"
#include "minihal/halval/io_run.hpp"
#include "minihal/host/status_text.hpp"
#include "minihal/wire/cf_value.hpp"

namespace minihal::halval {

namespace {

const CFUUIDBytes kForeign = {0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88,
                              0x99, 0xAA, 0xBB, 0xCC, 0xDD, 0xEE, 0xFF, 0x01};

// Whether Initialize succeeds as things are, tried in a process of its own.
bool initializes(Subject& subject) {
    const pid_t child = fork();
    if (child == 0) _exit(subject.reach(Stage::kInitialized) ? 1 : 0);
    int status = 1;
    if (child > 0) waitpid(child, &status, 0);
    return status == 0;
}

std::string info_text(const Subject& subject, CFStringRef key) {
    return wire::text_of(CFBundleGetValueForInfoDictionaryKey(subject.bundle().bundle, key)).value_or("");
}

}  // namespace

void check_loads(Subject& subject, Findings& findings) {
    if (const auto error = subject.reach(Stage::kFactory)) return findings.fault("{}", *error);
    findings.saw("{} gave the driver interface", subject.bundle().factory);
}

void check_info_plist(Subject& subject, Findings& findings) {
    const std::pair<CFStringRef, std::string_view> needed[] = {
        {CFSTR("CFBundleIdentifier"), ""},
        {CFSTR("CFBundleVersion"), ""},
        {CFSTR("CFBundleInfoDictionaryVersion"), "6.0"},
        {CFSTR("CFBundlePackageType"), "BNDL"},
    };
    for (const auto& [key, wanted] : needed) {
        const auto text = info_text(subject, key);
        findings.expect(!text.empty() && (wanted.empty() || text == wanted), "{} is \"{}\"",
                        wire::text_of(key).value_or(""), text);
    }
    findings.saw("{} {}", info_text(subject, CFSTR("CFBundleIdentifier")),
                 info_text(subject, CFSTR("CFBundleVersion")));
}

void check_function_table(Subject& subject, Findings& findings) {
    static constexpr const char* kNames[] = {"_reserved",
                                             "QueryInterface",
                                             "AddRef",
                                             "Release",
                                             "Initialize",
                                             "CreateDevice",
                                             "DestroyDevice",
                                             "AddDeviceClient",
                                             "RemoveDeviceClient",
                                             "PerformDeviceConfigurationChange",
                                             "AbortDeviceConfigurationChange",
                                             "HasProperty",
                                             "IsPropertySettable",
                                             "GetPropertyDataSize",
                                             "GetPropertyData",
                                             "SetPropertyData",
                                             "StartIO",
                                             "StopIO",
                                             "GetZeroTimeStamp",
                                             "WillDoIOOperation",
                                             "BeginIOOperation",
                                             "DoIOOperation",
                                             "EndIOOperation"};
    void* slots[std::size(kNames)];
    static_assert(sizeof slots == sizeof(AudioServerPlugInDriverInterface));
    std::memcpy(slots, *subject.driver(), sizeof slots);
    for (size_t i = 1; i < std::size(kNames); ++i)
        findings.expect(slots[i] != nullptr, "{} is NULL", kNames[i]);
    findings.saw("{} functions", std::size(kNames) - 1);
}

void check_initialize(Subject& subject, Findings& findings) {
    if (const auto error = subject.reach(Stage::kInitialized)) return findings.fault("{}", *error);
    findings.saw("0");
}

void check_factory_type(Subject& subject, Findings& findings) {
    const wire::CfRef type(CFUUIDCreateFromUUIDBytes(nullptr, kForeign));
    const void* const made = subject.factory()(nullptr, static_cast<CFUUIDRef>(type.get()));
    if (findings.expect(made == nullptr, "{} made an object for a foreign type", subject.bundle().factory))
        findings.saw("NULL for a foreign type");
}

void check_query_interface(Subject& subject, Findings& findings) {
    const std::pair<const char*, CFUUIDRef> known[] = {
        {"IUnknown", IUnknownUUID}, {"the driver interface", kAudioServerPlugInDriverInterfaceUUID}};
    for (const auto& [name, uuid] : known) {
        LPVOID object = nullptr;
        const auto result =
            subject.calls().QueryInterface(subject.driver(), CFUUIDGetUUIDBytes(uuid), &object);
        if (findings.expect(result == S_OK && object != nullptr, "{}: {:#010x}, object {}", name,
                            static_cast<UInt32>(result), object == nullptr ? "NULL" : "set"))
            subject.calls().Release(subject.driver());
    }
    findings.saw("IUnknown and the driver interface");
}

void check_foreign_interface(Subject& subject, Findings& findings) {
    int something = 0;
    LPVOID object = &something;
    const auto result = subject.calls().QueryInterface(subject.driver(), kForeign, &object);
    findings.expect(result == E_NOINTERFACE, "{:#010x} for a foreign interface", static_cast<UInt32>(result));
    findings.saw("E_NOINTERFACE");
}

void check_foreign_pointer(Subject& subject, Findings& findings) {
    int something = 0;
    LPVOID object = &something;
    // One that answers is another check's.
    if (subject.calls().QueryInterface(subject.driver(), kForeign, &object) != S_OK)
        findings.expect(object == nullptr, "the out pointer is not NULL");
    findings.saw("NULL");
}

void check_reference_count(Subject& subject, Findings& findings) {
    const auto& calls = subject.calls();
    const auto driver = subject.driver();
    const auto first = calls.AddRef(driver);
    const auto second = calls.AddRef(driver);
    findings.expect(second == first + 1, "AddRef gave {} after {}", second, first);
    LPVOID object = nullptr;
    if (calls.QueryInterface(driver, CFUUIDGetUUIDBytes(kAudioServerPlugInDriverInterfaceUUID), &object) ==
        0) {
        const auto after_query = calls.Release(driver);
        findings.expect(after_query == second, "Release gave {} after QueryInterface took one more than {}",
                        after_query, second);
    }
    const auto third = calls.Release(driver);
    findings.expect(third == first, "Release gave {}, not {}", third, first);
    const auto last = calls.Release(driver);
    findings.expect(last + 1 == first, "Release gave {}, not {}", last, first - 1);
    findings.saw("{} to {} and back", last, second);
}

void check_create_device(Subject& subject, Findings& findings) {
    if (subject.objects().front().class_id == kAudioTransportManagerClassID)
        return findings.skip("it is a transport manager");
    const auto& calls = subject.calls();
    const AudioServerPlugInClientInfo client{
        .mClientID = 1, .mProcessID = 1, .mIsNativeEndian = 1, .mBundleID = nullptr};
    const wire::CfRef description(CFDictionaryCreate(nullptr, nullptr, nullptr, 0, nullptr, nullptr));
    AudioObjectID id = 0;
    if (calls.CreateDevice != nullptr) {
        const auto status = calls.CreateDevice(subject.driver(),
                                               static_cast<CFDictionaryRef>(description.get()), &client, &id);
        findings.expect(status == kAudioHardwareUnsupportedOperationError, "CreateDevice gave {}",
                        status_text(status));
    }
    if (calls.DestroyDevice != nullptr) {
        const auto status = calls.DestroyDevice(subject.driver(), subject.unused_id());
        findings.expect(status != 0, "DestroyDevice of no device succeeded");
    }
    findings.saw("'unop'");
}

// Whatever the answers are: the plug-in must live.
void check_before_initialize(Subject& subject, Findings& findings) {
    const auto& calls = subject.calls();
    const auto driver = subject.driver();
    const AudioServerPlugInClientInfo client{
        .mClientID = 9, .mProcessID = 1, .mIsNativeEndian = 1, .mBundleID = CFSTR("org.example.early")};
    const bool initializes_otherwise = initializes(subject);
    int made = 0;
    for (AudioObjectID id = 0; id <= 64; ++id) {
        for (const auto& rule : property_rules()) {
            const auto address = address_of(rule.selector);
            UInt32 bytes = 0;
            bool settable = false;
            (void)subject.settable(id, address, settable);
            made += 3;
            if (!subject.has(id, address) || subject.size(id, address, {}, bytes) != 0) continue;
            (void)subject.get(id, address, rule.takes == Takes::kUid ? bytes_of(CFSTR("early")) : Bytes(4),
                              bytes);
            ++made;
        }
        Float64 sample_time = 0;
        UInt64 host_time = 0;
        UInt64 seed = 0;
        Boolean will = 0;
        Boolean in_place = 0;
        calls.AddDeviceClient(driver, id, &client);
        calls.WillDoIOOperation(driver, id, 9, kAudioServerPlugInIOOperationWriteMix, &will, &in_place);
        calls.GetZeroTimeStamp(driver, id, 9, &sample_time, &host_time, &seed);
        if (calls.StartIO(driver, id, 9) == 0) calls.StopIO(driver, id, 9);
        calls.AbortDeviceConfigurationChange(driver, id, 0, nullptr);
        calls.RemoveDeviceClient(driver, id, &client);
        made += 6;
    }
    findings.saw("{} calls", made);
    if (const auto error = subject.reach(Stage::kInitialized); error && initializes_otherwise)
        findings.fault("{}, after calls before it", *error);
}

// What is kept may be of another version, another plug-in, or broken.
void check_foreign_storage(Subject& subject, Findings& findings) {
    const Float64 nan = std::numeric_limits<Float64>::quiet_NaN();
    const SInt64 huge = std::numeric_limits<SInt64>::max();
    std::vector<wire::CfRef> values;
    values.emplace_back(CFArrayCreate(nullptr, nullptr, 0, &kCFTypeArrayCallBacks));
    values.emplace_back(CFNumberCreate(nullptr, kCFNumberFloat64Type, &nan));
    values.emplace_back(CFNumberCreate(nullptr, kCFNumberSInt64Type, &huge));
    values.emplace_back(wire::string_of("loud"));
    const bool starts_otherwise = initializes(subject);
    subject.host().answer_storage_with(std::move(values));
    if (const auto error = subject.reach(Stage::kObjects)) {
        if (starts_otherwise) findings.fault("{} with foreign values in its storage", *error);
        return;
    }
    int asked = 0;
    for (const auto& event : subject.host().events_since(0)) asked += event.kind == Event::Kind::kStorage;
    for (const auto& device : subject.objects(kDeviceSort)) {
        const auto rate =
            subject.value<Float64>(device.id, address_of(kAudioDevicePropertyNominalSampleRate));
        findings.expect(rate && *rate > 0 && *rate < 1e7, "{} has a rate of {} Hz", subject.name(device),
                        rate.value_or(-1));
    }
    for (const auto& level : subject.objects(kLevelSort)) {
        const auto scalar =
            subject.value<Float32>(level.id, address_of(kAudioLevelControlPropertyScalarValue));
        findings.expect(scalar && *scalar >= 0 && *scalar <= 1, "{} is {}", subject.name(level),
                        scalar.value_or(-1));
    }
    if (asked == 0) return findings.skip("it does not ask its storage");
    findings.saw("{} calls of the storage answered with anything", asked);
}

void check_null_arguments(Subject& subject, Findings& findings) {
    const auto& calls = subject.calls();
    const auto driver = subject.driver();
    const auto object = kAudioObjectPlugInObject;
    const auto address = address_of(kAudioObjectPropertyClass);
    UInt32 number = 0;
    Boolean flag = 0;
    const auto refuses = [&](const char* what, OSStatus status) {
        findings.expect(status != 0, "{} succeeded", what);
    };
    refuses("QueryInterface without an out pointer",
            calls.QueryInterface(driver, CFUUIDGetUUIDBytes(IUnknownUUID), nullptr));
    findings.expect(calls.HasProperty(driver, object, 0, nullptr) == 0,
                    "HasProperty without an address: true");
    refuses("IsPropertySettable without an address",
            calls.IsPropertySettable(driver, object, 0, nullptr, &flag));
    refuses("IsPropertySettable without an answer",
            calls.IsPropertySettable(driver, object, 0, &address, nullptr));
    refuses("GetPropertyDataSize without an address",
            calls.GetPropertyDataSize(driver, object, 0, nullptr, 0, nullptr, &number));
    refuses("GetPropertyDataSize without an answer",
            calls.GetPropertyDataSize(driver, object, 0, &address, 0, nullptr, nullptr));
    refuses("GetPropertyData without an address",
            calls.GetPropertyData(driver, object, 0, nullptr, 0, nullptr, 4, &number, &number));
    refuses("GetPropertyData without a size",
            calls.GetPropertyData(driver, object, 0, &address, 0, nullptr, 4, nullptr, &number));
    refuses("GetPropertyData without a buffer",
            calls.GetPropertyData(driver, object, 0, &address, 0, nullptr, 4, &number, nullptr));
    refuses("SetPropertyData without an address",
            calls.SetPropertyData(driver, object, 0, nullptr, 0, nullptr, 4, &number));
    for (const auto& device : subject.objects(kDeviceSort)) {
        Float64 sample_time = 0;
        UInt64 time = 0;
        refuses("AddDeviceClient without a client", calls.AddDeviceClient(driver, device.id, nullptr));
        Client client(subject, device.id, 1);
        if (calls.StartIO(driver, device.id, 1) != 0) continue;
        refuses("GetZeroTimeStamp without a seed",
                calls.GetZeroTimeStamp(driver, device.id, 1, &sample_time, &time, nullptr));
        calls.StopIO(driver, device.id, 1);
    }
    findings.saw("refused");
}

}  // namespace minihal::halval
