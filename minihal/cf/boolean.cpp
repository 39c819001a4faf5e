#include "minihal/cf/boolean.hpp"

namespace minihal::cf {
namespace {

const Permanent<BooleanObject> true_object(true);
const Permanent<BooleanObject> false_object(false);

}  // namespace
}  // namespace minihal::cf

using minihal::cf::BooleanObject;
using minihal::cf::reference_to;

extern "C" {

const CFBooleanRef kCFBooleanTrue = reference_to<CFBooleanRef>(&minihal::cf::true_object.object);
const CFBooleanRef kCFBooleanFalse = reference_to<CFBooleanRef>(&minihal::cf::false_object.object);

CFTypeID CFBooleanGetTypeID() {
    return static_cast<CFTypeID>(BooleanObject::kType);
}

Boolean CFBooleanGetValue(CFBooleanRef boolean) {
    return minihal::cf::as<const BooleanObject>("CFBooleanGetValue", boolean).value();
}

}  // extern "C"
