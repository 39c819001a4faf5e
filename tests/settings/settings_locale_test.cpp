// Settings under a locale with decimal commas, for C and for C++, and in a folder whose name is not only ASCII.
#include <gtest/gtest.h>

#include <clocale>
#include <cstdio>
#include <cstdlib>
#include <locale>

#include "settings/fields.hpp"
#include "tests/settings/environment.hpp"
#include "tests/settings/settings_file.hpp"

namespace gecko::settings {
namespace {

struct Comma : std::numpunct<char> {
    char do_decimal_point() const override { return ','; }
    char do_thousands_sep() const override { return '.'; }
    std::string do_grouping() const override { return "\1"; }
};

/// For as long as it lives C++ writes commas; so does C, if such a locale is installed, or localedef is there to make one.
class Commas {
  public:
    Commas() {
        for (const char* name : {"de_DE.UTF-8", "de_DE", "fr_FR.UTF-8", "tr_TR.UTF-8"})
            if (std::setlocale(LC_ALL, name) != nullptr) return;
        std::ofstream(folder_.path() / "source")
            << "LC_NUMERIC\ndecimal_point \",\"\nthousands_sep \".\"\ngrouping 3;3\nEND LC_NUMERIC\n";
        const std::string command = "cd '" + folder_.path().string() +
                                    "' && localedef -c -i source -f ISO-8859-1 ./commas >/dev/null 2>&1";
        (void)!std::system(command.c_str());
        locales_.emplace("LOCPATH", folder_.path().string());
        std::setlocale(LC_NUMERIC, "commas");
    }
    ~Commas() {
        std::locale::global(old_);
        std::setlocale(LC_ALL, "C");
    }
    Commas(const Commas&) = delete;
    Commas& operator=(const Commas&) = delete;

    [[nodiscard]] static bool in_c() { return std::localeconv()->decimal_point[0] == ','; }

  private:
    TemporaryFolder folder_;
    std::optional<Environment> locales_;
    std::locale old_ = std::locale::global(std::locale(std::locale::classic(), new Comma));
};

class SettingsUnderALocale : public SettingsFile {};

TEST_F(SettingsUnderALocale, AreWrittenReadTypedAndShownWithPoints) {
    const fs::path folder = folder_.path() / "Einstellungen für Gecko 日本";
    std::expected<Loaded, std::string> saved;
    std::expected<Loaded, std::string> loaded;
    UserSettings typed;
    std::string shown;
    bool in_c = false;
    {
        const Commas commas;
        in_c = Commas::in_c();
        saved = save(folder, chosen());
        loaded = load_settings(folder);
        const std::string value = "-3.25";
        EXPECT_TRUE(set_setting(typed, "preamp_db", {&value, 1}));
        shown = value_text(*find_field("preamp_db"), typed);
    }
    if (!in_c) std::printf("No locale for C with decimal commas here: tried for C++ alone.\n");
    ASSERT_TRUE(saved) << saved.error();
    ASSERT_TRUE(loaded) << loaded.error();
    EXPECT_EQ(loaded->settings, chosen());
    EXPECT_EQ(typed.preamp_db, -3.25);
    EXPECT_EQ(shown, "-3.25");
    fs::rename(folder / kSettingsFile, folder_.path() / kSettingsFile);
    EXPECT_NE(read().find("\"preamp_db\": -3.25"), std::string::npos) << read();
}

TEST_F(SettingsUnderALocale, AreComplainedOfWithPlainNumbers) {
    const std::string lines(1233, '\n');
    std::string words;
    std::string newer;
    {
        const Commas commas;
        words = refusal("{\"version\": 1," + lines + "\"volume_percent\": 1000.5}");
        write("{\"version\": 1234.5}");
        newer = load_settings(folder_.path())->messages.at(0);
    }
    EXPECT_NE(words.find("settings.json:1234: volume_percent: 1000.5 is out of range: 0 to 200 %"),
              std::string::npos)
        << words;
    EXPECT_NE(newer.find("of version 1234.5, this"), std::string::npos) << newer;
}

}  // namespace
}  // namespace gecko::settings
