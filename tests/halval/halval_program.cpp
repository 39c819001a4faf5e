#include "tests/halval/halval_program.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <iterator>

namespace halval_test {

namespace fs = std::filesystem;

namespace {

std::string text_of(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

Folder::Folder() {
    std::string name = (fs::temp_directory_path() / "halval_test.XXXXXX").string();
    if (mkdtemp(name.data()) != nullptr) path_ = name;
}

Folder::~Folder() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove_all(path_, ignored);
}

Ended run_halval(const std::vector<std::string>& arguments) {
    const Folder folder;
    const auto output = folder.path() / "output";
    const auto errors = folder.path() / "errors";
    const pid_t child = fork();
    if (child == 0) {
        std::vector<char*> argv = {const_cast<char*>("halval")};
        for (const auto& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
        argv.push_back(nullptr);
        if (std::freopen(output.c_str(), "w", stdout) == nullptr) _exit(127);
        if (std::freopen(errors.c_str(), "w", stderr) == nullptr) _exit(127);
        execv(HALVAL_PROGRAM, argv.data());
        _exit(127);
    }
    int status = 0;
    waitpid(child, &status, 0);
    return {.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1,
            .output = text_of(output),
            .errors = text_of(errors)};
}

std::string make_bundle(const Folder& folder, const BundleShape& shape) {
    const auto bundle = folder.path() / "Reference.driver";
    const auto contents = bundle / "Contents";
    fs::create_directories(contents / "MacOS");
    if (!shape.executable.empty()) fs::create_symlink(shape.executable, contents / "MacOS" / "Reference");
    const auto string = [](const std::string& key, const std::string& value) {
        return value.empty() ? "" : "<key>" + key + "</key><string>" + value + "</string>\n";
    };
    std::ofstream(contents / "Info.plist")
        << "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<plist version=\"1.0\"><dict>\n"
        << string("CFBundleExecutable", "Reference") << string("CFBundleIdentifier", "org.example.reference")
        << string("CFBundleInfoDictionaryVersion", "6.0") << string("CFBundlePackageType", "BNDL")
        << string("CFBundleVersion", shape.version) << string("Defect", shape.defect)
        << "<key>CFPlugInFactories</key><dict>"
        << string("0D7DF3A2-5C58-4B7D-9B0B-2F5C3E1A7E12", shape.factory) << "</dict>\n"
        << "<key>CFPlugInTypes</key><dict><key>443ABAB8-E7B3-491A-B985-BEB9187030DB</key>"
        << "<array><string>0D7DF3A2-5C58-4B7D-9B0B-2F5C3E1A7E12</string></array></dict>\n</dict></plist>\n";
    return bundle.string();
}

}  // namespace halval_test
