// What plug-ins keep with the host: a property list per plug-in, a file of the run directory.
#pragma once

#include <CoreFoundation/CoreFoundation.h>

#include <mutex>
#include <string>

#include "minihal/wire/cf_value.hpp"

namespace minihal {

// Any thread.
class Storage {
  public:
    // In RUN_DIRECTORY/storage/<bundle_id>.plist, read at the first use.
    Storage(std::string run_directory, const std::string& bundle_id);

    // The caller owns the value; NULL when there is none.
    CFPropertyListRef copy(CFStringRef key);
    // A NULL value removes the key. False when the value is no property list or the file cannot be written.
    bool write(CFStringRef key, CFPropertyListRef value);

  private:
    CFMutableDictionaryRef values();
    bool save();

    std::mutex mutex_;
    std::string directory_;
    std::string file_;
    wire::CfRef values_;
};

}  // namespace minihal
