# SPDX-License-Identifier: Apache-2.0
# How the programs of a release are linked: one file each, which needs a kernel and nothing else.
# The archives are those of a sysroot (plugin/packaging/sysroot.py), for two architectures.

# libcurl's own .pc names these by path; the C++ runtime is that of gRPC and its family.
foreach(library ssl crypto z)
  find_library(ENS_ARCHIVE_${library} "lib${library}.a" REQUIRED NO_CACHE)
  set_property(GLOBAL APPEND PROPERTY ENS_ARCHIVES "${ENS_ARCHIVE_${library}}")
endforeach()
find_library(ENS_ARCHIVE_runtime libstdc++.a REQUIRED NO_CACHE
  PATHS "${CMAKE_SYSROOT}/usr/lib/gcc/${CMAKE_LIBRARY_ARCHITECTURE}/12" NO_CMAKE_FIND_ROOT_PATH)
get_property(ens_archive_files GLOBAL PROPERTY ENS_ARCHIVES)
list(APPEND ens_archive_files "${ENS_ARCHIVE_runtime}")
list(REMOVE_DUPLICATES ens_archive_files)
list(JOIN ens_archive_files "," ens_archive_group)

# "-static-pie" is an item of the list of libraries, since CMake adds "-pie" by itself and gcc takes
# the last of them; -lm has to come after gRPC.
target_link_libraries(ens_archives INTERFACE "$<LINK_GROUP:RESCAN,${ens_archive_group}>" m
  -static-pie)
target_link_options(ens_archives INTERFACE LINKER:--gc-sections)
if(CMAKE_SYSTEM_PROCESSOR STREQUAL "x86_64") # binutils 2.40 has no such relocations elsewhere
  target_link_options(ens_archives INTERFACE LINKER:-z,pack-relative-relocs)
endif()
