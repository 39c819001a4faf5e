#include "platform/former_default.hpp"

#include <fstream>

namespace gecko::platform {

bool FormerDefault::note(const std::string& uid) const {
    if (folder_.empty()) return true;
    std::error_code error;
    std::filesystem::create_directories(folder_, error);
    const std::filesystem::path fresh = folder_ / "default-output.new";
    {
        std::ofstream out(fresh, std::ios::trunc);
        out << uid << '\n';
        if (!out.flush()) return false;
    }
    std::filesystem::rename(fresh, file(), error);
    return !error;
}

std::string FormerDefault::read() const {
    std::string uid;
    if (!folder_.empty()) {
        std::ifstream in(file());
        std::getline(in, uid);
    }
    return uid;
}

void FormerDefault::forget() const {
    std::error_code ignored;
    if (!folder_.empty()) std::filesystem::remove(file(), ignored);
}

}  // namespace gecko::platform
