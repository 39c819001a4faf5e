#include "minihal/cf/plist_nesting.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace minihal::cf {
namespace {

// A binary list may expand to this many bytes, each object counted as often as it is referred to.
constexpr uint64_t kLargestExpansion = 64U << 20U;
// What an object costs beside its content, about: a node and its data.
constexpr uint64_t kObjectCost = 128;

uint64_t big_endian(std::string_view bytes) {
    uint64_t value = 0;
    for (const char byte : bytes) value = value << 8U | static_cast<unsigned char>(byte);
    return value;
}

class BinaryPlist {
  public:
    static std::optional<BinaryPlist> open(std::string_view bytes) {
        constexpr size_t kHeader = 8;
        constexpr size_t kTrailer = 32;
        if (bytes.size() < kHeader + kTrailer) return std::nullopt;
        const std::string_view trailer = bytes.substr(bytes.size() - kTrailer);
        BinaryPlist list;
        list.offset_size_ = static_cast<unsigned char>(trailer[6]);
        list.reference_size_ = static_cast<unsigned char>(trailer[7]);
        const uint64_t count = big_endian(trailer.substr(8, 8));
        list.root_ = big_endian(trailer.substr(16, 8));
        const uint64_t table = big_endian(trailer.substr(24, 8));
        const uint64_t end = bytes.size() - kTrailer;
        if (list.offset_size_ == 0 || list.offset_size_ > 8) return std::nullopt;
        if (list.reference_size_ == 0 || list.reference_size_ > 8) return std::nullopt;
        if (table < kHeader || table >= end || count > (end - table) / list.offset_size_) return std::nullopt;
        if (list.root_ >= count) return std::nullopt;
        list.objects_ = bytes.substr(0, table);
        list.offsets_ = bytes.substr(table, count * list.offset_size_);
        list.known_.resize(count);
        return list;
    }

    bool is_safe() { return cost(root_, 0).has_value(); }

  private:
    // What the object and all it holds expand to; nothing when that is too much, too deep or malformed. The cost
    // is kept, so that an object is walked once for each depth that it needs at most.
    std::optional<uint64_t> cost(uint64_t object, size_t depth) {
        if (object >= known_.size()) return std::nullopt;
        const uint64_t offset = big_endian(offsets_.substr(object * offset_size_, offset_size_));
        if (offset >= objects_.size()) return std::nullopt;
        std::string_view rest = objects_.substr(offset);
        const auto kind = static_cast<unsigned char>(rest[0]) >> 4U;
        uint64_t size = static_cast<unsigned char>(rest[0]) & 0xFU;
        rest.remove_prefix(1);

        const bool scalar = kind <= 3 || kind == 8;  // null and booleans, integer, real, date, UID
        if (scalar) return kObjectCost;
        if (size == 0xF && !read_size(rest, size)) return std::nullopt;
        switch (kind) {
            case 4:  // data
                return size <= rest.size() ? std::optional(kObjectCost + size) : std::nullopt;
            case 5:  // ASCII
                if (size > rest.size() || rest.substr(0, size).find('\0') != std::string_view::npos) {
                    return std::nullopt;
                }
                return kObjectCost + size;
            case 6:  // UTF-16
                if (size > rest.size() / 2) return std::nullopt;
                for (size_t i = 0; i < size; ++i) {
                    if (rest[2 * i] == '\0' && rest[2 * i + 1] == '\0') return std::nullopt;
                }
                return kObjectCost + 4 * size;
            case 10:  // array
            case 12:  // set, which libplist takes for an array
                return container_cost(object, rest, size, depth);
            case 13:  // dictionary: keys, then values
                if (size > rest.size()) return std::nullopt;
                return container_cost(object, rest, 2 * size, depth);
            default:
                return std::nullopt;
        }
    }

    static bool read_size(std::string_view& rest, uint64_t& size) {
        if (rest.empty() || static_cast<unsigned char>(rest[0]) >> 4U != 1) return false;
        const size_t width = size_t{1} << (static_cast<unsigned char>(rest[0]) & 0xFU);
        if (width > 8 || width > rest.size() - 1) return false;
        size = big_endian(rest.substr(1, width));
        rest.remove_prefix(1 + width);
        return true;
    }

    std::optional<uint64_t> container_cost(uint64_t object, std::string_view rest, uint64_t references,
                                           size_t depth) {
        // A cycle is as deep as can be.
        if (depth >= kDeepestPlist || references > rest.size() / reference_size_) return std::nullopt;
        Known& known = known_[object];
        if (known.cost != 0 && depth + known.height <= kDeepestPlist) {
            deepest_ = std::max(deepest_, depth + known.height);
            return known.cost;
        }
        if (known.cost != 0) return std::nullopt;

        const size_t outer_deepest = std::exchange(deepest_, depth + 1);
        uint64_t total = kObjectCost;
        for (uint64_t i = 0; i < references; ++i) {
            const auto part = cost(big_endian(rest.substr(i * reference_size_, reference_size_)), depth + 1);
            if (!part) return std::nullopt;
            total += *part;
            if (total > kLargestExpansion) return std::nullopt;
        }
        known = {total, deepest_ - depth};
        deepest_ = std::max(deepest_, outer_deepest);
        return total;
    }

    struct Known {
        uint64_t cost = 0;  // 0: not walked yet
        size_t height = 0;  // levels, its own counted
    };

    std::string_view objects_;
    std::string_view offsets_;
    uint64_t offset_size_ = 0;
    uint64_t reference_size_ = 0;
    uint64_t root_ = 0;
    std::vector<Known> known_;
    size_t deepest_ = 0;  // level reached since the container being walked began
};

// Containers in an XML list whose nesting is not worked out.
constexpr size_t kMostUncountedContainers = 1024;

bool is_container(std::string_view name) {
    return name == "array" || name == "dict";
}

}  // namespace

bool is_safe_binary_plist(std::string_view bytes) {
    auto list = BinaryPlist::open(bytes);
    return list && list->is_safe();
}

// Tags are counted without regard to what they stand in. Where a comment, CDATA, an instruction or a quoted attribute follows
// the <plist> tag, a closing tag could be a fake that libplist does not see; then the number of all containers is bounded instead.
// Elsewhere libplist sees every closing tag that is counted, or stops with an error.
bool is_safe_xml_plist(std::string_view text) {
    if (text.find('\0') != std::string_view::npos) return false;
    size_t depth = 0;
    size_t deepest = 0;
    size_t containers = 0;
    bool plain = true;
    // What comes before <plist> can only raise the count, since that never falls below zero.
    const size_t root = text.find("<plist");
    size_t at = root == std::string_view::npos ? 0 : root + 1;
    while ((at = text.find('<', at)) != std::string_view::npos) {
        ++at;
        const size_t end = std::min(text.find_first_of("<>", at), text.size());
        const std::string_view tag = text.substr(at, end - at);
        if (tag.starts_with('!') || tag.starts_with('?') || tag.find('"') != std::string_view::npos) {
            plain = false;
        }
        const bool closing = tag.starts_with('/');
        const std::string_view name = tag.substr(closing ? 1 : 0);
        if (!is_container(name.substr(0, name.find_first_of(" \t\r\n/")))) continue;
        if (closing) {
            if (depth > 0) --depth;
        } else if (!tag.ends_with('/')) {
            deepest = std::max(deepest, ++depth);
            ++containers;
        }
    }
    return plain ? deepest <= kDeepestPlist : containers <= kMostUncountedContainers;
}

}  // namespace minihal::cf
