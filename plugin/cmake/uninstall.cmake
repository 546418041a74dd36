# SPDX-License-Identifier: Apache-2.0
# Script of the target "uninstall": removes the files that the last "cmake --install" of this build
# tree installed, and the directories that are then empty.
cmake_minimum_required(VERSION 3.25)

foreach(record install_manifest.txt install_prefix.txt)
  if(NOT EXISTS "${BUILD_DIR}/${record}")
    message(FATAL_ERROR "nothing to uninstall: ${BUILD_DIR}/${record} is missing")
  endif()
endforeach()
file(STRINGS "${BUILD_DIR}/install_manifest.txt" files)
file(STRINGS "${BUILD_DIR}/install_prefix.txt" PREFIX)

# Directories below the prefix that are kept: in a system prefix, those of the file hierarchy standard.
set(shared "")
if("${PREFIX}" MATCHES "^/usr(/local)?$")
  foreach(directory bin include lib lib/${ARCHITECTURE} lib/${ARCHITECTURE}/pkgconfig
          lib/${ARCHITECTURE}/cmake libexec share share/doc share/man share/man/man1 share/man/man7)
    list(APPEND shared "${PREFIX}/${directory}")
  endforeach()
endif()

set(directories "")
foreach(file IN LISTS files)
  file(REMOVE "$ENV{DESTDIR}${file}")
  cmake_path(GET file PARENT_PATH directory)
  if(file MATCHES "[.]py$") # what Python wrote beside it
    file(REMOVE_RECURSE "$ENV{DESTDIR}${directory}/__pycache__")
  endif()
  while(NOT directory STREQUAL PREFIX AND NOT directory STREQUAL "/" AND NOT directory STREQUAL "")
    list(APPEND directories "${directory}")
    cmake_path(GET directory PARENT_PATH directory)
  endwhile()
endforeach()
list(REMOVE_DUPLICATES directories)
list(SORT directories ORDER DESCENDING) # subdirectories before their parents
foreach(directory IN LISTS directories)
  file(GLOB inside LIST_DIRECTORIES true "$ENV{DESTDIR}${directory}/*" "$ENV{DESTDIR}${directory}/.*")
  if(NOT inside AND NOT directory IN_LIST shared AND IS_DIRECTORY "$ENV{DESTDIR}${directory}")
    file(REMOVE_RECURSE "$ENV{DESTDIR}${directory}")
  endif()
endforeach()
file(REMOVE "${BUILD_DIR}/install_manifest.txt" "${BUILD_DIR}/install_prefix.txt")
list(LENGTH files count)
message(STATUS "removed ${count} files")
