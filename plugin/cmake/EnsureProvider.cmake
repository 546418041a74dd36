# SPDX-License-Identifier: Apache-2.0
# ens_add_provider(NAME SOURCES ... LIBRARIES ...): adds the provider of the cloud NAME, whose sources
# include "ensure/provider.h" and define ens_provider_entry(). Installed with the CMake package, for
# providers that are built out of tree. It adds two targets:
#
#   NAME                      the shared object providers/NAME.so, which exports only that function
#   ens_provider_static_NAME  the same as a static library, with the function ens_provider_entry_NAME,
#                             for programs that are a single file; built only when it is linked

function(ens_add_provider name)
  cmake_parse_arguments(arg "" "" "SOURCES;LIBRARIES" ${ARGN})
  set(map "${CMAKE_CURRENT_BINARY_DIR}/${name}.map")
  file(WRITE "${map}" "{ global: ens_provider_entry; local: *; };\n")
  add_library(${name} MODULE ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE ensure::abi ${arg_LIBRARIES})
  target_link_options(${name} PRIVATE "LINKER:--version-script=${map}")
  if(NOT ENS_SANITIZE) # symbols of a sanitizer's runtime are only defined in the program
    target_link_options(${name} PRIVATE LINKER:-z,defs)
  endif()
  set_target_properties(${name} PROPERTIES PREFIX "" NO_SONAME ON C_VISIBILITY_PRESET hidden
    LIBRARY_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/bin/providers" LINK_DEPENDS "${map}")

  add_library(ens_provider_static_${name} STATIC EXCLUDE_FROM_ALL ${arg_SOURCES})
  target_link_libraries(ens_provider_static_${name} PUBLIC ensure::abi PRIVATE ${arg_LIBRARIES})
  target_compile_definitions(ens_provider_static_${name} PRIVATE
    ens_provider_entry=ens_provider_entry_${name})
  set_target_properties(ens_provider_static_${name} PROPERTIES C_VISIBILITY_PRESET hidden
    POSITION_INDEPENDENT_CODE ON)
endfunction()
