// Running halval on bundles that are made for the tests.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace halval_test {

struct Ended {
    int status;  // -1: by a signal
    std::string output;
    std::string errors;
};
Ended run_halval(const std::vector<std::string>& arguments);

// A folder that goes with the object.
class Folder {
  public:
    Folder();
    ~Folder();
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    const std::filesystem::path& path() const { return path_; }

  private:
    std::filesystem::path path_;
};

struct BundleShape {
    static BundleShape with_defect(const std::string& defect) {
        BundleShape shape;
        shape.defect = defect;
        return shape;
    }
    static BundleShape of(const std::string& executable, const std::string& factory) {
        BundleShape shape;
        shape.executable = executable;
        shape.factory = factory;
        return shape;
    }

    std::string executable = HALVAL_REFERENCE;
    std::string factory = "Reference_Create";
    std::string defect;           // for the reference plug-in
    std::string version = "1.0";  // none: the key is missing
};
// The bundle's path. Bundles share their executables.
std::string make_bundle(const Folder& folder, const BundleShape& shape);

}  // namespace halval_test
