// LC_DYLD_INFO: two little languages that say where pointers are, one for those to the program itself and one for imports.
#include "minihal/macho/fixups.hpp"

namespace minihal::macho {

namespace {

constexpr std::uint64_t kPointerSize = 8;
constexpr std::uint8_t kTypePointer = 1;

// What both languages have in common: a place that moves.
class Machine {
  public:
    Machine(const Image& image, Pointers& pointers, Bytes program)
        : image_(image), pointers_(pointers), in_(program) {}

  protected:
    // The place moves by a pointer and `skip` for each. `make` says what the pointer is to.
    template <typename Make>
    std::string set(std::uint64_t times, std::uint64_t skip, const Make& make) {
        if (!in_.ok()) return cut_off();
        if (segment_ == nullptr) return "a pointer is set before it is said where";
        for (std::uint64_t i = 0; i < times; ++i) {
            if (auto why = pointers_.add(*segment_, at_, make(at_)); !why.empty()) return why;
            at_ += kPointerSize + skip;
        }
        return {};
    }
    std::string move_to(std::uint8_t segment) {
        at_ = in_.uleb();
        if (!in_.ok()) return cut_off();
        if (segment >= image_.segments.size())
            return fmt::format("a pointer is set in segment {}, which there is not", segment);
        segment_ = &image_.segments[segment];
        return {};
    }
    std::string set_type(std::uint8_t type) {
        if (type == kTypePointer) return {};
        return fmt::format("it has a fixup of type {}, and only pointers (1) are known", type);
    }
    static std::string cut_off() { return "its fixups are cut off"; }

    const Image& image_;
    Pointers& pointers_;
    Cursor in_;
    const Segment* segment_ = nullptr;
    std::uint64_t at_ = 0;  // in the segment; wraps round, since a skip may go back
};

class Rebases : Machine {
  public:
    using Machine::Machine;

    std::string run() {
        while (!in_.at_end()) {
            const auto byte = in_.byte();
            if (byte == 0) break;
            if (auto why = step(byte & 0xF0, byte & 0x0F); !why.empty()) return why;
        }
        return in_.ok() ? "" : cut_off();
    }

  private:
    std::string step(std::uint8_t opcode, std::uint8_t small) {
        switch (opcode) {
            case 0x10:
                return set_type(small);
            case 0x20:
                return move_to(small);
            case 0x30:
                at_ += in_.uleb();
                return {};
            case 0x40:
                at_ += small * kPointerSize;
                return {};
            case 0x50:
                return rebase(small, 0);
            case 0x60:
                return rebase(in_.uleb(), 0);
            case 0x70:
                return rebase(1, in_.uleb());
            case 0x80: {
                const auto times = in_.uleb();
                return rebase(times, in_.uleb());
            }
            default:
                return fmt::format("it has the rebase opcode {:#x}, which is unknown here", opcode);
        }
    }
    std::string rebase(std::uint64_t times, std::uint64_t skip) {
        return set(times, skip, [&](std::uint64_t at) {
            const auto address = read<std::uint64_t>(segment_->contents, at).value_or(0);
            return Pointer{.value = address - image_.preferred};
        });
    }
};

class Binds : Machine {
  public:
    // Lazy ones have an end behind each; here it says nothing.
    Binds(const Image& image, Pointers& pointers, Bytes program, bool lazy)
        : Machine(image, pointers, program), lazy_(lazy) {}

    std::string run() {
        while (!in_.at_end()) {
            const auto byte = in_.byte();
            if (byte == 0 && !lazy_) break;
            if (auto why = step(byte & 0xF0, byte & 0x0F); !why.empty()) return why;
        }
        return in_.ok() ? "" : cut_off();
    }

  private:
    std::string step(std::uint8_t opcode, std::uint8_t small) {
        switch (opcode) {
            case 0x00:
                return {};
            case 0x10:
                return from(small);
            case 0x20:
                return from(static_cast<std::int64_t>(in_.uleb()));
            case 0x30:  // negative numbers, for places that are no library
                return from(small == 0 ? 0 : static_cast<std::int8_t>(0xF0 | small));
            case 0x40:
                name_ = in_.text();
                weak_ = (small & 1) != 0;
                import_.reset();
                return {};
            case 0x50:
                return set_type(small);
            case 0x60:
                addend_ = static_cast<std::uint64_t>(in_.sleb());
                return {};
            case 0x70:
                return move_to(small);
            case 0x80:
                at_ += in_.uleb();
                return {};
            case 0x90:
                return bind(1, 0);
            case 0xA0:
                return bind(1, in_.uleb());
            case 0xB0:
                return bind(1, small * kPointerSize);
            case 0xC0: {
                const auto times = in_.uleb();
                return bind(times, in_.uleb());
            }
            default:
                return fmt::format("it has the bind opcode {:#x}, which is unknown here", opcode);
        }
    }
    std::string from(std::int64_t ordinal) {
        ordinal_ = ordinal;
        import_.reset();
        return {};
    }
    std::string bind(std::uint64_t times, std::uint64_t skip) {
        if (!in_.ok()) return cut_off();
        if (!import_) {
            if (auto why = pointers_.add_import(name_, ordinal_, weak_); !why.empty()) return why;
            import_ = static_cast<std::uint32_t>(pointers_.fixups.imports.size() - 1);
        }
        return set(times, skip, [&](std::uint64_t) { return Pointer{.import = *import_, .value = addend_}; });
    }

    bool lazy_;
    std::string_view name_;
    bool weak_ = false;
    std::int64_t ordinal_ = 0;
    std::uint64_t addend_ = 0;
    std::optional<std::uint32_t> import_;
};

}  // namespace

Result<Fixups> read_opcodes(const Image& image) {
    Pointers pointers(image);
    if (auto why = Rebases(image, pointers, image.rebases).run(); !why.empty())
        return refused(std::move(why));
    for (const bool lazy : {false, true}) {
        const auto program = lazy ? image.lazy_binds : image.binds;
        if (auto why = Binds(image, pointers, program, lazy).run(); !why.empty())
            return refused(std::move(why));
    }
    return std::move(pointers.fixups);
}

Result<Fixups> read_fixups(const Image& image) {
    const bool has_opcodes = !image.rebases.empty() || !image.binds.empty() || !image.lazy_binds.empty();
    if (image.chains.empty()) return read_opcodes(image);
    if (has_opcodes) return refused("it has fixups in two forms");
    return read_chains(image);
}

}  // namespace minihal::macho
