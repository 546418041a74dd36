# SPDX-License-Identifier: Apache-2.0
# cmake -DOBJECT=file.so -DNM=nm -DREADELF=readelf -P exports.cmake
execute_process(COMMAND "${NM}" -D --defined-only "${OBJECT}"
  OUTPUT_VARIABLE symbols COMMAND_ERROR_IS_FATAL ANY)
string(REGEX MATCHALL "[^ \n]+\n" names "${symbols}")
if(NOT names STREQUAL "ens_provider_entry\n")
  message(FATAL_ERROR "${OBJECT} exports\n${symbols}and should export ens_provider_entry alone")
endif()

execute_process(COMMAND "${READELF}" -d "${OBJECT}"
  OUTPUT_VARIABLE dynamic COMMAND_ERROR_IS_FATAL ANY)
string(REGEX MATCHALL "NEEDED[^\n]*" needed "${dynamic}")
foreach(line ${needed})
  if(NOT line MATCHES "(libcrypto|libjansson|libc|libasan|libubsan|libtsan|libm)\\.so")
    message(FATAL_ERROR "${OBJECT}: ${line} is not a library that a provider may use")
  endif()
endforeach()
if(dynamic MATCHES "SONAME")
  message(FATAL_ERROR "${OBJECT} has a soname; modules are loaded by path")
endif()
