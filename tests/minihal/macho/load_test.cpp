#include <CoreFoundation/CoreFoundation.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <unistd.h>

#include "minihal/host/bundle.hpp"
#include "tests/minihal/macho/fixtures.hpp"

namespace {

using namespace minihal_test::macho;

// Both forms of fixups, thin and from a universal file.
class MachO : public testing::TestWithParam<const char*> {
  protected:
    template <typename T>
    T* found(const std::string& symbol) const {
        return minihal_test::macho::found<T>(GetParam(), symbol);
    }
};
INSTANTIATE_TEST_SUITE_P(, MachO, testing::Values("opcodes", "chains", "universal"),
                         [](const auto& of) { return std::string(of.param); });

TEST_P(MachO, PointersToItselfAreToWhereItWasLoaded) {
    struct OwnPointers {
        const int* first;
        const int* third;
        int (*function)();
    };
    const auto* const pointers = found<const OwnPointers>("own_pointers");
    EXPECT_EQ(pointers->first[0], 40);
    EXPECT_EQ(*pointers->third, 42);
    EXPECT_EQ(pointers->third, pointers->first + 2);
    EXPECT_EQ(pointers->function(), 7);
}

TEST_P(MachO, PointersToOthersAreToTheirsInThisProcess) {
    const auto* const* const pointers = found<const char* const>("bound_pointers");
    EXPECT_EQ(pointers[0], dlsym(RTLD_DEFAULT, "kCFBooleanTrue"));
    EXPECT_EQ(pointers[1], static_cast<char*>(dlsym(RTLD_DEFAULT, "kCFTypeDictionaryKeyCallBacks")) + 8);
    EXPECT_EQ(pointers[2], dlsym(RTLD_DEFAULT, "strlen"));
}

TEST_P(MachO, FunctionsOfOthersAreCalled) {
    EXPECT_EQ(found<std::size_t(const char*)>("length_of")("five!"), 5U);
    auto* const is_a_string = found<Boolean(CFTypeRef)>("is_a_string");
    EXPECT_TRUE(is_a_string(CFSTR("text")));
    EXPECT_FALSE(is_a_string(kCFBooleanTrue));
    EXPECT_EQ(found<CFStringRef()>("a_constant")(), CFSTR("constant"));
}

TEST_P(MachO, InitialisersRanOnceAndInOrder) {
    EXPECT_STREQ(found<const char>("order"), "abc");
    EXPECT_STREQ(found<const char>("order"), "abc");
}

TEST_P(MachO, WhatIsNotInTheFileIsZero) {
    const auto* const zeros = found<const char>("zeros");
    EXPECT_TRUE(std::all_of(zeros, zeros + 20000, [](char byte) { return byte == 0; }));
}

TEST_P(MachO, VariableAndSmallArgumentsArrive) {
    char text[64];
    EXPECT_EQ(found<int(char*, std::size_t)>("write_sentence")(text, sizeof text), 31);
    EXPECT_STREQ(text, "one 2 3.25 4 5000000000 6 seven");
    const auto* const sentence = found<CFStringRef()>("make_sentence")();
    char made[64];
    EXPECT_TRUE(CFStringGetCString(sentence, made, sizeof made, kCFStringEncodingUTF8));
    EXPECT_STREQ(made, "1 and two and 3.5");
    CFRelease(sentence);
    const auto uuid = found<CFUUIDBytes()>("constant_uuid")();
    const UInt8 expected[] = {0x01, 0x12, 0x23, 0x34, 0x45, 0x56, 0x67, 0x78,
                              0x89, 0x9A, 0xAB, 0xBC, 0xCD, 0xDE, 0xEF, 0xF0};
    EXPECT_EQ(std::memcmp(&uuid, expected, sizeof expected), 0);
}

// Whether the system can put a zero there.
bool is_writable(const char* address) {
    const int zeros = open("/dev/zero", O_RDONLY | O_CLOEXEC);
    const auto written = read(zeros, const_cast<char*>(address), 1);
    close(zeros);
    return written == 1;
}

TEST_P(MachO, OnlyVariablesAreWritable) {
    EXPECT_TRUE(is_writable(found<const char>("zeros")));
    EXPECT_FALSE(is_writable(found<const char>("length_of")));
    // Written once, when its pointers were set.
    EXPECT_FALSE(is_writable(found<const char>("bound_pointers")));
}

TEST_P(MachO, ANameThatIsNotExportedIsNotFound) {
    const auto library = load(fixture(GetParam()));
    ASSERT_TRUE(library) << library.error();
    EXPECT_EQ((*library)->find("seven"), nullptr);
    EXPECT_EQ((*library)->find("own_pointer"), nullptr);
    EXPECT_EQ((*library)->find("own_pointers_"), nullptr);
    EXPECT_EQ((*library)->find(""), nullptr);
}

TEST_P(MachO, DataIsFoundAndNotCalled) {
    const auto library = load(fixture(GetParam()));
    ASSERT_TRUE(library) << library.error();
    // Variables, and constants beside the code.
    for (const auto* const name : {"order", "own_pointers", "zeros", "constants"}) {
        EXPECT_NE((*library)->find(name), nullptr);
        EXPECT_EQ((*library)->function(name).error(), std::string("its export ") + name + " is no function");
    }
    EXPECT_EQ((*library)->function("length_of").value(), (*library)->find("length_of"));
    EXPECT_EQ((*library)->function("seven").value(), nullptr);
}

TEST_P(MachO, AFactoryThatIsDataIsRefused) {
    const minihal::BundleInfo info{
        .bundle = nullptr, .bundle_id = "", .executable = fixture(GetParam()), .factory = "constants"};
    EXPECT_EQ(minihal::load_factory(info).error(),
              "its executable cannot be loaded: its export constants is no function");
}

TEST(MachOFiles, TheNameOfAFactoryThatIsNotThereIsShownAndNotObeyed) {
    const minihal::BundleInfo info{
        .bundle = nullptr, .bundle_id = "", .executable = fixture("opcodes"), .factory = "red\x1B[31m"};
    EXPECT_EQ(minihal::load_factory(info).error(), "its executable has no factory function red\\x1b[31m");
}

TEST(MachOFiles, TheSameFileIsLoadedOnce) {
    const auto again = fixture("opcodes").parent_path() / "." / fixture("opcodes").filename();
    EXPECT_EQ(load(fixture("opcodes")).value(), load(again).value());
    EXPECT_NE(load(fixture("opcodes")).value(), load(fixture("chains")).value());
}

TEST(MachOFiles, TheSlicesOfAUniversalFileAreEachReadForTheirProcessor) {
    const auto bytes = bytes_of(fixture("universal"));
    const auto view = std::as_bytes(std::span(bytes));
    EXPECT_TRUE(read_image(Cpu::kX86_64, view).value().chains.empty());
    EXPECT_FALSE(read_image(Cpu::kArm64, view).value().chains.empty());
    EXPECT_EQ(refusal(bytes, Cpu::kX86_64), "");
    EXPECT_EQ(refusal(bytes, Cpu::kArm64), "");
}

TEST(MachOFiles, AreToldFromOthersByTheirFirstBytes) {
    EXPECT_TRUE(is_mach_o(fixture("opcodes")));
    EXPECT_TRUE(is_mach_o(fixture("universal")));
    EXPECT_FALSE(is_mach_o("/proc/self/exe"));
    EXPECT_FALSE(is_mach_o("/dev/null"));
    EXPECT_FALSE(is_mach_o("/nowhere"));
}

class Needy : public testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(, Needy, testing::Values("needy", "needy_chains"),
                         [](const auto& of) { return std::string(of.param); });

TEST_P(Needy, AllThatNobodyHasIsNamedAtOnce) {
    const std::vector<std::string> missing = {"CFRunLoopGetMain", "dispatch_queue_create", "nobodys_data"};
    EXPECT_EQ(missing_imports(fixture(GetParam())).value(), missing);
    EXPECT_EQ(load(fixture(GetParam())).error(),
              "it needs CFRunLoopGetMain, dispatch_queue_create, nobodys_data, which minihal does not have");
}

}  // namespace
