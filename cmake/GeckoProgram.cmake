# gecko_program(name SOURCES... LIBS... [DEFINITIONS...]): a program, and name_objects, which is all of it but the linking. Cross-built
# for macOS a program can be compiled and not linked: nothing there stands in for its C++ library.
function(gecko_program name)
    cmake_parse_arguments(P "" "" "SOURCES;LIBS;DEFINITIONS" ${ARGN})
    add_library(${name}_objects OBJECT ${P_SOURCES})
    target_link_libraries(${name}_objects PRIVATE ${P_LIBS})
    target_compile_definitions(${name}_objects PRIVATE ${P_DEFINITIONS})
    add_executable(${name} $<TARGET_OBJECTS:${name}_objects>)
    target_link_libraries(${name} PRIVATE ${P_LIBS})
endfunction()
