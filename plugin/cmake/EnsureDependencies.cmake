# Every library the project uses, found once. A missing one fails the configuration with the
# name of the Debian package that has it.

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

ens_require(openssl libcrypto 3.0 libssl-dev)
ens_require(ssl libssl 3.0 libssl-dev)
ens_require(curl libcurl 7.87 libcurl4-openssl-dev)
ens_require(jansson jansson 2.14 libjansson-dev)
ens_require(protobuf_c libprotobuf-c 1.4 libprotobuf-c-dev)
ens_require(grpc grpc 20 libgrpc-dev)
ens_require(msgpack msgpack 4.0 libmsgpack-dev)
find_program(PROTOC_C protoc-c)
if(NOT PROTOC_C)
  message(FATAL_ERROR "protoc-c is missing: apt-get install protobuf-c-compiler")
endif()
ens_require(microhttpd libmicrohttpd 0.9.70 libmicrohttpd-dev)
if(BUILD_TESTING)
  ens_require(cmocka cmocka 1.1.5 libcmocka-dev)
endif()
