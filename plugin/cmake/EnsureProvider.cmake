# ens_add_provider(NAME SOURCES ... LIBRARIES ...): one shared object NAME.so that exports exactly
# ens_provider_entry. Installed with the CMake package, so a provider built out of tree uses the
# same function. Where the tree itself builds, the same objects are also offered as the static
# library ens_provider_NAME, with the entry renamed, for programs that must be one file.

function(ens_add_provider name)
  cmake_parse_arguments(arg "" "" "SOURCES;LIBRARIES" ${ARGN})
  set(map "${CMAKE_CURRENT_BINARY_DIR}/${name}.map")
  file(WRITE "${map}" "{ global: ens_provider_entry; local: *; };\n")
  add_library(${name} MODULE ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE ensure::abi ${arg_LIBRARIES})
  target_link_options(${name} PRIVATE LINKER:-z,defs "LINKER:--version-script=${map}")
  set_target_properties(${name} PROPERTIES PREFIX "" NO_SONAME ON C_VISIBILITY_PRESET hidden
    LIBRARY_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/bin/providers" LINK_DEPENDS "${map}")
endfunction()
