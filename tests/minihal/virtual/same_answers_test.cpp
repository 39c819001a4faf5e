// A client cannot tell the virtual HAL from a server.
#include "tests/minihal/description.hpp"
#include "tests/minihal/minihald_process.hpp"
#include "tests/minihal/virtual/virtual_fixture.hpp"

namespace minihal_test {
namespace {

TEST_F(VirtualHalTest, AnswersAsTheServerDoes) {
    const auto here = describe_hal();
    const Sandbox sandbox;
    const MinihaldProcess server(MINIHALD_PROGRAM, sandbox, {});
    ASSERT_TRUE(server.serving()) << server.errors();
    ::setenv("MINIHAL_RUN_DIR", sandbox.run_directory().c_str(), 1);
    ChildProcess client(MINIHAL_DESCRIBE_PROGRAM, {}, sandbox.folder());
    std::vector<std::string> there;
    for (auto line = client.read_line(); !line.empty(); line = client.read_line()) there.push_back(line);
    EXPECT_EQ(client.wait(), 0) << client.errors();
    ASSERT_GT(here.size(), 100U);
    EXPECT_EQ(here, there);
}

}  // namespace
}  // namespace minihal_test
