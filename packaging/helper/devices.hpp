#pragma once

#include <optional>
#include <string>

namespace gecko::packaging {

/// The version that a device says its driver has; "" if it says none. Nothing if there is no such device, or no audio server.
std::optional<std::string> version_of_device(const char* uid);

/// Whether the audio server has a device, of a driver of this version unless `version` is empty.
bool device_is_there(const char* uid, const std::string& version);

/// Whether there is an audio server, and it has no such device.
bool device_is_gone(const char* uid);

/// Where the default output stands after it was to be given back.
enum class GivenBack {
    not_taken,  ///< it is another than `sink`: nothing was done
    done,       ///< it is the device that it was
    not_there,  ///< the device that it was is not there now: nothing was done
    refused,    ///< the audio server refused, or there is none
};

/// Makes the device `former` the default output if the default is `sink`. Both are UIDs.
GivenBack give_default_back(const char* sink, const std::string& former);

}  // namespace gecko::packaging
