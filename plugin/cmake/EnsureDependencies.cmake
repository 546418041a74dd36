# SPDX-License-Identifier: Apache-2.0
# Finds every library that the project uses. If one is missing, the configuration fails with the name
# of its Debian package.

find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)

# ens_require(TARGET MODULE MINIMUM DEBIAN_PACKAGE): imports pkg-config MODULE as ens::TARGET.
function(ens_require target module minimum package)
  pkg_check_modules(ENS_${target} QUIET IMPORTED_TARGET GLOBAL "${module}>=${minimum}")
  if(NOT ENS_${target}_FOUND)
    message(FATAL_ERROR "${module} ${minimum} or newer is missing: apt-get install ${package}")
  endif()
  add_library(ens::${target} ALIAS PkgConfig::ENS_${target})
endfunction()

# ens_require_both(...): the same, but a program whose property ENS_PORTABLE is on links the static
# archives of the module and its dependencies instead of the shared objects. Except those that libcurl
# needs too (OpenSSL, zlib), of which a process must have only one copy.
function(ens_require_both target module minimum package)
  pkg_check_modules(ENS_${target} QUIET IMPORTED_TARGET GLOBAL "${module}>=${minimum}")
  if(NOT ENS_${target}_FOUND)
    message(FATAL_ERROR "${module} ${minimum} or newer is missing: apt-get install ${package}")
  endif()
  set(archives "")
  set(shared "")
  foreach(library IN LISTS ENS_${target}_STATIC_LIBRARIES)
    if(library MATCHES "^(ssl|crypto|z)$")
      list(APPEND shared ${library})
      continue()
    elseif(library MATCHES "^(pthread|dl|rt)$") # part of glibc since 2.34; these archives are empty
      continue()
    endif()
    find_library(ENS_ARCHIVE_${library} "lib${library}.a" NO_CACHE)
    if(ENS_ARCHIVE_${library})
      list(APPEND archives "${ENS_ARCHIVE_${library}}")
    endif() # a library without an archive comes with the compiler
  endforeach()
  if(target STREQUAL "grpc") # gRPC and its dependencies are written in C++
    execute_process(COMMAND "${CMAKE_C_COMPILER}" -print-file-name=libstdc++.a
                    OUTPUT_VARIABLE runtime OUTPUT_STRIP_TRAILING_WHITESPACE)
    list(APPEND archives "${runtime}")
    list(APPEND shared m)
  endif()
  list(REMOVE_DUPLICATES archives)
  list(REMOVE_DUPLICATES shared)
  list(JOIN archives "," group)

  set(portable "$<BOOL:$<TARGET_PROPERTY:ENS_PORTABLE>>")
  add_library(ens_${target}_either INTERFACE)
  add_library(ens::${target} ALIAS ens_${target}_either)
  target_include_directories(ens_${target}_either SYSTEM INTERFACE
    $<TARGET_PROPERTY:PkgConfig::ENS_${target},INTERFACE_INCLUDE_DIRECTORIES>)
  target_link_libraries(ens_${target}_either INTERFACE
    "$<$<NOT:${portable}>:PkgConfig::ENS_${target}>"
    "$<${portable}:$<LINK_GROUP:RESCAN,${group}>>" "$<${portable}:${shared}>")
  set_property(GLOBAL APPEND PROPERTY ENS_ARCHIVES ${archives})
endfunction()

ens_require(openssl libcrypto 3.0 libssl-dev)
ens_require(ssl libssl 3.0 libssl-dev)
ens_require(curl libcurl 7.87 libcurl4-openssl-dev)
ens_require(jansson jansson 2.14 libjansson-dev)
ens_require_both(protobuf_c libprotobuf-c 1.4 libprotobuf-c-dev)
ens_require_both(grpc grpc 20 libgrpc-dev)
ens_require_both(msgpack msgpack 4.0 libmsgpack-dev)
find_program(PROTOC_C protoc-c)
if(NOT PROTOC_C)
  message(FATAL_ERROR "protoc-c is missing: apt-get install protobuf-c-compiler")
endif()
ens_require(microhttpd libmicrohttpd 0.9.70 libmicrohttpd-dev)
if(BUILD_TESTING)
  ens_require(cmocka cmocka 1.1.5 libcmocka-dev)
endif()
