# SPDX-License-Identifier: Apache-2.0
# Compiler and linker options of the project's targets. A target gets them by linking
# ens_build_flags; generated protobuf code does not, because its warnings can't be fixed here.

option(ENS_WERROR "Treat warnings as errors" OFF)
option(ENS_ANALYZE "Compile with gcc -fanalyzer" OFF)
option(ENS_FUZZ "Build fuzz targets with libFuzzer (needs clang)" OFF)
option(ENS_STATIC "Build the one-file programs of a release, and nothing else" OFF)
set(ENS_SANITIZE "" CACHE STRING "Sanitizers, as for -fsanitize=")

set(CMAKE_C_STANDARD 11)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS ON)
set(CMAKE_C_VISIBILITY_PRESET hidden)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
include(CheckCCompilerFlag)
include(CheckPIESupported)
check_pie_supported(LANGUAGES C)
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE RelWithDebInfo CACHE STRING "Build type" FORCE)
endif()

# The build tree has the layout of the Terraform package: programs, libensure and providers/ are in
# one directory, so a program finds its providers by the same rule in both.
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/bin")
set(CMAKE_LIBRARY_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/bin")
set(CMAKE_ARCHIVE_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/archive")

# Reproducible builds: keep absolute paths out of the objects.
add_compile_options("-ffile-prefix-map=${CMAKE_SOURCE_DIR}=."
                    "-ffile-prefix-map=${CMAKE_BINARY_DIR}=./build")

add_library(ens_build_flags INTERFACE)
target_compile_options(ens_build_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes
  -Wformat=2 -Wvla -Wundef -Wcast-qual -Wpointer-arith -Wwrite-strings -Wimplicit-fallthrough
  -Wswitch-enum -fno-omit-frame-pointer)
target_compile_definitions(ens_build_flags INTERFACE _GNU_SOURCE)
if(ENS_WERROR)
  target_compile_options(ens_build_flags INTERFACE -Werror)
endif()
if(ENS_ANALYZE)
  target_compile_options(ens_build_flags INTERFACE -fanalyzer)
endif()

if(ENS_SANITIZE)
  add_compile_options(-fsanitize=${ENS_SANITIZE} -fno-sanitize-recover=all -g)
  add_link_options(-fsanitize=${ENS_SANITIZE})
  if(ENS_FUZZ)
    add_compile_options(-fsanitize=fuzzer-no-link)
  endif()
else()
  target_compile_options(ens_build_flags INTERFACE
    -fstack-protector-strong -fstack-clash-protection
    $<$<NOT:$<CONFIG:Debug>>:-U_FORTIFY_SOURCE> $<$<NOT:$<CONFIG:Debug>>:-D_FORTIFY_SOURCE=3>)
  foreach(flag -fcf-protection -mbranch-protection=standard) # one of them, by architecture
    string(MAKE_C_IDENTIFIER "ENS_HAS${flag}" has)
    check_c_compiler_flag(${flag} ${has})
    if(${has})
      target_compile_options(ens_build_flags INTERFACE ${flag})
    endif()
  endforeach()
  target_link_options(ens_build_flags INTERFACE LINKER:-z,relro,-z,now,-z,noexecstack)
endif()

# ens_add_layer(NAME SOURCES ... [USES ...] [PRIVATE ...]): a layer, which is a directory and a static
# library ens_NAME. Its headers are included as "NAME/file.h". USES: the layers that it may use.
function(ens_add_layer name)
  cmake_parse_arguments(arg "" "" "SOURCES;USES;PRIVATE" ${ARGN})
  add_library(ens_${name} STATIC ${arg_SOURCES})
  add_library(ensure::${name} ALIAS ens_${name})
  target_link_libraries(ens_${name} PUBLIC ${arg_USES} PRIVATE ens_build_flags ${arg_PRIVATE})
  target_include_directories(ens_${name} PUBLIC "${PROJECT_SOURCE_DIR}/plugin")
endfunction()

# ens_embed(FILE VARIABLE OUT) makes the C source OUT of a file; see embed.cmake.
function(ens_embed file variable out)
  set(script "${PROJECT_SOURCE_DIR}/plugin/cmake/embed.cmake")
  add_custom_command(OUTPUT "${out}"
    COMMAND "${CMAKE_COMMAND}" -D "IN=${file}" -D "OUT=${out}" -D "NAME=${variable}" -P "${script}"
    DEPENDS "${file}" "${script}" VERBATIM)
endfunction()
