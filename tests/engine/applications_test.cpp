// Statements about applications that have a chain of their own.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <string>

#include "dsp/equaliser.hpp"
#include "rig.hpp"
#include "settings/presets.hpp"

namespace gecko::engine::testing {
namespace {

shm::BundleId bundle(const std::string& text) {
    shm::BundleId id{};
    std::copy(text.begin(), text.end(), id.begin());
    return id;
}

dsp::EqSettings preset(const char* name) {
    return settings::eq_settings(*settings::find_preset(name));
}

/// Audio as one chain makes it, settled from the first frame.
std::vector<float> through(const dsp::EqSettings& eq, std::vector<float> pcm) {
    dsp::GainRamp preamp;
    preamp.jump_to(dsp::preamp_factor(eq));
    dsp::TenBandEqualiser equaliser;
    equaliser.set_target(eq.gains_db);
    equaliser.prepare(48'000);
    preamp.process(pcm);
    equaliser.process(pcm);
    return pcm;
}

std::vector<float> sum_of(std::vector<float> left, const std::vector<float>& right) {
    std::transform(left.begin(), left.end(), right.begin(), left.begin(), std::plus<>());
    return left;
}

double largest_difference(const std::vector<float>& played, std::size_t at,
                          const std::vector<float>& wanted) {
    double largest = 0;
    for (std::size_t i = 0; i < wanted.size() && 2 * at + i < played.size(); ++i) {
        const double difference = static_cast<double>(std::abs(played[2 * at + i] - wanted[i]));
        largest = std::max(largest, difference);
    }
    return largest;
}

/// Two applications, and perhaps others, that play at once.
class Applications : public ::testing::Test {
  protected:
    static constexpr std::size_t kFrames = 48'128;

    void SetUp() override {
        rig_.engine.prepare(48'000);
        rig_.engine.attach(rig_.ring.reader);
        rig_.clients = [this](std::int64_t time, std::size_t fed) {
            for (const auto& client : clients_) play_cycle(client, time, fed);
        };
    }

    struct Client {
        std::uint32_t id;
        std::string bundle;
        std::vector<float> pcm;
        bool has_ring = true;
        std::size_t from = 0;  // frames of what the sink is fed, when it begins to play
    };
    void play_cycle(const Client& client, std::int64_t time, std::size_t fed) {
        if (fed < client.from || 2 * fed >= client.pcm.size()) return;
        auto& rings = rig_.ring.writer.clients();
        if (client.has_ring && !rings.has(client.id))
            (void)rings.take({.registration = client.id,
                              .client_id = client.id,
                              .process_id = 1000 + client.id,
                              .bundle_id = bundle(client.bundle)},
                             rig_.ring.writer.position());
        const auto frames = std::min<std::size_t>(Rig::kCycle, client.pcm.size() / 2 - fed);
        rig_.ring.writer.write_client(client.id, {.sample_time = time,
                                                  .pcm = client.pcm.data() + 2 * fed,
                                                  .frames = static_cast<std::uint32_t>(frames)});
    }
    std::vector<float> mix() const {
        std::vector<float> mix;
        for (const Client& client : clients_) {
            auto pcm = client.pcm;
            std::fill_n(pcm.begin(), std::min(2 * client.from, pcm.size()), 0.0f);
            mix = mix.empty() ? pcm : sum_of(mix, pcm);
        }
        return mix;
    }
    /// What the output plays of all of them, once the fade-in is over.
    std::vector<float> play() {
        rig_.run(4864);
        rig_.start_sink();
        return rig_.run(kFrames + 4096, mix());
    }
    void choose(const std::string& name, const dsp::EqSettings& eq, double volume = 1.0) {
        settings_.applications[settings_.application_count++] = {
            .bundle_id = bundle(name), .eq = eq, .volume = volume};
        rig_.engine.set(settings_);
    }
    /// The frame of `played` at which the sink's first frame is heard: by a run without any settings, which gives the mix.
    static std::size_t beginning(const std::vector<float>& played, const std::vector<float>& mix) {
        return find(played, {mix.begin(), mix.begin() + 256});
    }
    /// Where play() puts the first frame.
    std::size_t latency() {
        Rig plain;
        plain.engine.prepare(48'000);
        plain.engine.attach(plain.ring.reader);
        plain.run(4864);
        plain.start_sink();
        const auto song = noise(1, 4096);
        return find(plain.run(8192, song), song);
    }

    Rig rig_{shm::kClientRings};
    std::vector<Client> clients_{{.id = 3, .bundle = "com.example.a", .pcm = noise(1, kFrames)},
                                 {.id = 5, .bundle = "com.example.b", .pcm = noise(2, kFrames)}};
    Settings settings_;
};

TEST_F(Applications, WithoutSettingsOfTheirOwnAreHeardAsTheMixBitForBit) {
    choose("com.example.other", preset("rock"));
    EXPECT_EQ(beginning(play(), mix()), latency());
}

TEST_F(Applications, WithSettingsThatChangeNothingAreTheMixBitForBit) {
    choose("com.example.a", {});
    const auto played = play();
    EXPECT_EQ(find(played, mix()), latency());
}

TEST_F(Applications, EachGoThroughTheirOwnChainFromTheirFirstFrame) {
    choose("com.example.a", preset("bass-boost"));
    choose("com.example.b", preset("vocal"));
    const auto played = play();
    const auto wanted =
        sum_of(through(preset("bass-boost"), clients_[0].pcm), through(preset("vocal"), clients_[1].pcm));
    EXPECT_EQ(largest_difference(played, latency(), wanted), 0.0);
}

TEST_F(Applications, ThatWereNotChosenPassBesideOneThatWas) {
    choose("com.example.b", preset("podcast"));
    const auto wanted = sum_of(clients_[0].pcm, through(preset("podcast"), clients_[1].pcm));
    EXPECT_EQ(largest_difference(play(), latency(), wanted), 0.0);
}

TEST_F(Applications, AreToldApartByTheirProcessWhereTheBundleIsTheSame) {
    clients_[1].bundle = "com.example.a";
    settings_.applications[0] = {
        .bundle_id = bundle("com.example.a"), .process_id = 1005, .eq = {}, .volume = 0.0};
    settings_.application_count = 1;
    rig_.engine.set(settings_);
    EXPECT_EQ(largest_difference(play(), latency(), clients_[0].pcm), 0.0);
}

TEST_F(Applications, SettingsThatNameNobodyAreForNobody) {
    settings_.applications[0].volume = 0.0;
    settings_.application_count = 1;
    rig_.engine.set(settings_);
    EXPECT_EQ(find(play(), mix()), latency());
}

TEST_F(Applications, HaveAVolumeOfTheirOwnThatGoesThroughTheMastersChain) {
    choose("com.example.a", {}, 0.5);
    choose("com.example.b", {}, 0.0);
    settings_.volume = 2.0;
    rig_.engine.set(settings_);
    EXPECT_EQ(largest_difference(play(), latency(), clients_[0].pcm), 0.0);
}

TEST_F(Applications, ThatStartLaterAreInTheirChainFromTheirFirstFrame) {
    clients_[1].from = 20 * Rig::kCycle;
    choose("com.example.b", preset("rock"));
    const auto played = play();
    auto late = clients_[1].pcm;
    std::fill_n(late.begin(), 2 * clients_[1].from, 0.0f);
    const auto wanted = sum_of(clients_[0].pcm, through(preset("rock"), late));
    // Going over from the mix to the applications adds two equal sounds: a rounding, no more.
    EXPECT_LT(largest_difference(played, latency(), wanted), 1e-7);
}

TEST_F(Applications, GiveWayToTheMixWithoutAGapWhenOneHasNoRing) {
    clients_[1].from = 40 * Rig::kCycle;
    clients_[1].has_ring = false;
    choose("com.example.a", {}, 0.5);
    const auto played = play();
    const std::size_t start = latency() + clients_[1].from;
    const auto before =
        std::vector<float>(played.begin() + 2 * static_cast<std::ptrdiff_t>(latency()), played.end());
    // Until shortly before the other begins at half its level; from its first frame on the mix, all of it.
    auto halved = clients_[0].pcm;
    for (float& sample : halved) sample *= 0.5f;
    halved.resize(2 * (clients_[1].from - 1024));
    EXPECT_EQ(largest_difference(before, 0, halved), 0.0);
    const auto all = mix();
    const std::vector<float> rest(all.begin() + 2 * static_cast<std::ptrdiff_t>(clients_[1].from), all.end());
    EXPECT_EQ(largest_difference(played, start, rest), 0.0);
}

TEST_F(Applications, ComeBackFromTheMixWithoutAGapWhenAllHaveRingsAgain) {
    clients_[1].has_ring = false;
    clients_[1].pcm.resize(2 * 30 * Rig::kCycle);
    auto mixed = clients_[0].pcm;
    for (std::size_t i = 0; i < clients_[1].pcm.size(); ++i) mixed[i] += clients_[1].pcm[i];
    choose("com.example.a", {}, 0.5);
    rig_.run(4864);
    rig_.start_sink();
    const auto played = rig_.run(kFrames + 4096, mixed);
    const std::size_t at = latency();
    for (std::size_t i = 0; i < clients_[1].pcm.size(); ++i) ASSERT_EQ(played[2 * at + i], mixed[i]) << i;
    for (std::size_t i = clients_[1].pcm.size() + 2 * 1024; i < mixed.size(); ++i)
        ASSERT_EQ(played[2 * at + i], 0.5f * mixed[i]) << i;
    // In between the level goes from one to the half, and never beyond either.
    for (std::size_t i = clients_[1].pcm.size(); i < clients_[1].pcm.size() + 2 * 1024; ++i) {
        const float share = played[2 * at + i] / mixed[i];
        ASSERT_GE(share, 0.5f - 1e-6f) << i;
        ASSERT_LE(share, 1.0f + 1e-6f) << i;
    }
}

TEST_F(Applications, ThatAreSilencedWhileTheyPlayFadeAndLeaveTheOthersAlone) {
    clients_[0].pcm = std::vector<float>(2 * kFrames, 0.0f);  // the other one plays a steady tone
    for (std::size_t i = 0; i < kFrames; ++i)
        clients_[1].pcm[2 * i] = clients_[1].pcm[2 * i + 1] =
            0.5f * static_cast<float>(std::sin(static_cast<double>(i) * 2 * M_PI * 100 / 48'000));
    choose("com.example.b", {});
    rig_.run(4864);
    rig_.start_sink();
    const auto all = mix();
    auto played = rig_.run(24'064, {all.begin(), all.begin() + 48'128});
    settings_.applications[0].volume = 0.0;
    rig_.engine.set(settings_);
    rig_.clients = [this](std::int64_t time, std::size_t fed) {
        for (const auto& client : clients_) play_cycle(client, time, fed + 24'064);
    };
    const auto rest = rig_.run(24'064, {all.begin() + 48'128, all.end()});
    played.insert(played.end(), rest.begin(), rest.end());
    double step = 0;
    for (std::size_t i = 2 * latency() + 2; i < played.size(); ++i)
        step = std::max(step, static_cast<double>(std::abs(played[i] - played[i - 2])));
    EXPECT_LT(step, 1.2 * 0.5 * 2 * M_PI * 100 / 48'000) << "no step larger than the tone's own";
    EXPECT_EQ(peak({played.end() - 4096, played.end()}), 0.0);
}

TEST_F(Applications, WhileTheyPlayAreNamedInTheOrderOfTheirIdsWithTheirLevels) {
    choose("com.example.b", {}, 0.5);
    rig_.run(4864);
    rig_.start_sink();
    rig_.run(24'064, mix());
    const Status status = rig_.engine.status();
    ASSERT_EQ(status.application_count, 2u);
    EXPECT_STREQ(status.applications[0].bundle_id.data(), "com.example.a");
    EXPECT_EQ(status.applications[0].process_id, 1003u);
    EXPECT_FALSE(status.applications[0].own_chain);
    EXPECT_NEAR(status.applications[0].peak[0], 0.5, 0.01);
    EXPECT_STREQ(status.applications[1].bundle_id.data(), "com.example.b");
    EXPECT_TRUE(status.applications[1].own_chain);
    EXPECT_NEAR(status.applications[1].peak[1], 0.25, 0.01);
    rig_.clients = nullptr;
    rig_.run(8'192);
    EXPECT_EQ(rig_.engine.status().application_count, 0u) << "both have come to their end";
}

TEST_F(Applications, ThatAreSilencedStillPlaySoTheOutputGoesOn) {
    choose("com.example.a", {}, 0.0);
    choose("com.example.b", {}, 0.0);
    rig_.run(4864);
    rig_.start_sink();
    EXPECT_EQ(peak(rig_.run(40'192, mix())), 0.0);
    EXPECT_EQ(rig_.engine.quiet_frames(), 0u);
}

TEST_F(Applications, InTheMixHaveNoChainInForce) {
    clients_[1].has_ring = false;
    choose("com.example.a", {}, 0.5);
    rig_.run(4864);
    rig_.start_sink();
    rig_.run(24'064, mix());
    const Status status = rig_.engine.status();
    ASSERT_EQ(status.application_count, 1u);
    EXPECT_FALSE(status.applications[0].own_chain);
}

TEST_F(Applications, ThatGoWhileOthersPlayOnAreNoLongerNamed) {
    clients_[0].pcm.resize(2 * 20 * Rig::kCycle);
    auto all = clients_[1].pcm;
    for (std::size_t i = 0; i < clients_[0].pcm.size(); ++i) all[i] += clients_[0].pcm[i];
    rig_.run(4864);
    rig_.start_sink();
    rig_.run(40'192, all);
    const Status status = rig_.engine.status();
    ASSERT_EQ(status.application_count, 1u);
    EXPECT_STREQ(status.applications[0].bundle_id.data(), "com.example.b");
}

TEST_F(Applications, SettingsOutOfRangeAreClampedAndOneThatIsNoNumberChangesNothing) {
    choose("com.example.a", {}, 0.5);
    Settings broken = settings_;
    broken.applications[0].volume = std::numeric_limits<double>::quiet_NaN();
    rig_.engine.set(broken);
    broken.applications[0].volume = 0.25;
    broken.applications[0].eq.gains_db[3] = std::numeric_limits<double>::infinity();
    rig_.engine.set(broken);
    auto wanted = clients_[0].pcm;
    for (float& sample : wanted) sample *= 0.5f;
    EXPECT_EQ(largest_difference(play(), latency(), sum_of(wanted, clients_[1].pcm)), 0.0);
}

}  // namespace
}  // namespace gecko::engine::testing
