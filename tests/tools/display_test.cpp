#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "tools/picture/mix_picture.hpp"
#include "tools/picture/picture.hpp"
#include "tools/picture/xml_text.hpp"
#include "tools/song/display.hpp"

namespace gecko {
namespace {

using song_run::live_line;
using song_run::Moment;

/// Columns that a line takes: escape sequences take none, a UTF-8 character one.
int columns(const std::string& line) {
    int count = 0;
    for (std::size_t i = 0; i < line.size(); ++i) {
        if (line[i] == '\x1b') {
            i = line.find('m', i);
        } else if ((static_cast<unsigned char>(line[i]) & 0xC0U) != 0x80U) {
            ++count;
        }
    }
    return count;
}

TEST(Display, ALineFitsIntoEveryTerminal) {
    const Moment moments[] = {{.seconds = 7.9,
                               .total_seconds = 20.1,
                               .peak_db = {-12.34, -0.1},
                               .application_peak_db = {},
                               .ring_ms = 12.3},
                              {.seconds = 7.9,
                               .total_seconds = 20.1,
                               .peak_db = {-12.34, -0.1},
                               .application_peak_db = std::vector(16, -HUGE_VAL),
                               .ring_ms = 12.3},
                              {.seconds = 7200,
                               .total_seconds = 36000,
                               .peak_db = {-HUGE_VAL, 15.0},
                               .application_peak_db = {},
                               .ring_ms = 1365.3}};
    for (const Moment& moment : moments) {
        for (const bool colour : {false, true}) {
            for (const bool utf8 : {false, true}) {
                for (int width = 1; width < 200; ++width) {
                    const std::string line =
                        live_line(moment, {.live = true, .colour = colour, .utf8 = utf8, .columns = width});
                    EXPECT_LT(columns(line), width) << line;
                    EXPECT_EQ(line.find('\n'), std::string::npos);
                }
            }
        }
    }
}

TEST(Display, ALineShowsPositionLevelsAndRing) {
    const Moment moment{.seconds = 67.9,
                        .total_seconds = 125.0,
                        .peak_db = {-12.34, -30.0},
                        .application_peak_db = {},
                        .ring_ms = 12.34};
    const std::string line =
        live_line(moment, {.live = true, .colour = false, .utf8 = false, .columns = 100});
    EXPECT_NE(line.find("1:07 / 2:05"), std::string::npos) << line;
    EXPECT_NE(line.find("-12.3"), std::string::npos) << line;
    EXPECT_NE(line.find("-30.0 dBFS"), std::string::npos) << line;
    EXPECT_NE(line.find("ring  12.3 ms"), std::string::npos) << line;
    // -12.3 dB is further along a bar from -60 to 0 than -30 dB.
    const auto left = line.substr(line.find('L'), line.find('R') - line.find('L'));
    const auto right = line.substr(line.find('R'));
    EXPECT_GT(std::ranges::count(left, '#'), std::ranges::count(right, '#'));
}

TEST(Display, WithoutColourThereIsNoEscapeSequence) {
    const Moment moment{.seconds = 1.0,
                        .total_seconds = 2.0,
                        .peak_db = {0.0, 0.0},
                        .application_peak_db = {},
                        .ring_ms = 1.0};
    EXPECT_EQ(live_line(moment, {.live = true, .colour = false, .utf8 = true, .columns = 90}).find('\x1b'),
              std::string::npos);
    EXPECT_NE(live_line(moment, {.live = true, .colour = true, .utf8 = true, .columns = 90}).find('\x1b'),
              std::string::npos);
    EXPECT_EQ(song_run::plain_line(moment).find('\x1b'), std::string::npos);
}

TEST(Display, EachApplicationsLevelIsShown) {
    const Moment moment{.seconds = 1.0,
                        .total_seconds = 2.0,
                        .peak_db = {0.0, 0.0},
                        .application_peak_db = {-12.34, -HUGE_VAL},
                        .ring_ms = 1.0};
    for (const std::string& line :
         {song_run::plain_line(moment),
          live_line(moment, {.live = true, .colour = false, .utf8 = false, .columns = 120})}) {
        EXPECT_NE(line.find("  1  -12.3  2   -inf"), std::string::npos) << line;
    }
}

TEST(XmlText, EscapesMarkupAndReplacesWhatXmlCannotHold) {
    EXPECT_EQ(picture::xml_text("a<b> & \"c\""), "a&lt;b&gt; &amp; &quot;c&quot;");
    EXPECT_EQ(picture::xml_text("Grün 日本 🎵"), "Grün 日本 🎵");
    EXPECT_EQ(picture::xml_text("a\xFF\x01z"), "a\uFFFD\uFFFDz");
    EXPECT_EQ(picture::xml_text("cut off \xE6\x97"), "cut off \uFFFD\uFFFD");
    EXPECT_EQ(picture::xml_text("\xC0\x80"), "\uFFFD\uFFFD");  // an overlong zero
}

std::size_t count(const std::string& text, std::string_view what) {
    std::size_t found = 0;
    for (std::size_t at = text.find(what); at != text.npos; at = text.find(what, at + 1)) ++found;
    return found;
}

TEST(Picture, HoldsACurveForEachSpectrumAndADotForEachMeasuredPoint) {
    picture::Contents contents{
        .title = "Song <1>",
        .subtitle = "subtitle",
        .spectrum = {.frequency_hz = {20, 200, 2000},
                     .before_db = {-20, -30, -HUGE_VAL},
                     .after_db = {-21, -31, -200}},
        .points = {{.wanted_hz = 100, .measured = true, .frequency_hz = 101, .gain_db = 3.0},
                   {.wanted_hz = 1000, .measured = false}},
        .asked_db = [](double) { return 2.0; },
        .rate = 48000};
    const std::string svg = picture::draw(contents);
    EXPECT_EQ(count(svg, "stroke-linejoin"), 3U);  // before, after, asked
    EXPECT_EQ(count(svg, "<circle"), 2U);          // one dot, one in the legend
    EXPECT_EQ(count(svg, "Song &lt;1&gt;"), 2U);   // as title and as text
    EXPECT_EQ(count(svg, "inf"), 0U);
    EXPECT_EQ(count(svg, "nan"), 0U);
}

TEST(Picture, OfSeveralApplicationsHoldsEachOnesCurvesAndPoints) {
    picture::MixContents contents{.title = "2 applications at once",
                                  .subtitle = "subtitle",
                                  .applications = {},
                                  .frequency_hz = {20, 200, 2000},
                                  .recorded_db = {-20, -30, -HUGE_VAL},
                                  .rate = 48000};
    for (const char* label : {"1 <rain>, rock", "2 wind, vocal"}) {
        contents.applications.push_back(
            {.label = label,
             .level_db = {-21, -31, -200},
             .points = {{.wanted_hz = 100, .measured = true, .frequency_hz = 101, .gain_db = 3.0},
                        {.wanted_hz = 1000, .measured = false}},
             .asked_db = [](double) { return 2.0; }});
    }
    const std::string svg = picture::draw(contents);
    EXPECT_EQ(count(svg, "stroke-linejoin"), 5U);  // played and asked, twice, and recorded
    EXPECT_EQ(count(svg, "<circle"), 4U);          // a point and one in the legend, twice
    EXPECT_EQ(count(svg, "1 &lt;rain&gt;, rock"), 1U);
    EXPECT_EQ(count(svg, "inf") + count(svg, "nan"), 0U);
}

}  // namespace
}  // namespace gecko
