#include "minihal/halval/checks.hpp"

#include "minihal/halval/check.hpp"

namespace minihal::halval {

namespace {

constexpr auto kNothing = Stage::kNothing;
constexpr auto kLoaded = Stage::kLoaded;
constexpr auto kFactory = Stage::kFactory;
constexpr auto kInitialized = Stage::kInitialized;
constexpr auto kObjects = Stage::kObjects;

// `where` is a line of Apple's header where one says it; what is only seen in the drivers that Apple's host accepts says so.
// clang-format off
constexpr Check kChecks[] = {
    // Loading
    {"loads", 1, kNothing, check_loads, "the factory of the type in Info.plist gives an object that answers to the driver interface", "AudioServerPlugIn.h:21"},
    {"function-table", 1, kFactory, check_function_table, "all 22 functions of the interface are there", "AudioServerPlugIn.h:599"},
    {"initialize", 1, kFactory, check_initialize, "Initialize returns 0", "AudioServerPlugIn.h:650"},
    {"object-tree", 1, kInitialized, check_object_tree, "object 1 is the plug-in; every object names the one that lists it as its owner", "AudioServerPlugIn.h:59"},
    {"factory-type", 2, kLoaded, check_factory_type, "the factory makes nothing for the UUID of another type", "CFPlugIn.h, CFPlugInFactoryFunction"},
    {"query-interface", 2, kFactory, check_query_interface, "QueryInterface answers IUnknown and the driver interface", "AudioServerPlugIn.h:1161"},
    {"foreign-interface", 2, kFactory, check_foreign_interface, "QueryInterface gives E_NOINTERFACE for a UUID that it does not know", "CFPlugInCOM.h, QueryInterface"},
    {"info-plist", 2, kNothing, check_info_plist, "Info.plist has an identifier, a version, package type BNDL and dictionary version 6.0", "CFBundle.h"},
    // Objects
    {"classes", 2, kObjects, check_classes, "class and base class of an object are known and belong together", "AudioHardwareBase.h, class constants"},
    {"required-properties", 2, kObjects, check_required_properties, "an object has the properties of its class", "AudioServerPlugIn.h:265"},
    {"device-uids", 2, kObjects, check_device_uids, "devices have UIDs, each its own", "AudioHardwareBase.h, kAudioDevicePropertyDeviceUID"},
    {"translate-uid", 2, kObjects, check_translate_uid, "a UID gives its object, an unknown one object 0 and no error", "AudioHardwareBase.h:375"},
    {"clock-period", 2, kObjects, check_clock_period, "a zero time stamp period is 10923 frames or longer", "AudioServerPlugIn.h:432"},
    // Properties
    {"agreement", 3, kObjects, check_agreement, "HasProperty, IsPropertySettable, GetPropertyDataSize, GetPropertyData and SetPropertyData agree on what there is", "AudioServerPlugIn.h:801"},
    {"unknown-selectors", 3, kObjects, check_unknown_selectors, "a property that an object does not have is 'who?'", "AudioHardwareBase.h:154"},
    {"unknown-objects", 3, kObjects, check_unknown_objects, "an object that there is not is '!obj'", "AudioHardwareBase.h:154"},
    {"data-sizes", 3, kObjects, check_data_sizes, "a value has the size of its type, a list that of whole items", "AudioHardwareBase.h, property types"},
    {"exact-buffers", 3, kObjects, check_exact_buffers, "a buffer of the announced size is filled, and no more", "AudioServerPlugIn.h:801"},
    {"short-buffers", 3, kObjects, check_short_buffers, "a value that does not fit is '!siz', and nothing is written", "AudioHardwareBase.h:154"},
    {"read-only", 3, kObjects, check_read_only, "what is not settable is not set", "AudioServerPlugIn.h:801"},
    {"set-sizes", 3, kObjects, check_set_sizes, "a value of another size is '!siz'", "AudioHardwareBase.h:154"},
    {"reference-count", 3, kInitialized, check_reference_count, "AddRef and QueryInterface count one up, Release one down", "CFPlugInCOM.h, IUnknown"},
    {"short-lists", 4, kObjects, check_short_lists, "of a list, the items that fit are written and reported", "seen in BlackHole, libASPL and BackgroundMusic"},
    {"oversize-buffers", 4, kObjects, check_oversize_buffers, "a larger buffer than needed gets the value and its size", "AudioServerPlugIn.h:801"},
    {"owned-objects", 4, kObjects, check_owned_objects, "what is owned is what is listed", "AudioHardwareBase.h, kAudioObjectPropertyOwnedObjects"},
    {"owned-classes", 4, kObjects, check_owned_classes, "a qualifier limits the owned objects to classes", "AudioHardwareBase.h, kAudioObjectPropertyOwnedObjects"},
    {"scoped-streams", 4, kObjects, check_scoped_streams, "a scope limits the streams to those of one direction", "AudioHardwareBase.h, kAudioDevicePropertyStreams"},
    {"related-devices", 4, kObjects, check_related_devices, "a device is related to itself, and to devices only", "AudioHardwareBase.h, kAudioDevicePropertyRelatedDevices"},
    {"boxes", 4, kObjects, check_boxes, "a box holds devices while it is acquired", "AudioHardwareBase.h, kAudioBoxPropertyDeviceList"},
    {"value-types", 4, kObjects, check_value_types, "strings are CFStrings, icons CFURLs, none of them NULL", "AudioHardwareBase.h, property types"},
    {"value-ranges", 4, kObjects, check_value_ranges, "what is true or false is 1 or 0, controls aside; channels count from 1, a control's scope is one", "AudioHardwareBase.h, property types"},
    {"channels", 4, kObjects, check_channels, "the stereo pair and the channel layout are of channels that the device has", "AudioHardwareBase.h, kAudioDevicePropertyPreferredChannelsForStereo"},
    {"stream-formats", 4, kObjects, check_stream_formats, "a stream's format is available, consistent, and at the device's rate", "AudioHardwareBase.h, kAudioStreamPropertyAvailableVirtualFormats"},
    {"rates-in-formats", 4, kObjects, check_rates_in_formats, "streams have a format for each rate of their device", "AudioHardwareBase.h, kAudioDevicePropertyAvailableNominalSampleRates"},
    {"custom-properties", 4, kObjects, check_custom_properties, "declared properties are there, of type 'cfst', 'plst' or none, and their values are", "AudioServerPlugIn.h:170"},
    {"values-owned", 4, kObjects, check_values_owned, "the caller owns the CF objects that it is given", "AudioHardwareBase.h, 'The caller is responsible for releasing'"},
    {"create-device", 4, kObjects, check_create_device, "only transport managers create devices; others answer 'unop'", "AudioServerPlugIn.h, CreateDevice"},
    // Changes
    {"set-values", 5, kObjects, check_set_values, "a control that is set reads so", "AudioServerPlugIn.h:914"},
    {"set-limits", 5, kObjects, check_set_limits, "a control stays within its range, whatever is set", "AudioHardwareBase.h, control values"},
    {"selector-items", 5, kObjects, check_selector_items, "a selector has a current item, names for all, and no other items", "AudioHardwareBase.h, kAudioSelectorControlPropertyItemName"},
    {"volume-curve", 5, kObjects, check_volume_curve, "scalar and decibels rise together, from end to end, and convert back", "AudioHardwareBase.h, kAudioLevelControlPropertyConvertScalarToDecibels"},
    {"notify-set", 5, kObjects, check_notify_set, "a set that changes a value is followed by PropertiesChanged", "AudioServerPlugIn.h:914"},
    {"notify-volume", 5, kObjects, check_notify_volume, "scalar and decibels change together, and both are told", "AudioServerPlugIn.h:467"},
    {"rate-request", 5, kObjects, check_rate_request, "a rate is changed by RequestDeviceConfigurationChange", "AudioServerPlugIn.h:71"},
    {"rate-inline", 5, kObjects, check_rate_inline, "the request does not come within SetPropertyData", "seen in BlackHole, BackgroundMusic and eqMac"},
    {"rate-waits", 5, kObjects, check_rate_waits, "nothing changes before PerformDeviceConfigurationChange", "AudioServerPlugIn.h:559"},
    {"rate-change", 5, kObjects, check_rate_change, "every available rate can be set, and the streams follow", "AudioServerPlugIn.h:765"},
    {"rate-abort", 5, kObjects, check_rate_abort, "an aborted change changes nothing, and can be asked for again", "AudioServerPlugIn.h:765"},
    {"rate-unsupported", 5, kObjects, check_rate_unsupported, "a rate that is not available is refused", "AudioHardwareBase.h, kAudioDevicePropertyAvailableNominalSampleRates"},
    {"format-change", 5, kObjects, check_format_change, "a format that is accepted comes about, with its rate", "AudioServerPlugIn.h:71"},
    {"format-unsupported", 5, kObjects, check_format_unsupported, "a format that is not available is refused", "AudioHardwareBase.h:154"},
    // Clients and IO
    {"clients", 5, kObjects, check_clients, "clients are added and removed, with or without a bundle ID", "AudioServerPlugIn.h:701"},
    {"io-start", 5, kObjects, check_io_start, "a device runs from StartIO to StopIO, and says so", "AudioServerPlugIn.h:961"},
    {"io-counted", 5, kObjects, check_io_counted, "IO runs while at least one client has started it", "AudioServerPlugIn.h:961"},
    {"will-do", 5, kObjects, check_will_do, "input streams need ReadInput, output streams WriteMix, both in place", "AudioServerPlugIn.h:311"},
    {"io-cycle", 5, kObjects, check_io_cycle, "the operations of a cycle succeed and stay within their buffers", "AudioServerPlugIn.h:84"},
    {"read-input", 5, kObjects, check_read_input, "ReadInput fills its buffer, with silence if there is nothing", "AudioServerPlugIn.h:311"},
    {"clock-multiples", 5, kObjects, check_clock_multiples, "sample times of stamps are multiples of the period", "AudioServerPlugIn.h:432"},
    {"clock-monotonic", 5, kObjects, check_clock_monotonic, "stamps go forwards, sample time and host time together", "AudioServerPlugIn.h:991"},
    {"clock-spacing", 5, kObjects, check_clock_spacing, "stamps are a period apart, in host time as the rate has it", "AudioServerPlugIn.h:432"},
    {"clock-recent", 5, kObjects, check_clock_recent, "the stamp is the most recent one", "AudioServerPlugIn.h:991"},
    {"clock-seed", 5, kObjects, check_clock_seed, "the seed stays while a time line goes on", "AudioServerPlugIn.h:991"},
    // Misuse
    {"before-initialize", 6, kFactory, check_before_initialize, "calls before Initialize do no harm", "AudioServerPlugIn.h:650"},
    {"foreign-pointer", 6, kFactory, check_foreign_pointer, "QueryInterface gives NULL for a UUID that it does not know", "CFPlugInCOM.h, QueryInterface"},
    {"scoped-controls", 6, kObjects, check_scoped_controls, "a scope limits the controls to those of one side", "AudioHardwareBase.h, kAudioObjectPropertyControlList"},
    {"set-nan", 6, kObjects, check_set_nan, "a control stays within its range, whatever is set: also if it is no number", "AudioHardwareBase.h, control values"},
    {"notify-running", 6, kObjects, check_notify_running, "that a device runs or stops is told by PropertiesChanged", "AudioServerPlugIn.h:65"},
    {"clock-new-line", 6, kObjects, check_clock_new_line, "a new time line has another seed", "AudioServerPlugIn.h:991"},
    {"io-unbalanced", 6, kObjects, check_io_unbalanced, "a stop without a start does not count", "AudioServerPlugIn.h:961"},
    {"clock-catches-up", 6, kObjects, check_clock_catches_up, "after a gap the first stamp is the most recent one", "AudioServerPlugIn.h:991"},
    {"unknown-devices", 6, kObjects, check_unknown_devices, "calls for what is no device are '!obj' or '!dev'", "AudioHardwareBase.h:154"},
    {"unknown-stream", 6, kObjects, check_unknown_stream, "an operation on a stream that there is not is refused", "AudioHardwareBase.h:154"},
    {"cycle-sizes", 6, kObjects, check_cycle_sizes, "cycles may be of any number of frames up to the period", "AudioServerPlugIn.h:1070"},
    {"sample-times", 6, kObjects, check_sample_times, "cycles may come late, twice, overlap or jump", "AudioServerPlugIn.h:209"},
    // Clients
    {"io-clients", 7, kObjects, check_io_clients, "many clients run a device at once", "AudioServerPlugIn.h:182"},
    {"clients-reused", 7, kObjects, check_clients_reused, "a client ID may come again", "AudioServerPlugIn.h:701"},
    {"clients-many", 7, kObjects, check_clients_many, "there may be many clients", "AudioServerPlugIn.h:701"},
    {"client-values", 7, kObjects, check_client_values, "a client's bundle ID is the host's: kept only if retained, and released with the client", "AudioServerPlugIn.h:701"},
    {"clock-shared", 7, kObjects, check_clock_shared, "a device has one time line for all its clients", "AudioServerPlugIn.h:991"},
    // Endurance
    {"long-run", 8, kObjects, check_long_run, "jitter and overloads disturb neither IO nor the time line", "AudioServerPlugIn.h:209"},
    {"io-restarts", 8, kObjects, check_io_restarts, "IO starts and stops any number of times", "AudioServerPlugIn.h:954"},
    {"values-released", 8, kObjects, check_values_released, "reading a property leaves nothing behind", "AudioHardwareBase.h, 'The caller is responsible for releasing'"},
    // Robustness
    {"io-quiet", 9, kObjects, check_io_quiet, "the IO thread does not wait for the host", "AudioServerPlugIn.h:84"},
    {"threads", 9, kObjects, check_threads, "IO, properties, clients, starts and stops may come at once, from several threads", "AudioServerPlugIn.h:84"},
    {"long-cycles", 10, kObjects, check_long_cycles, "cycles may be longer than the period", "AudioServerPlugIn.h:1070"},
    {"foreign-storage", 10, kFactory, check_foreign_storage, "whatever the storage holds, the plug-in starts and stays within its ranges", "AudioServerPlugIn.h:490"},
    {"null-arguments", 10, kObjects, check_null_arguments, "a missing argument is refused", "seen in BlackHole"},
};

constexpr Level kLevels[] = {
    {1, "it loads, starts, and shows its objects"},
    {2, "what a host looks at before it publishes a device"},
    {3, "the five property functions: what there is, sizes, errors"},
    {4, "lists, scopes, values, and who owns them"},
    {5, "life with a host: controls, notifications, rates, IO, the clock"},
    {6, "misuse that happens: calls too early, stops too many, odd sizes and times"},
    {7, "many clients, at once and one after the other"},
    {8, "long runs, with jitter and overloads; leaks"},
    {9, "threads"},
    {10, "what only a broken host does"},
};
// clang-format on

}  // namespace

std::span<const Check> all_checks() {
    return kChecks;
}

std::span<const Level> all_levels() {
    return kLevels;
}

}  // namespace minihal::halval
