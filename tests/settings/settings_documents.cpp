// settings_documents PAGE SCHEMA: writes the table of settings into the page, between its marks, and the JSON Schema.
#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>

#include "tests/settings/settings_document.hpp"

int main(int argc, char** argv) {
    if (argc != 3) {
        std::fputs(
            "settings_documents PAGE SCHEMA: writes docs/settings.md's table and docs/settings.schema.json\n",
            stderr);
        return 1;
    }
    std::ifstream in(argv[1]);
    const std::string page{std::istreambuf_iterator<char>(in), {}};
    const std::string now = gecko::settings::with_settings_table(page);
    if (now.empty()) {
        std::fprintf(stderr, "settings_documents: %s has no place for the table\n", argv[1]);
        return 3;
    }
    std::ofstream out(argv[1], std::ios::trunc);
    out << now;
    std::ofstream schema(argv[2], std::ios::trunc);
    schema << gecko::settings::settings_schema();
    return out.flush() && schema.flush() ? 0 : 3;
}
