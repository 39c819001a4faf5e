// docs/settings.md and docs/settings.schema.json, held to the table of fields.
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>

#include "settings/fields.hpp"
#include "tests/settings/settings_document.hpp"

namespace gecko::settings {
namespace {

std::string text_of(const char* file) {
    std::ifstream in(file);
    return {std::istreambuf_iterator<char>(in), {}};
}

constexpr const char* kNotCurrent =
    "not current: `settings_documents docs/settings.md docs/settings.schema.json` writes it anew";

TEST(SettingsDocument, HasTheFieldsThatThereAre) {
    const std::string page = text_of(GECKO_SETTINGS_DOCUMENT);
    ASSERT_FALSE(page.empty()) << GECKO_SETTINGS_DOCUMENT;
    EXPECT_EQ(page, with_settings_table(page)) << kNotCurrent;
}

TEST(SettingsDocument, TheSchemaIsThatOfTheFields) {
    EXPECT_EQ(text_of(GECKO_SETTINGS_SCHEMA), settings_schema()) << kNotCurrent;
}

TEST(Fields, HaveDefaultsThatTheyAccept) {
    for (const Field& field : kFields) {
        const auto checked = check(field, UserSettings{});
        EXPECT_TRUE(checked) << field.name << ": " << checked.error();
    }
}

}  // namespace
}  // namespace gecko::settings
