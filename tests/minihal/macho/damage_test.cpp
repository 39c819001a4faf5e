// Damaged files: reading them ends with an answer, and within them. AddressSanitizer's build watches. Nothing of them runs.
#include <random>

#include "tests/minihal/macho/fixtures.hpp"

namespace {

using namespace minihal_test::macho;

struct Subject {
    const char* name;
    Cpu cpu;
};
class Damaged : public testing::TestWithParam<Subject> {};
INSTANTIATE_TEST_SUITE_P(, Damaged,
                         testing::Values(Subject{"opcodes", Cpu::kX86_64}, Subject{"chains", Cpu::kX86_64},
                                         Subject{"chains", Cpu::kArm64}, Subject{"universal", Cpu::kArm64}),
                         [](const auto& of) {
                             return std::string(of.param.name) +
                                    (of.param.cpu == Cpu::kArm64 ? "OnArm64" : "");
                         });

TEST_P(Damaged, CutOffAnywhereItIsRefused) {
    const auto whole = bytes_of(fixture(GetParam().name, GetParam().cpu));
    ASSERT_EQ(refusal(whole, GetParam().cpu), "");
    // Every length that ends in what is read, and every 64th else.
    for (std::size_t size = 0; size < whole.size();) {
        const std::vector<char> cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
        ASSERT_NE(refusal(cut, GetParam().cpu), "") << size << " bytes of " << whole.size();
        const bool at_an_end = size < 4096 || size + 4096 > whole.size();
        size += at_an_end ? 1U : 64U;
    }
}

TEST_P(Damaged, WithBytesAtRandomItEndsWithAnAnswer) {
    const auto seed = std::random_device{}();
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    std::mt19937 random(seed);
    const auto whole = bytes_of(fixture(GetParam().name, GetParam().cpu));
    const auto image = read_image(GetParam().cpu, std::as_bytes(std::span(whole))).value();
    // Where what is read is: the headers, and the tables, which are in the last segment.
    const auto& tables = image.segments.back().contents;
    const auto last = static_cast<std::size_t>(tables.data() - std::as_bytes(std::span(whole)).data());
    const auto program = last + tables.size() - image.file_size;  // 0, but in a universal file
    int loaded = 0;
    for (int run = 0; run < 4000; ++run) {
        auto bytes = whole;
        for (auto flips = random() % 4 + 1; flips > 0; --flips) {
            const bool in_tables = random() % 2 == 0;
            const auto at = in_tables ? last + random() % tables.size() : program + random() % 1600;
            bytes[at % bytes.size()] = static_cast<char>(random());
        }
        loaded += refusal(bytes, GetParam().cpu).empty() ? 1 : 0;
    }
    EXPECT_LT(loaded, 4000);
}

}  // namespace
