# apple::corefoundation and apple::coreaudio: Apple's frameworks, or minihal in their place. The sources that use them are the same.
option(GECKO_APPLE_FRAMEWORKS "Apple's CoreAudio and CoreFoundation instead of minihal's (for macOS only)" OFF)

if(NOT GECKO_APPLE_FRAMEWORKS)
    add_subdirectory(minihal)
    add_library(apple::corefoundation ALIAS minihal_corefoundation)
    add_library(apple::coreaudio ALIAS minihal_coreaudio)
    return()
endif()

# Headers and libraries come with the SDK; to the cross build, from what tools/macos/sysroot.py lays out in its place.
add_library(apple_corefoundation INTERFACE)
target_link_libraries(apple_corefoundation INTERFACE "-framework CoreFoundation")
add_library(apple_coreaudio INTERFACE)
target_link_libraries(apple_coreaudio INTERFACE apple_corefoundation "-framework CoreAudio")
add_library(apple::corefoundation ALIAS apple_corefoundation)
add_library(apple::coreaudio ALIAS apple_coreaudio)
