# SPDX-License-Identifier: Apache-2.0
# ens_add_provider(NAME SOURCES ... LIBRARIES ...): a provider of the cloud NAME, which includes
# "ensure/provider.h" and defines ens_provider_entry(). Installed with the CMake package, so that a
# provider that is built out of tree uses the same function. It makes two targets:
#
#   NAME                      the shared object providers/NAME.so, which exports the entry alone
#   ens_provider_static_NAME  the same as a static library whose entry is ens_provider_entry_NAME,
#                             for programs that must be one file; built only when it is linked

function(ens_add_provider name)
  cmake_parse_arguments(arg "" "" "SOURCES;LIBRARIES" ${ARGN})
  set(map "${CMAKE_CURRENT_BINARY_DIR}/${name}.map")
  file(WRITE "${map}" "{ global: ens_provider_entry; local: *; };\n")
  add_library(${name} MODULE ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE ensure::abi ${arg_LIBRARIES})
  target_link_options(${name} PRIVATE "LINKER:--version-script=${map}")
  if(NOT ENS_SANITIZE) # a sanitizer's runtime may be in the program, not in the object
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
