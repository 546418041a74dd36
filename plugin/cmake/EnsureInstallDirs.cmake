# SPDX-License-Identifier: Apache-2.0
# Installation directories. On Debian, libraries go to the multiarch directory with any prefix, as
# Debian's packages and its dynamic linker expect.
if(NOT DEFINED CMAKE_INSTALL_LIBDIR AND CMAKE_LIBRARY_ARCHITECTURE AND EXISTS /etc/debian_version)
  set(CMAKE_INSTALL_LIBDIR "lib/${CMAKE_LIBRARY_ARCHITECTURE}" CACHE PATH
      "Object code libraries (relative to the prefix)")
endif()
include(GNUInstallDirs)

set(ENS_INSTALL_PROVIDERDIR "${CMAKE_INSTALL_LIBDIR}/ensure/providers")
set(ENS_INSTALL_PROGRAMDIR "${CMAKE_INSTALL_LIBEXECDIR}/ensure")
set(ENS_INSTALL_CMAKEDIR "${CMAKE_INSTALL_LIBDIR}/cmake/ensure")
set(ENS_INSTALL_COLLECTIONDIR
    "${CMAKE_INSTALL_DATADIR}/ansible/collections/ansible_collections/ensure/cloud")

# Terraform's name of the platform, and the directory that it searches for providers by default.
if(CMAKE_SYSTEM_PROCESSOR STREQUAL "x86_64")
  set(ENS_TERRAFORM_PLATFORM linux_amd64)
elseif(CMAKE_SYSTEM_PROCESSOR STREQUAL "aarch64")
  set(ENS_TERRAFORM_PLATFORM linux_arm64)
else()
  set(ENS_TERRAFORM_PLATFORM "linux_${CMAKE_SYSTEM_PROCESSOR}")
endif()
string(CONCAT ENS_INSTALL_MIRRORDIR "${CMAKE_INSTALL_DATADIR}/terraform/plugins/terraform.local/"
       "ensure/ensure/${PROJECT_VERSION}/${ENS_TERRAFORM_PLATFORM}")
