// driver_properties PAGE: writes the table of the driver's properties into the page, between its marks.
#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>

#include "property_document.hpp"

int main(int argc, char** argv) {
    if (argc != 2) {
        std::fputs(
            "driver_properties PAGE: writes the table of the driver's properties into docs/driver.md\n",
            stderr);
        return 1;
    }
    std::ifstream in(argv[1]);
    const std::string page{std::istreambuf_iterator<char>(in), {}};
    const std::string now = gecko::driver::test::with_property_document(page);
    if (now.empty()) {
        std::fprintf(stderr, "driver_properties: %s has no place for the table\n", argv[1]);
        return 3;
    }
    std::ofstream out(argv[1], std::ios::trunc);
    out << now;
    return out.flush() ? 0 : 3;
}
