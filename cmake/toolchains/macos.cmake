# A universal binary for macOS 11 and later, built on Linux with Debian's LLVM, without Apple's SDK (docs/macos-build.md).
# tools/macos/sysroot.py has laid out what it compiles and links against. On a Mac this file is not used: Xcode knows all of it.
set(CMAKE_SYSTEM_NAME Darwin)
set(CMAKE_SYSTEM_VERSION 20)  # macOS 11
set(CMAKE_SYSTEM_PROCESSOR x86_64)

get_filename_component(GECKO_MACOS_SYSROOT ${CMAKE_CURRENT_LIST_DIR}/../../build/macos-sysroot ABSOLUTE)
set(CMAKE_OSX_SYSROOT ${GECKO_MACOS_SYSROOT})
set(CMAKE_OSX_ARCHITECTURES "x86_64;arm64")
set(CMAKE_OSX_DEPLOYMENT_TARGET 11.0)

set(llvm 22)
set(CMAKE_C_COMPILER clang-${llvm})
set(CMAKE_CXX_COMPILER clang++-${llvm})
set(CMAKE_C_COMPILER_TARGET x86_64-apple-macos11.0)
set(CMAKE_CXX_COMPILER_TARGET x86_64-apple-macos11.0)
foreach(tool nm otool install_name_tool strip)
    string(TOUPPER ${tool} name)
    string(REPLACE "_" "-" file ${tool})
    set(CMAKE_${name} llvm-${file}-${llvm})
endforeach()
# `ar` cannot hold objects with two slices.
find_program(GECKO_LIBTOOL llvm-libtool-darwin-${llvm} REQUIRED)
foreach(language C CXX)
    set(CMAKE_${language}_ARCHIVE_CREATE "${GECKO_LIBTOOL} -static -o <TARGET> <OBJECTS>")
    set(CMAKE_${language}_ARCHIVE_FINISH "")
endforeach()

execute_process(COMMAND ${CMAKE_C_COMPILER} -print-resource-dir OUTPUT_VARIABLE resources OUTPUT_STRIP_TRAILING_WHITESPACE)
set(headers ${GECKO_MACOS_SYSROOT}/usr/include)
# Both slices' folders at once: what they have in common is the same.
set(flags "-nostdinc -isystem \"${resources}/include\"")
foreach(layer x86_64-macos.11-none aarch64-macos.11-none any-macos.11-any any-macos-any)
    string(APPEND flags " -isystem \"${headers}/${layer}\"")
endforeach()
string(APPEND flags " -iframework \"${GECKO_MACOS_SYSROOT}/System/Library/Frameworks\" -B \"${GECKO_MACOS_SYSROOT}/bin\"")
set(CMAKE_C_FLAGS_INIT "${flags}")
set(CMAKE_CXX_FLAGS_INIT "-nostdinc++ -isystem \"${GECKO_MACOS_SYSROOT}/libcxx\" -isystem /usr/lib/llvm-${llvm}/include/c++/v1 ${flags}")
foreach(kind MODULE SHARED EXE)
    set(CMAKE_${kind}_LINKER_FLAGS_INIT
        "-fuse-ld=lld -nostdlib++ -Wl,-fatal_warnings -B \"${GECKO_MACOS_SYSROOT}/bin\"")
endforeach()

# Nothing of the build machine's is for a Mac; nothing can be linked but against the stubs, and nothing can be run.
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)
set(CMAKE_FIND_ROOT_PATH ${GECKO_MACOS_SYSROOT})
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
foreach(package fmt CLI11 nlohmann_json)
    set(${package}_DIR ${CMAKE_CURRENT_LIST_DIR}/macos-packages)
endforeach()
set(ENV{PKG_CONFIG_LIBDIR} ${GECKO_MACOS_SYSROOT}/packages/pkgconfig)
