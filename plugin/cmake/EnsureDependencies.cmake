# SPDX-License-Identifier: Apache-2.0
# Finds every library that the project uses. If one is missing, the configuration fails with the name
# of its Debian package.

find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)

# ens_require(TARGET MODULE MINIMUM DEBIAN_PACKAGE): imports pkg-config MODULE as ens::TARGET. In a
# static build that is its headers and ens_archives, the archives of all modules in one group:
# programs take out of it what they use.
function(ens_require target module minimum package)
  pkg_check_modules(ENS_${target} QUIET IMPORTED_TARGET GLOBAL "${module}>=${minimum}")
  if(NOT ENS_${target}_FOUND)
    message(FATAL_ERROR "${module} ${minimum} or newer is missing: apt-get install ${package}")
  endif()
  if(NOT ENS_STATIC)
    add_library(ens::${target} ALIAS PkgConfig::ENS_${target})
    return()
  endif()
  foreach(library IN LISTS ENS_${target}_STATIC_LIBRARIES)
    find_library(ENS_ARCHIVE_${library} "lib${library}.a" NO_CACHE)
    if(ENS_ARCHIVE_${library}) # what has none is part of the compiler or empty in the C library
      set_property(GLOBAL APPEND PROPERTY ENS_ARCHIVES "${ENS_ARCHIVE_${library}}")
    endif()
  endforeach()
  add_library(ens_${target}_static INTERFACE)
  add_library(ens::${target} ALIAS ens_${target}_static)
  target_include_directories(ens_${target}_static SYSTEM INTERFACE ${ENS_${target}_INCLUDE_DIRS})
  target_link_libraries(ens_${target}_static INTERFACE ens_archives)
endfunction()

if(ENS_STATIC)
  add_library(ens_archives INTERFACE)
endif()
ens_require(openssl libcrypto 3.0 libssl-dev)
ens_require(ssl libssl 3.0 libssl-dev)
ens_require(curl libcurl 7.87 libcurl4-openssl-dev)
ens_require(jansson jansson 2.14 libjansson-dev)
ens_require(protobuf_c libprotobuf-c 1.4 libprotobuf-c-dev)
ens_require(grpc grpc 20 libgrpc-dev)
ens_require(msgpack msgpack 4.0 libmsgpack-dev)
if(ENS_STATIC)
  include(EnsureStatic)
endif()
find_program(PROTOC_C protoc-c)
if(NOT PROTOC_C)
  message(FATAL_ERROR "protoc-c is missing: apt-get install protobuf-c-compiler")
endif()
if(NOT ENS_STATIC)
  ens_require(microhttpd libmicrohttpd 0.9.70 libmicrohttpd-dev)
endif()
if(BUILD_TESTING)
  ens_require(cmocka cmocka 1.1.5 libcmocka-dev)
endif()
