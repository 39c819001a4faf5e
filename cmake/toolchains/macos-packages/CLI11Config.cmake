# Its headers, to compile against; nothing is linked.
add_library(CLI11::CLI11 INTERFACE IMPORTED)
set_target_properties(CLI11::CLI11 PROPERTIES INTERFACE_INCLUDE_DIRECTORIES ${GECKO_MACOS_SYSROOT}/packages/include)
