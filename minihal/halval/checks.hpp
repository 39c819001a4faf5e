// The checks, by what they look at. The table of them is checks.cpp.
#pragma once

#include "minihal/halval/findings.hpp"
#include "minihal/halval/subject.hpp"

namespace minihal::halval {

inline constexpr auto kGlobal = kAudioObjectPropertyScopeGlobal;
inline constexpr auto kInput = kAudioObjectPropertyScopeInput;
inline constexpr auto kOutput = kAudioObjectPropertyScopeOutput;

// checks_load.cpp
void check_loads(Subject& subject, Findings& findings);
void check_info_plist(Subject& subject, Findings& findings);
void check_function_table(Subject& subject, Findings& findings);
void check_initialize(Subject& subject, Findings& findings);
void check_factory_type(Subject& subject, Findings& findings);
void check_query_interface(Subject& subject, Findings& findings);
void check_foreign_interface(Subject& subject, Findings& findings);
void check_foreign_pointer(Subject& subject, Findings& findings);
void check_reference_count(Subject& subject, Findings& findings);
void check_create_device(Subject& subject, Findings& findings);
void check_before_initialize(Subject& subject, Findings& findings);
void check_foreign_storage(Subject& subject, Findings& findings);
void check_null_arguments(Subject& subject, Findings& findings);

// checks_objects.cpp
void check_object_tree(Subject& subject, Findings& findings);
void check_classes(Subject& subject, Findings& findings);
void check_required_properties(Subject& subject, Findings& findings);
void check_device_uids(Subject& subject, Findings& findings);
void check_translate_uid(Subject& subject, Findings& findings);
void check_owned_objects(Subject& subject, Findings& findings);
void check_owned_classes(Subject& subject, Findings& findings);
void check_scoped_streams(Subject& subject, Findings& findings);
void check_scoped_controls(Subject& subject, Findings& findings);
void check_related_devices(Subject& subject, Findings& findings);
void check_boxes(Subject& subject, Findings& findings);

// checks_properties.cpp
void check_agreement(Subject& subject, Findings& findings);
void check_unknown_selectors(Subject& subject, Findings& findings);
void check_unknown_objects(Subject& subject, Findings& findings);
void check_data_sizes(Subject& subject, Findings& findings);
void check_exact_buffers(Subject& subject, Findings& findings);
void check_short_buffers(Subject& subject, Findings& findings);
void check_short_lists(Subject& subject, Findings& findings);
void check_oversize_buffers(Subject& subject, Findings& findings);

// checks_values.cpp
void check_value_types(Subject& subject, Findings& findings);
void check_value_ranges(Subject& subject, Findings& findings);
void check_channels(Subject& subject, Findings& findings);
void check_stream_formats(Subject& subject, Findings& findings);
void check_rates_in_formats(Subject& subject, Findings& findings);
void check_custom_properties(Subject& subject, Findings& findings);
void check_values_owned(Subject& subject, Findings& findings);
void check_values_released(Subject& subject, Findings& findings);

// checks_sets.cpp
void check_read_only(Subject& subject, Findings& findings);
void check_set_sizes(Subject& subject, Findings& findings);
void check_set_values(Subject& subject, Findings& findings);
void check_notify_set(Subject& subject, Findings& findings);
void check_notify_volume(Subject& subject, Findings& findings);

// checks_controls.cpp
void check_set_limits(Subject& subject, Findings& findings);
void check_set_nan(Subject& subject, Findings& findings);
void check_selector_items(Subject& subject, Findings& findings);
void check_volume_curve(Subject& subject, Findings& findings);

// checks_configuration.cpp
void check_rate_request(Subject& subject, Findings& findings);
void check_rate_inline(Subject& subject, Findings& findings);
void check_rate_waits(Subject& subject, Findings& findings);
void check_rate_change(Subject& subject, Findings& findings);
void check_rate_abort(Subject& subject, Findings& findings);
void check_rate_unsupported(Subject& subject, Findings& findings);
void check_format_change(Subject& subject, Findings& findings);
void check_format_unsupported(Subject& subject, Findings& findings);

// checks_clients.cpp
void check_clients(Subject& subject, Findings& findings);
void check_clients_reused(Subject& subject, Findings& findings);
void check_clients_many(Subject& subject, Findings& findings);
void check_client_values(Subject& subject, Findings& findings);
void check_unknown_devices(Subject& subject, Findings& findings);

// checks_io.cpp
void check_io_start(Subject& subject, Findings& findings);
void check_io_counted(Subject& subject, Findings& findings);
void check_io_unbalanced(Subject& subject, Findings& findings);
void check_notify_running(Subject& subject, Findings& findings);
void check_will_do(Subject& subject, Findings& findings);
void check_io_cycle(Subject& subject, Findings& findings);
void check_read_input(Subject& subject, Findings& findings);
void check_cycle_sizes(Subject& subject, Findings& findings);
void check_long_cycles(Subject& subject, Findings& findings);
void check_sample_times(Subject& subject, Findings& findings);
void check_unknown_stream(Subject& subject, Findings& findings);
void check_io_clients(Subject& subject, Findings& findings);

// checks_endurance.cpp
void check_io_restarts(Subject& subject, Findings& findings);
void check_io_quiet(Subject& subject, Findings& findings);
void check_long_run(Subject& subject, Findings& findings);
void check_threads(Subject& subject, Findings& findings);

// checks_clock.cpp
void check_clock_period(Subject& subject, Findings& findings);
void check_clock_multiples(Subject& subject, Findings& findings);
void check_clock_monotonic(Subject& subject, Findings& findings);
void check_clock_spacing(Subject& subject, Findings& findings);
void check_clock_recent(Subject& subject, Findings& findings);
void check_clock_catches_up(Subject& subject, Findings& findings);
void check_clock_seed(Subject& subject, Findings& findings);
void check_clock_new_line(Subject& subject, Findings& findings);
void check_clock_shared(Subject& subject, Findings& findings);

}  // namespace minihal::halval
