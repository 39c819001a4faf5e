# Its headers, to compile against; nothing is linked.
add_library(nlohmann_json::nlohmann_json INTERFACE IMPORTED)
set_target_properties(nlohmann_json::nlohmann_json PROPERTIES INTERFACE_INCLUDE_DIRECTORIES ${GECKO_MACOS_SYSROOT}/packages/include)
