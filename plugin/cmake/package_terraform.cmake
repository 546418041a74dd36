# SPDX-License-Identifier: Apache-2.0
# Script that makes the zip for Terraform's filesystem mirror:
#
#   terraform-provider-ensure_vVERSION   gRPC and its dependencies are linked in statically
#   providers/*.so
#   lib/*.so.*                           copies of OpenSSL, libcurl, jansson and their dependencies
#   lib/copyright/PACKAGE                the licences of these copies and of the linked archives
#   LICENSE
cmake_minimum_required(VERSION 3.25)
include("${CMAKE_CURRENT_LIST_DIR}/source_date.cmake")

if(NOT ZIP)
  message(FATAL_ERROR "zip is missing: apt-get install zip")
endif()
set(name "terraform-provider-ensure_${VERSION}_${PLATFORM}")
set(stage "${OUT_DIR}/${name}")
file(REMOVE_RECURSE "${stage}" "${OUT_DIR}/${name}.zip")
file(MAKE_DIRECTORY "${stage}/providers" "${stage}/lib/copyright")

# ---- content --------------------------------------------------------------------------------------

file(COPY_FILE "${PROGRAM}" "${stage}/terraform-provider-ensure_v${VERSION}")
file(COPY ${PROVIDERS} DESTINATION "${stage}/providers")
file(COPY_FILE "${SOURCE_DIR}/LICENSE" "${stage}/LICENSE")

# All shared libraries but the C library, which every host has.
set(c_library "^(ld-linux|libc|libm|libdl|librt|libpthread|libresolv|libutil|libanl|libnsl)[-.].*")
file(GET_RUNTIME_DEPENDENCIES EXECUTABLES "${PROGRAM}" MODULES ${PROVIDERS}
     PRE_EXCLUDE_REGEXES "${c_library}"
     RESOLVED_DEPENDENCIES_VAR libraries UNRESOLVED_DEPENDENCIES_VAR missing)
if(missing)
  message(FATAL_ERROR "libraries are missing on this machine: ${missing}")
endif()

# dpkg may have recorded a file below /lib that is now below /usr/lib (merged /usr), so try both.
function(add_copyright file)
  file(REAL_PATH "${file}" real)
  string(REGEX REPLACE "^/usr" "" old "${real}")
  foreach(path IN ITEMS "${file}" "${real}" "${old}")
    execute_process(COMMAND dpkg-query -S "${path}" OUTPUT_VARIABLE owner ERROR_QUIET
                    RESULT_VARIABLE failed)
    if(NOT failed)
      string(REGEX MATCH "^[^:,]+" package "${owner}")
      file(COPY_FILE "/usr/share/doc/${package}/copyright" "${stage}/lib/copyright/${package}")
      return()
    endif()
  endforeach()
  message(FATAL_ERROR "no Debian package has ${file}, so its licence is unknown")
endfunction()

foreach(library IN LISTS libraries)
  cmake_path(GET library FILENAME soname)
  file(REAL_PATH "${library}" real)
  file(COPY_FILE "${real}" "${stage}/lib/${soname}")
  add_copyright("${library}")
endforeach()
foreach(archive IN LISTS ARCHIVES)
  add_copyright("${archive}")
endforeach()

# ---- the zip --------------------------------------------------------------------------------------

file(GLOB_RECURSE objects "${stage}/terraform-provider-*" "${stage}/providers/*" "${stage}/lib/*.so*")
execute_process(COMMAND "${STRIP}" --strip-unneeded ${objects} COMMAND_ERROR_IS_FATAL ANY)
file(GLOB_RECURSE files RELATIVE "${stage}" "${stage}/*")
list(SORT files)
foreach(file IN LISTS files)
  file(CHMOD "${stage}/${file}" PERMISSIONS OWNER_READ OWNER_WRITE GROUP_READ WORLD_READ)
endforeach()
file(CHMOD "${stage}/terraform-provider-ensure_v${VERSION}" PERMISSIONS OWNER_READ OWNER_WRITE
     OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(ENV{TZ} UTC) # the zip format stores local times
execute_process(COMMAND touch --no-create -d "@$ENV{SOURCE_DATE_EPOCH}" ${files} WORKING_DIRECTORY "${stage}"
                COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND "${ZIP}" -q -X -D -9 "${OUT_DIR}/${name}.zip" ${files}
                WORKING_DIRECTORY "${stage}" COMMAND_ERROR_IS_FATAL ANY)

file(SHA256 "${OUT_DIR}/${name}.zip" hash)
file(WRITE "${OUT_DIR}/terraform-provider-ensure_${VERSION}_SHA256SUMS" "${hash}  ${name}.zip\n")
message(STATUS "${OUT_DIR}/${name}.zip")
