// Every property that is asked for, of every object.
#pragma once

#include "minihal/halval/subject.hpp"

namespace minihal::halval {

// Calls visit(object, rule, address) for each selector that the contract has for an object or that it declares, in each scope and on three
// elements, whether the plug-in has it or not.
template <typename Visit>
void for_each_address(const Subject& subject, const Visit& visit) {
    constexpr AudioObjectPropertyScope kScopes[] = {
        kAudioObjectPropertyScopeGlobal, kAudioObjectPropertyScopeInput, kAudioObjectPropertyScopeOutput,
        kAudioObjectPropertyScopePlayThrough};
    const auto visit_all = [&](const Object& object, const PropertyRule& rule) {
        for (const auto scope : kScopes)
            for (AudioObjectPropertyElement element = 0; element < 3; ++element)
                visit(object, rule, AudioObjectPropertyAddress{rule.selector, scope, element});
    };
    for (const auto& object : subject.objects()) {
        for (const auto& rule : property_rules())
            if (object.is(rule.sorts)) visit_all(object, rule);
        for (const auto& declared : subject.declared())
            if (declared.object == object.id) visit_all(object, declared.rule);
    }
}

// The same for those that the plug-in has.
template <typename Visit>
void for_each_property(const Subject& subject, const Visit& visit) {
    for_each_address(subject, [&](const Object& object, const PropertyRule& rule,
                                  const AudioObjectPropertyAddress& address) {
        if (subject.has(object.id, address)) visit(object, rule, address);
    });
}

}  // namespace minihal::halval
