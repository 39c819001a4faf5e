// Statements about the bundle as a host finds it: on disk, by Info.plist, through its factory.
#include <CoreFoundation/CoreFoundation.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "driver/cf.hpp"
#include "driver_fixture.hpp"
#include "minihal/host/bundle.hpp"
#ifdef __linux__
#include "minihal/macho/load.hpp"
#endif
#include "tests/bundle_under_test.hpp"

namespace gecko::driver::test {
namespace {

const std::string kBundle = gecko::testing::hal_under_test() / "GeckoAudioDevice.driver";

class Bundle : public ::testing::Test {
  protected:
    void SetUp() override {
        const auto* path = reinterpret_cast<const UInt8*>(kBundle.c_str());
        const CfOwned url(::CFURLCreateFromFileSystemRepresentation(
            nullptr, path, static_cast<CFIndex>(kBundle.size()), true));
        bundle_ = ::CFBundleCreate(nullptr, url.get());
        ASSERT_NE(bundle_, nullptr);
        info_ = ::CFBundleGetInfoDictionary(bundle_);
    }
    void TearDown() override {
        if (bundle_ != nullptr) ::CFRelease(bundle_);
    }
    std::string text(const char* key) {
        std::array<char, 128> text{};
        return find_text(info_, key, text.data(), text.size()) ? text.data() : "";
    }
    CFDictionaryRef dictionary(const char* key) {
        return static_cast<CFDictionaryRef>(find_value(info_, key, ::CFDictionaryGetTypeID()));
    }

    CFBundleRef bundle_ = nullptr;
    CFDictionaryRef info_ = nullptr;
};

TEST_F(Bundle, SaysWhatItIs) {
    EXPECT_EQ(text("CFBundleIdentifier"), "com.gecko.driver.AudioDevice");
    EXPECT_EQ(text("CFBundleExecutable"), "GeckoAudioDevice");
    EXPECT_EQ(text("CFBundlePackageType"), "BNDL");
    EXPECT_EQ(text("CFBundleInfoDictionaryVersion"), "6.0");
    EXPECT_EQ(text("CFBundleVersion"), GECKO_TEST_VERSION);
    EXPECT_EQ(text("CFBundleShortVersionString"), GECKO_TEST_VERSION);
}

TEST_F(Bundle, NamesOneFactoryForTheAudioServerPlugInTypeAndItIsTheOneExported) {
    const CFDictionaryRef types = dictionary("CFPlugInTypes");
    const CFDictionaryRef factories = dictionary("CFPlugInFactories");
    ASSERT_TRUE(types != nullptr && factories != nullptr);
    EXPECT_EQ(::CFDictionaryGetCount(types), 1);
    EXPECT_EQ(::CFDictionaryGetCount(factories), 1);
    const auto ids = static_cast<CFArrayRef>(
        find_value(types, "443ABAB8-E7B3-491A-B985-BEB9187030DB", ::CFArrayGetTypeID()));
    ASSERT_NE(ids, nullptr);
    ASSERT_EQ(::CFArrayGetCount(ids), 1);
    const auto name =
        static_cast<CFStringRef>(::CFDictionaryGetValue(factories, ::CFArrayGetValueAtIndex(ids, 0)));
    ASSERT_NE(name, nullptr);
    EXPECT_TRUE(::CFEqual(name, CFSTR("GeckoAudioDevice_Create")));
}

#ifdef __linux__
// Whoever names a folder in the environment means the bundle that was built for macOS to be tested, not this build's own once more.
TEST_F(Bundle, IsTheOneForMacOsWhereGeckoTestHalNamesIt) {
    const auto info = minihal::read_bundle(kBundle);
    ASSERT_TRUE(info) << info.error();
    EXPECT_EQ(minihal::macho::is_mach_o(info->executable), std::getenv("GECKO_TEST_HAL") != nullptr)
        << info->executable;
}
#endif

std::string output_of(const std::string& command) {
    std::string text;
    FILE* pipe = ::popen(command.c_str(), "r");  // NOLINT(bugprone-command-processor): paths of the build
    if (pipe == nullptr) return text;
    std::array<char, 256> line{};
    while (std::fgets(line.data(), line.size(), pipe) != nullptr) text += line.data();
    ::pclose(pipe);
    return text;
}

// Of this build's own module; tests/macos looks at the one for macOS.
constexpr const char* kModule = GECKO_HAL "/GeckoAudioDevice.driver/Contents/MacOS/GeckoAudioDevice";

TEST(Module, ExportsItsFactoryAndNothingElse) {
    const std::string symbols = output_of(std::string(GECKO_TEST_NM " -D --defined-only ") + kModule);
    EXPECT_EQ(std::count(symbols.begin(), symbols.end(), '\n'), 1) << symbols;
    EXPECT_TRUE(symbols.ends_with(" T GeckoAudioDevice_Create\n")) << symbols;
}

TEST(Module, WantsNothingOfAnyCxxRuntime) {
    const std::string symbols = output_of(std::string(GECKO_TEST_NM " -D --undefined-only ") + kModule);
    EXPECT_NE(symbols.find("mach_absolute_time"), std::string::npos) << symbols;
    for (const char* mark : {" _Z", "__gxx", "__cxa_throw", "__cxa_guard", "__cxa_pure"})
        EXPECT_EQ(symbols.find(mark), std::string::npos) << mark << " in\n" << symbols;
}

TEST_F(Bundle, MakesAPlugInForTheRightTypeOnly) {
    const auto info = minihal::read_bundle(kBundle);
    ASSERT_TRUE(info) << info.error();
    const auto factory = minihal::load_factory(*info);
    ASSERT_TRUE(factory) << factory.error();
    const minihal::Factory create = *factory;
    EXPECT_EQ(create(nullptr, nullptr), nullptr);
    EXPECT_EQ(create(nullptr, kAudioServerPlugInDriverInterfaceUUID), nullptr);
    EXPECT_EQ(create(nullptr, IUnknownUUID), nullptr);

    const auto ref = static_cast<AudioServerPlugInDriverRef>(create(nullptr, kAudioServerPlugInTypeUUID));
    ASSERT_NE(ref, nullptr);
    EXPECT_EQ(create(nullptr, kAudioServerPlugInTypeUUID), ref);
    EXPECT_EQ((*ref)->Release(ref), 1u);
    void* found = nullptr;
    EXPECT_EQ(
        (*ref)->QueryInterface(ref, ::CFUUIDGetUUIDBytes(kAudioServerPlugInDriverInterfaceUUID), &found),
        S_OK);
    EXPECT_EQ(found, ref);
    EXPECT_EQ((*ref)->_reserved, nullptr);

    static FakeHost host;  // the plug-in's thread keeps it
    EXPECT_EQ((*ref)->Initialize(ref, host.ref()), 0);
    const Address address = global("dev#"_cc);
    AudioObjectID device = 0;
    UInt32 written = 0;
    EXPECT_EQ((*ref)->GetPropertyData(ref, kPlugInId, 0, &address, 0, nullptr, 4, &written, &device), 0);
    EXPECT_EQ(device, kDeviceId);
    // Not closed: a host never unloads a plug-in.
}

}  // namespace
}  // namespace gecko::driver::test
