#include <CoreFoundation/CFPropertyList.h>
#include <plist/plist.h>

#include <algorithm>
#include <cstdlib>
#include <limits>
#include <memory>
#include <string_view>
#include <vector>

#include "minihal/cf/boolean.hpp"
#include "minihal/cf/data.hpp"
#include "minihal/cf/dictionary.hpp"
#include "minihal/cf/number.hpp"
#include "minihal/cf/plist_nesting.hpp"
#include "minihal/cf/string.hpp"

namespace minihal::cf {
namespace {

struct FreePlistNode {
    void operator()(void* node) const { plist_free(node); }
};
using PlistNode = std::unique_ptr<void, FreePlistNode>;

struct FreeMemory {
    void operator()(void* memory) const { std::free(memory); }
};
template <class T>
using Memory = std::unique_ptr<T, FreeMemory>;

// An object that this file has made or retained.
struct ReleaseObject {
    void operator()(const Object* object) const { object->release(); }
};
using Owned = std::unique_ptr<const Object, ReleaseObject>;

// --- Writing ---

// `path` holds the containers around the object: one that is in it contains itself.
bool is_valid(CFTypeRef reference, std::vector<CFTypeRef>& path) {
    if (reference == nullptr) return false;
    if (const auto* string = try_as<const String>(reference)) {
        // libplist passes strings on as C strings.
        return string->utf8().find('\0') == std::string::npos;
    }
    if (try_as<const BooleanObject>(reference) != nullptr || try_as<const Number>(reference) != nullptr ||
        try_as<const Data>(reference) != nullptr) {
        return true;
    }
    if (path.size() >= kDeepestPlist || std::find(path.begin(), path.end(), reference) != path.end()) {
        return false;
    }
    path.push_back(reference);
    bool valid = false;
    if (const auto* array = try_as<const Array>(reference)) {
        valid = array->holds_objects() &&
                std::all_of(array->values().begin(), array->values().end(),
                            [&path](const void* value) { return is_valid(value, path); });
    } else if (const auto* dictionary = try_as<const Dictionary>(reference)) {
        valid = dictionary->holds_objects() &&
                std::all_of(dictionary->entries().begin(), dictionary->entries().end(),
                            [&path](const auto& entry) {
                                return try_as<const String>(entry.first) != nullptr &&
                                       is_valid(entry.first, path) && is_valid(entry.second, path);
                            });
    }
    path.pop_back();
    return valid;
}

bool is_valid(CFTypeRef plist, CFPropertyListFormat format) {
    if (format != kCFPropertyListXMLFormat_v1_0 && format != kCFPropertyListBinaryFormat_v1_0) return false;
    std::vector<CFTypeRef> path;
    return is_valid(plist, path);
}

PlistNode integer_node(int64_t value) {
#ifdef MINIHAL_LIBPLIST_HAS_SIGNED_INTEGERS
    return PlistNode(plist_new_int(value));
#else
    // Eight bytes wide, which both formats take for signed.
    return PlistNode(plist_new_uint(static_cast<uint64_t>(value)));
#endif
}

// The object is valid.
PlistNode to_node(CFTypeRef reference) {
    if (const auto* string = try_as<const String>(reference))
        return PlistNode(plist_new_string(string->utf8().c_str()));
    if (const auto* boolean = try_as<const BooleanObject>(reference)) {
        return PlistNode(plist_new_bool(boolean->value() ? 1 : 0));
    }
    if (const auto* number = try_as<const Number>(reference)) {
        if (const auto* integer = std::get_if<int64_t>(&number->value())) return integer_node(*integer);
        return PlistNode(plist_new_real(std::get<double>(number->value())));
    }
    if (const auto* data = try_as<const Data>(reference)) {
        return PlistNode(plist_new_data(data->bytes().data(), data->bytes().size()));
    }
    if (const auto* array = try_as<const Array>(reference)) {
        PlistNode node(plist_new_array());
        for (const void* value : array->values())
            plist_array_append_item(node.get(), to_node(value).release());
        return node;
    }
    const auto& dictionary = *try_as<const Dictionary>(reference);
    PlistNode node(plist_new_dict());
    for (const auto& [key, value] : dictionary.entries()) {
        plist_dict_set_item(node.get(), try_as<const String>(key)->utf8().c_str(), to_node(value).release());
    }
    return node;
}

// --- Reading ---

int64_t integer_value(plist_t node) {
#ifdef MINIHAL_LIBPLIST_HAS_SIGNED_INTEGERS
    int64_t value = 0;
    plist_get_int_val(node, &value);
    return value;
#else
    uint64_t value = 0;
    plist_get_uint_val(node, &value);
    return static_cast<int64_t>(value);
#endif
}

Owned to_object(plist_t node, size_t depth);

Owned to_array(plist_t node, size_t depth) {
    plist_array_iter iterator = nullptr;
    plist_array_new_iter(node, &iterator);
    const Memory<void> iterator_owner(iterator);
    auto array = std::make_unique<Array>(&kCFTypeArrayCallBacks, Mutability::kImmutable);
    for (;;) {
        plist_t item = nullptr;
        plist_array_next_item(node, iterator, &item);
        if (item == nullptr) return Owned(array.release());
        const Owned value = to_object(item, depth + 1);
        if (!value) return nullptr;
        array->append(value.get());
    }
}

Owned to_dictionary(plist_t node, size_t depth) {
    plist_dict_iter iterator = nullptr;
    plist_dict_new_iter(node, &iterator);
    const Memory<void> iterator_owner(iterator);
    auto dictionary = std::make_unique<Dictionary>(&kCFTypeDictionaryKeyCallBacks,
                                                   &kCFTypeDictionaryValueCallBacks, Mutability::kImmutable);
    for (;;) {
        char* name = nullptr;
        plist_t item = nullptr;
        plist_dict_next_item(node, iterator, &name, &item);
        const Memory<char> name_owner(name);
        if (item == nullptr) return Owned(dictionary.release());
        if (name == nullptr) return nullptr;
        const Owned key(String::create(name));
        const Owned value = to_object(item, depth + 1);
        if (!key || !value) return nullptr;
        dictionary->put(key.get(), value.get(), Dictionary::IfPresent::kKeep);
    }
}

// Nothing for a type that is not part of this subset, a string that is not Unicode, or what is too deep.
Owned to_object(plist_t node, size_t depth) {
    const auto type = plist_get_node_type(node);
    if (depth >= kDeepestPlist && (type == PLIST_ARRAY || type == PLIST_DICT)) return nullptr;
    switch (type) {
        case PLIST_BOOLEAN: {
            uint8_t value = 0;
            plist_get_bool_val(node, &value);
            const CFTypeRef boolean = value != 0 ? kCFBooleanTrue : kCFBooleanFalse;
            return Owned(static_cast<const Object*>(boolean));
        }
        case PLIST_UINT:
            return Owned(new Number(kCFNumberSInt64Type, integer_value(node)));
        case PLIST_REAL: {
            double value = 0.0;
            plist_get_real_val(node, &value);
            return Owned(new Number(kCFNumberFloat64Type, value));
        }
        case PLIST_STRING: {
            uint64_t length = 0;
            const char* text = plist_get_string_ptr(node, &length);
            return Owned(String::create(
                text == nullptr ? std::string_view() : std::string_view(text, static_cast<size_t>(length))));
        }
        case PLIST_DATA: {
            uint64_t length = 0;
            const char* bytes = plist_get_data_ptr(node, &length);
            return Owned(new Data(bytes == nullptr ? std::string_view()
                                                   : std::string_view(bytes, static_cast<size_t>(length))));
        }
        case PLIST_ARRAY:
            return to_array(node, depth);
        case PLIST_DICT:
            return to_dictionary(node, depth);
        default:
            return nullptr;
    }
}

PlistNode parse(const std::string& bytes) {
    if (bytes.size() > std::numeric_limits<int32_t>::max()) return nullptr;
    const auto size = static_cast<uint32_t>(bytes.size());
    plist_t node = nullptr;
    if (is_binary_plist(bytes)) {
        if (is_safe_binary_plist(bytes)) plist_from_bin(bytes.data(), size, &node);
    } else if (is_safe_xml_plist(bytes)) {
        plist_from_xml(bytes.c_str(), size, &node);
    }
    return PlistNode(node);
}

}  // namespace
}  // namespace minihal::cf

using minihal::cf::as;
using minihal::cf::Data;
using minihal::cf::Memory;
using minihal::cf::reference_to;

extern "C" {

Boolean CFPropertyListIsValid(CFPropertyListRef plist, CFPropertyListFormat format) {
    return minihal::cf::is_valid(plist, format);
}

CFDataRef CFPropertyListCreateData(CFAllocatorRef /*allocator*/, CFPropertyListRef plist,
                                   CFPropertyListFormat format, CFOptionFlags options, CFErrorRef* error) {
    if (error != nullptr) *error = nullptr;
    if (options != 0 || !minihal::cf::is_valid(plist, format)) return nullptr;
    const auto node = minihal::cf::to_node(plist);
    char* bytes = nullptr;
    uint32_t length = 0;
    if (format == kCFPropertyListXMLFormat_v1_0) {
        plist_to_xml(node.get(), &bytes, &length);
    } else {
        plist_to_bin(node.get(), &bytes, &length);
    }
    // Both come from malloc.
    const Memory<char> owner(bytes);
    if (bytes == nullptr) return nullptr;
    return reference_to<CFDataRef>(new Data({bytes, length}));
}

CFPropertyListRef CFPropertyListCreateWithData(CFAllocatorRef /*allocator*/, CFDataRef data,
                                               CFOptionFlags /*options*/, CFPropertyListFormat* format,
                                               CFErrorRef* error) {
    if (error != nullptr) *error = nullptr;
    const std::string& bytes = as<const Data>("CFPropertyListCreateWithData", data).bytes();
    const auto node = minihal::cf::parse(bytes);
    if (!node) return nullptr;
    auto object = minihal::cf::to_object(node.get(), 0);
    if (object && format != nullptr) {
        *format = minihal::cf::is_binary_plist(bytes) ? kCFPropertyListBinaryFormat_v1_0
                                                      : kCFPropertyListXMLFormat_v1_0;
    }
    return reference_to<CFPropertyListRef>(object.release());
}

CFPropertyListRef CFPropertyListCreateDeepCopy(CFAllocatorRef allocator, CFPropertyListRef plist,
                                               CFOptionFlags /*options*/) {
    const CFDataRef data =
        CFPropertyListCreateData(allocator, plist, kCFPropertyListBinaryFormat_v1_0, 0, nullptr);
    if (data == nullptr) return nullptr;
    const CFPropertyListRef copy =
        CFPropertyListCreateWithData(allocator, data, kCFPropertyListImmutable, nullptr, nullptr);
    CFRelease(data);
    return copy;
}

}  // extern "C"
