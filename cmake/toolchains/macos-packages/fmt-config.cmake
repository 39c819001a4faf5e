# Its headers, to compile against; nothing is linked.
add_library(fmt::fmt INTERFACE IMPORTED)
set_target_properties(fmt::fmt PROPERTIES INTERFACE_INCLUDE_DIRECTORIES ${GECKO_MACOS_SYSROOT}/packages/include)
