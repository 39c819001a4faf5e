// docs/driver.md has the table of properties; here it is held to the driver's.
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>

#include "property_document.hpp"

namespace gecko::driver::test {
namespace {

TEST(DriverDocument, HasThePropertiesThatTheDriverHas) {
    std::ifstream file(GECKO_DRIVER_DOCUMENT);
    const std::string page{std::istreambuf_iterator<char>(file), {}};
    ASSERT_FALSE(page.empty()) << GECKO_DRIVER_DOCUMENT;
    EXPECT_EQ(page, with_property_document(page))
        << "not current: `driver_properties docs/driver.md` writes it anew";
    EXPECT_EQ(page.find("(no name)"), std::string::npos)
        << "a selector without a name in property_document.cpp";
}

}  // namespace
}  // namespace gecko::driver::test
