// The protocol in Relacy (relacy-dev), which tries interleavings and the stale values that the C++ memory model allows.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <regex>
#include <sstream>
#include <string>

#include "orderings.hpp"

namespace gecko::model {
namespace {

void expect_to_hold(Model model) {
    const Outcome outcome = model(shipped());
    EXPECT_TRUE(outcome.holds) << outcome.report;
    EXPECT_GT(outcome.checked, 100'000u);
}

TEST(ModelOfTheMixRing, EveryFrameThatTheConsumerKeepsIsTheRightOne) {
    expect_to_hold(&mix_ring);
}
TEST(ModelOfTheTimeLine, IsReadWholeAndNoGenerationOlderThanItIsReadAfterIt) {
    expect_to_hold(&time_line);
}
TEST(ModelOfTheSegment, WhoSeesTheMagicSeesWhatWasWrittenBeforeIt) {
    expect_to_hold(&segment_header);
}
TEST(ModelOfTheLease, NoMappingIsDroppedWhileTheIoThreadIsInIt) {
    expect_to_hold(&lease);
}
TEST(ModelOfTheClock, AReaderGetsOneLineWhole) {
    expect_to_hold(&driver_clock);
}
TEST(ModelOfAClientRing, WhatIsTakenForAClientsAudioIsThatClientsOfThoseFramesAndAllOfIt) {
    expect_to_hold(&client_ring);
}
TEST(ModelOfTheClients, NoneIsTakenForAnotherAndWhoItIsIsReadWhole) {
    expect_to_hold(&driver_clients);
}

class Weakened : public ::testing::TestWithParam<Ordering> {};

TEST_P(Weakened, BreaksItsModel) {
    const Ordering& ordering = GetParam();
    Orders orders = shipped();
    orders[static_cast<std::size_t>(ordering.site)] = ordering.weakened;
    const Outcome outcome = ordering.model(orders);
    EXPECT_FALSE(outcome.holds) << "nothing shows that this ordering is needed";
    const bool for_cause = outcome.report.find("USER ASSERT FAILED") != std::string::npos ||
                           outcome.report.find("DATA RACE") != std::string::npos;
    EXPECT_TRUE(for_cause) << outcome.report;
}
INSTANTIATE_TEST_SUITE_P(EachOrdering, Weakened, ::testing::ValuesIn(kOrderings),
                         [](const auto& row) { return std::string(row.param.name); });

/// A source as text. Lines that clang-format broke are still the statement: runs of blanks are one blank.
std::string text_of(const std::string& path) {
    std::ifstream file(std::string(GECKO_SOURCE_DIR "/") + path);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}
std::string plain(const std::string& text) {
    return std::regex_replace(text, std::regex(R"(\s+)"), " ");
}

TEST(ModelsAndSources, EachOrderingOfTheModelsStandsInTheSourceAsItShips) {
    for (const Ordering& ordering : kOrderings) {
        EXPECT_NE(plain(text_of(ordering.file)).find(plain(ordering.statement)), std::string::npos)
            << ordering.file << ": " << ordering.statement;
    }
}

/// Orderings that no model holds, and why.
struct Exception {
    const char* file;
    const char* statement;
    const char* reason;
};
constexpr Exception kNotModelled[] = {
    {"shm/ring_reader.cpp", "state.position = in.position.load(std::memory_order_acquire);",
     "P again; the mix ring's model shows why"},
    {"driver/attach.cpp",
     "slot->mapping->segment.view().control->consumer.alive.load(std::memory_order_acquire);",
     "orders a reading of the host's clock, which is no memory"},
    {"driver/publish.cpp", "writer_.store(&writer, std::memory_order_release);",
     "set once; the segment's header shows why"},
    {"driver/publish.hpp", "return writer_.load(std::memory_order_acquire);",
     "set once; the segment's header shows why"},
};

TEST(ModelsAndSources, NoOrderingInTheSourcesIsWithoutAModel) {
    const std::regex strong("memory_order_(acquire|release|acq_rel|seq_cst)");
    for (const char* file :
         {"shm/client_ring_reader.cpp", "shm/client_rings.cpp", "shm/client_rings.hpp", "shm/layout.hpp",
          "shm/ring_reader.cpp", "shm/ring_reader.hpp", "shm/ring_writer.cpp", "shm/ring_writer.hpp",
          "shm/segment.cpp", "shm/segment_create.cpp", "driver/attach.cpp", "driver/attach.hpp",
          "driver/clients.cpp", "driver/clients.hpp", "driver/clock.cpp", "driver/clock.hpp",
          "driver/publish.cpp", "driver/publish.hpp"}) {
        std::string rest = plain(text_of(file));
        const auto strike_out = [&](const char* statement) {
            const std::string wanted = plain(statement);
            for (auto at = rest.find(wanted); at != std::string::npos; at = rest.find(wanted))
                rest.erase(at, wanted.size());
        };
        for (const Ordering& ordering : kOrderings)
            if (std::string(ordering.file) == file) strike_out(ordering.statement);
        for (const Exception& exception : kNotModelled)
            if (std::string(exception.file) == file) strike_out(exception.statement);
        std::smatch left;
        if (!std::regex_search(rest, left, strong)) continue;
        const std::string before = left.prefix();
        ADD_FAILURE() << file << ": in no model: ..."
                      << before.substr(before.size() - std::min<std::size_t>(before.size(), 80))
                      << left.str();
    }
}

}  // namespace
}  // namespace gecko::model
