# One place for what every target is compiled with.

set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_CXX_VISIBILITY_PRESET hidden)
set(CMAKE_C_VISIBILITY_PRESET hidden)
set(CMAKE_VISIBILITY_INLINES_HIDDEN ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
set(CMAKE_LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/lib)
set(CMAKE_ARCHIVE_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/lib)

# Includes are written from the root of the project: #include "shm/layout.hpp".
include_directories(${CMAKE_SOURCE_DIR})

add_compile_options(
    -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Wdouble-promotion -Wnon-virtual-dtor -Werror
    # A fused multiply-add would make the same filter give other bits on other machines.
    -ffp-contract=off)
if(CMAKE_CXX_COMPILER_ID MATCHES "Clang")
    # Real-time functions carry [[clang::nonblocking]] (rt/nonblocking.hpp); the compiler follows their calls.
    add_compile_options($<$<COMPILE_LANGUAGE:CXX>:-Wfunction-effects> -Wno-unknown-warning-option)
elseif(CMAKE_UNITY_BUILD)
    # What a source that is compiled with others (CMakePresets.json, units) keeps to itself is in nobody's header.
    add_compile_options($<$<COMPILE_LANGUAGE:CXX>:-Wno-subobject-linkage>)
endif()

# Builds with sanitizers are not optimised (CMakePresets.json): compiling is most of what they cost. But for the rooms that audio goes
# through, which add this.
set(OPTIMISED_WITH_SANITIZERS $<$<CONFIG:RelWithDebInfo>:-O1>)
# For code whose speed nobody notices and that takes long to optimise: tests, command lines, JSON.
set(QUICK_TO_COMPILE $<$<CONFIG:Release>:-O1>)

set(GECKO_SANITIZER "" CACHE STRING "asan (with ubsan), tsan or rtsan; the last two want clang 20 or later")
if(GECKO_SANITIZER STREQUAL "asan")
    add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer)
    add_link_options(-fsanitize=address,undefined)
elseif(GECKO_SANITIZER STREQUAL "tsan")
    add_compile_options(-fsanitize=thread -fno-omit-frame-pointer)
    add_link_options(-fsanitize=thread)
elseif(GECKO_SANITIZER STREQUAL "rtsan")
    add_compile_options(-fsanitize=realtime -fno-omit-frame-pointer)
    add_link_options(-fsanitize=realtime)
elseif(GECKO_SANITIZER)
    message(FATAL_ERROR "GECKO_SANITIZER is '${GECKO_SANITIZER}'; it can be asan, tsan or rtsan")
endif()

if(GECKO_FUZZ)
    # A number that an integer cannot hold is undefined behaviour that `undefined` does not look for.
    add_compile_options(
        -fsanitize=fuzzer-no-link,address,undefined,float-cast-overflow
        -fno-sanitize-recover=undefined,float-cast-overflow
        -fno-omit-frame-pointer)
    add_link_options(-fsanitize=address,undefined)
endif()

find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)
