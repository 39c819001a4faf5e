// The trie of exported names: a node holds what is exported under the letters read so far, and edges with further letters.
#include <fmt/format.h>

#include "minihal/macho/image.hpp"

namespace minihal::macho {

namespace {

// What a node says of its name.
Result<std::uint64_t> terminal(Cursor node, std::string_view name) {
    const auto flags = node.uleb();
    const auto offset = node.uleb();
    if (!node.ok()) return refused("its exports are cut off");
    // Re-exported, made by a resolver, absolute or thread-local.
    if ((flags & 0x1B) != 0)
        return refused(fmt::format("its export {} is of an unusual kind ({:#x})", name, flags));
    return offset;
}

}  // namespace

Result<std::uint64_t> find_export(const Image& image, std::string_view name) {
    std::string_view rest = name;
    std::uint64_t at = 0;
    // Every edge takes a letter at least, so this ends.
    for (;;) {
        Cursor node(image.exports, at);
        const auto terminal_size = node.uleb();
        const auto terminal_at = node.position();
        if (!node.ok() || terminal_size > image.exports.size() - terminal_at) break;
        if (rest.empty()) {
            if (terminal_size == 0) break;
            auto offset = terminal(node, name);
            if (offset && image.segment_at(*offset) == nullptr)
                return refused(fmt::format("its export {} lies outside of it", name));
            return offset;
        }
        Cursor edges(image.exports, terminal_at + terminal_size);
        std::optional<std::uint64_t> next;
        for (unsigned left = edges.byte(); left > 0 && edges.ok() && !next; --left) {
            const auto letters = edges.text();
            const auto child = edges.uleb();
            if (edges.ok() && !letters.empty() && rest.starts_with(letters)) {
                rest.remove_prefix(letters.size());
                next = child;
            }
        }
        if (!next) break;
        at = *next;
    }
    return refused(fmt::format("it does not export {}", name));
}

}  // namespace minihal::macho
