// Checks of the objects: what owns what, what they are, what they have.
#include <algorithm>
#include <set>

#include "minihal/halval/checks.hpp"
#include "minihal/host/status_text.hpp"

namespace minihal::halval {

namespace {

using Ids = std::vector<AudioObjectID>;

Ids sorted(Ids ids) {
    std::ranges::sort(ids);
    return ids;
}
Ids joined(Ids first, const Ids& second) {
    first.insert(first.end(), second.begin(), second.end());
    std::ranges::sort(first);
    const auto [from, to] = std::ranges::unique(first);
    first.erase(from, to);
    return first;
}
std::string text_of(const Ids& ids) {
    return fmt::format("{{{}}}", fmt::join(ids, ", "));
}

bool side_has_streams(const Subject& subject, const Object& device, AudioObjectPropertyScope scope) {
    return !subject.list<AudioObjectID>(device.id, address_of(kAudioDevicePropertyStreams, scope)).empty();
}

}  // namespace

void check_object_tree(Subject& subject, Findings& findings) {
    if (const auto error = subject.reach(Stage::kObjects)) return findings.fault("{}", *error);
    for (const auto& object : subject.objects()) {
        findings.expect(object.id != kAudioObjectUnknown, "object {} lists the ID 0", object.found_in);
        const auto owner = subject.value<AudioObjectID>(object.id, address_of(kAudioObjectPropertyOwner));
        const AudioObjectID wanted =
            object.id == kAudioObjectPlugInObject ? kAudioObjectUnknown : object.found_in;
        findings.expect(owner == wanted, "{} is listed by {} and says that its owner is {}",
                        subject.name(object), object.found_in,
                        owner ? std::to_string(*owner) : std::string("nobody"));
    }
    for (const auto& ghost : subject.ghosts())
        findings.fault("object {} is listed by {} and has no class", ghost.id, ghost.found_in);
    findings.expect(subject.objects().front().is(kPlugInSort), "object 1 is no plug-in");
    findings.saw("{} objects: {} devices, {} streams, {} controls, {} boxes", subject.objects().size(),
                 subject.objects(kDeviceSort).size(), subject.objects(kStreamSort).size(),
                 subject.objects(kControlSorts).size(), subject.objects(kBoxSort).size());
}

void check_classes(Subject& subject, Findings& findings) {
    for (const auto& object : subject.objects()) {
        const auto* const rule = find_class(object.class_id);
        const auto* const base = find_class(object.base_class);
        if (rule == nullptr) {
            findings.expect(base != nullptr, "{} is of class {} with base class {}, neither of them known",
                            subject.name(object), four(object.class_id), four(object.base_class));
            continue;
        }
        findings.expect(rule->base == object.base_class, "{} of class {} has base class {}, not {}",
                        subject.name(object), four(object.class_id), four(object.base_class),
                        four(rule->base));
    }
    findings.saw("{} objects", subject.objects().size());
}

void check_required_properties(Subject& subject, Findings& findings) {
    int seen = 0;
    for (const auto& object : subject.objects()) {
        for (const auto& rule : property_rules()) {
            if (!object.is(rule.sorts)) continue;
            const bool required = rule.presence == Presence::kRequired ||
                                  (rule.presence == Presence::kIfBoxes && !subject.objects(kBoxSort).empty());
            if (required) {
                findings.expect(subject.has(object.id, address_of(rule.selector)), "{} has no {}",
                                subject.name(object), four(rule.selector));
                ++seen;
            }
            if (rule.presence != Presence::kSides) continue;
            for (const auto scope : {kInput, kOutput}) {
                if (!side_has_streams(subject, object, scope)) continue;
                const auto address = address_of(rule.selector, scope);
                findings.expect(subject.has(object.id, address), "{} has no {}", subject.name(object),
                                text_of(address));
                ++seen;
            }
        }
    }
    findings.saw("{} properties of {} objects", seen, subject.objects().size());
}

void check_device_uids(Subject& subject, Findings& findings) {
    std::set<std::string> uids;
    for (const auto& device : subject.objects(kDeviceSort)) {
        const auto uid = subject.text(device.id, address_of(kAudioDevicePropertyDeviceUID));
        if (!findings.expect(uid && !uid->empty(), "{} has no UID", subject.name(device))) continue;
        findings.expect(uids.insert(*uid).second, "two devices have the UID \"{}\"", *uid);
        findings.saw("\"{}\"", *uid);
    }
    if (subject.objects(kDeviceSort).empty()) findings.skip("no devices");
}

void check_translate_uid(Subject& subject, Findings& findings) {
    struct Translation {
        Sorts sort;
        AudioObjectPropertySelector uid;
        AudioObjectPropertySelector translate;
    };
    constexpr Translation kTranslations[] = {
        {kDeviceSort, kAudioDevicePropertyDeviceUID, kAudioPlugInPropertyTranslateUIDToDevice},
        {kBoxSort, kAudioBoxPropertyBoxUID, kAudioPlugInPropertyTranslateUIDToBox}};
    int translated = 0;
    for (const auto& [sort, uid_selector, selector] : kTranslations) {
        const auto translate = [&](CFStringRef uid) {
            return subject.get(kAudioObjectPlugInObject, address_of(selector), bytes_of(uid), 4);
        };
        for (const auto& object : subject.objects(sort)) {
            const auto uid =
                subject.get(object.id, address_of(uid_selector), {}, sizeof(CFStringRef)).as<CFStringRef>();
            if (!uid || *uid == nullptr) continue;
            const auto found = translate(*uid).as<AudioObjectID>();
            findings.expect(found == object.id, "the UID of {} gives {}", subject.name(object),
                            found ? std::to_string(*found) : std::string("an error"));
            ++translated;
        }
        if (subject.objects(sort).empty()) continue;
        const auto nobody = translate(CFSTR("halval: nobody has this UID"));
        findings.expect(nobody.status == 0 && nobody.as<AudioObjectID>() == AudioObjectID{0},
                        "an unknown UID gives {} for {}, not object 0",
                        nobody.status != 0 ? status_text(nobody.status) : std::string("an object"),
                        four(selector));
    }
    findings.saw("{} UIDs, and unknown ones", translated);
}

void check_owned_objects(Subject& subject, Findings& findings) {
    const auto expect_same = [&](const Object& object, AudioObjectPropertyScope scope, const Ids& lists) {
        const auto owned = sorted(
            subject.list<AudioObjectID>(object.id, address_of(kAudioObjectPropertyOwnedObjects, scope)));
        findings.expect(owned == lists, "{} owns {} and lists {} ({})", subject.name(object), text_of(owned),
                        text_of(lists), four(scope));
    };
    for (const auto& object : subject.objects()) {
        const auto list = [&](AudioObjectPropertySelector selector, AudioObjectPropertyScope scope) {
            return subject.list<AudioObjectID>(object.id, address_of(selector, scope));
        };
        if (object.is(kPlugInSort)) {
            expect_same(object, kGlobal,
                        joined(joined(list(kAudioPlugInPropertyDeviceList, kGlobal),
                                      list(kAudioPlugInPropertyBoxList, kGlobal)),
                               list(kAudioPlugInPropertyClockDeviceList, kGlobal)));
        } else if (object.is(kDeviceSort)) {
            expect_same(object, kGlobal,
                        joined(list(kAudioDevicePropertyStreams, kGlobal),
                               list(kAudioObjectPropertyControlList, kGlobal)));
        } else if (object.is(kStreamSort | kControlSorts)) {
            expect_same(object, kGlobal, {});
        }
    }
    findings.saw("{} objects", subject.objects().size());
}

void check_owned_classes(Subject& subject, Findings& findings) {
    int asked = 0;
    for (const auto& object : subject.objects()) {
        const auto address = address_of(kAudioObjectPropertyOwnedObjects);
        const auto owned = subject.list<AudioObjectID>(object.id, address);
        std::set<AudioClassID> classes = {kAudioStreamClassID, kAudioDeviceClassID};
        for (const auto id : owned) {
            for (const auto& other : subject.objects())
                if (other.id == id) classes.insert(other.class_id);
        }
        for (const auto wanted : classes) {
            Ids fitting;
            for (const auto& other : subject.objects()) {
                if (std::ranges::count(owned, other.id) > 0 &&
                    (other.class_id == wanted || other.base_class == wanted))
                    fitting.push_back(other.id);
            }
            const auto given = sorted(subject.list<AudioObjectID>(object.id, address, bytes_of(wanted)));
            findings.expect(given == sorted(fitting), "{} owns {} of class {}, not {}", subject.name(object),
                            text_of(given), four(wanted), text_of(sorted(fitting)));
            ++asked;
        }
    }
    findings.saw("{} questions", asked);
}

void check_scoped_streams(Subject& subject, Findings& findings) {
    for (const auto& device : subject.objects(kDeviceSort)) {
        Ids both;
        for (const auto& [scope, direction] : {std::pair{kInput, 1U}, std::pair{kOutput, 0U}}) {
            const auto streams =
                subject.list<AudioObjectID>(device.id, address_of(kAudioDevicePropertyStreams, scope));
            for (const auto stream : streams) {
                findings.expect(
                    subject.value<UInt32>(stream, address_of(kAudioStreamPropertyDirection)) == direction,
                    "stream {} is listed for {} and has the other direction", stream, four(scope));
            }
            both = joined(both, streams);
        }
        const auto all =
            sorted(subject.list<AudioObjectID>(device.id, address_of(kAudioDevicePropertyStreams)));
        findings.expect(all == both, "{} has the streams {}, by sides {}", subject.name(device), text_of(all),
                        text_of(both));
    }
    findings.saw("{} streams", subject.objects(kStreamSort).size());
}

void check_scoped_controls(Subject& subject, Findings& findings) {
    if (subject.objects(kControlSorts).empty()) return findings.skip("no controls");
    for (const auto& device : subject.objects(kDeviceSort)) {
        const auto all = subject.list<AudioObjectID>(device.id, address_of(kAudioObjectPropertyControlList));
        for (const auto scope : {kInput, kOutput}) {
            for (const auto id :
                 subject.list<AudioObjectID>(device.id, address_of(kAudioObjectPropertyControlList, scope))) {
                const auto own = subject.value<UInt32>(id, address_of(kAudioControlPropertyScope));
                findings.expect(std::ranges::count(all, id) == 1, "control {} is in the list for {} only", id,
                                four(scope));
                findings.expect(own == scope || own == kGlobal, "control {} is of {} and listed for {}", id,
                                four(own.value_or(0)), four(scope));
            }
        }
    }
    findings.saw("{} controls", subject.objects(kControlSorts).size());
}

void check_related_devices(Subject& subject, Findings& findings) {
    const auto devices = subject.objects(kDeviceSort);
    for (const auto& device : devices) {
        const auto related =
            subject.list<AudioObjectID>(device.id, address_of(kAudioDevicePropertyRelatedDevices));
        findings.expect(std::ranges::count(related, device.id) == 1, "{} is not related to itself",
                        subject.name(device));
        for (const auto id : related)
            findings.expect(std::ranges::count(devices, id, &Object::id) == 1,
                            "{} is related to {}, which is no device", subject.name(device), id);
    }
    findings.saw("{} devices", devices.size());
}

void check_boxes(Subject& subject, Findings& findings) {
    const auto boxes = subject.objects(kBoxSort);
    const auto devices = subject.objects(kDeviceSort);
    if (boxes.empty()) return findings.skip("no boxes");
    for (const auto& box : boxes) {
        const bool acquired =
            subject.value<UInt32>(box.id, address_of(kAudioBoxPropertyAcquired)).value_or(0) != 0;
        const auto inside = subject.list<AudioObjectID>(box.id, address_of(kAudioBoxPropertyDeviceList));
        findings.expect(acquired || inside.empty(), "{} is not acquired and has devices", subject.name(box));
        for (const auto id : inside)
            findings.expect(std::ranges::count(devices, id, &Object::id) == 1,
                            "{} holds {}, which is no device", subject.name(box), id);
    }
    findings.saw("{} boxes", boxes.size());
}

}  // namespace minihal::halval
