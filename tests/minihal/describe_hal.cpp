// Prints what the server that runs says of its objects.
#include "tests/minihal/description.hpp"

int main() {
    for (const auto& line : minihal_test::describe_hal()) std::puts(line.c_str());
    return 0;
}
