# SPDX-License-Identifier: Apache-2.0
# Targets that make packages:
#
#   package_release   in release/ of the build tree: what is published, for any Linux
#   package           in package/: the Debian package (CPack)
#
# Both are reproducible: the same source gives the same bytes. Times are SOURCE_DATE_EPOCH, or else
# that of the last commit.
set(ens_package_dir "${PROJECT_BINARY_DIR}/package")

# ---- the release ----------------------------------------------------------------------------------

find_package(Python3 REQUIRED COMPONENTS Interpreter)
add_custom_target(package_release
  COMMAND "${Python3_EXECUTABLE}" "${PROJECT_SOURCE_DIR}/plugin/packaging/release.py"
          --source "${PROJECT_SOURCE_DIR}" --build "${PROJECT_BINARY_DIR}"
          --version "${PROJECT_VERSION}"
  DEPENDS manual ansible_collection
  USES_TERMINAL VERBATIM COMMENT "Making the release")

# ---- the Debian package ---------------------------------------------------------------------------

execute_process(COMMAND "${Python3_EXECUTABLE}" "${PROJECT_SOURCE_DIR}/plugin/packaging/changelog.py"
                        "${PROJECT_SOURCE_DIR}/plugin/packaging/CHANGES.md"
                OUTPUT_FILE "${ens_configured}/changelog" COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND gzip -9nf "${ens_configured}/changelog" COMMAND_ERROR_IS_FATAL ANY)
install(FILES plugin/packaging/copyright "${ens_configured}/changelog.gz"
        DESTINATION "${CMAKE_INSTALL_DOCDIR}")

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME ensure)
set(CPACK_PACKAGE_VENDOR "The Ensure developers")
set(CPACK_PACKAGE_CONTACT "The Ensure developers <ensure@packages.debian.org>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "make sure that cloud instances are running")
string(CONCAT CPACK_PACKAGE_DESCRIPTION
  "Plans and brings up instances of Volcengine ECS, Alibaba Cloud ECS and Baidu\n"
  "BCC. A plan lets the clouds themselves check each start by a dry run; an apply\n"
  "starts only what is stopped and waits until it runs.\n"
  "\n"
  "Holds the ensure command, a Terraform provider that terraform init finds by\n"
  "itself, the Ansible collection ensure.cloud, the library libensure with its\n"
  "headers, and an emulator of the three clouds.")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_OUTPUT_FILE_PREFIX "${ens_package_dir}")
set(CPACK_PROJECT_CONFIG_FILE "${PROJECT_SOURCE_DIR}/plugin/cmake/source_date.cmake")
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION admin)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
file(WRITE "${ens_configured}/triggers" "activate-noawait ldconfig\n")
file(WRITE "${ens_configured}/shlibs" "libensure 0 ensure (>= ${PROJECT_VERSION})\n")
file(CONFIGURE OUTPUT "${ens_configured}/prerm" CONTENT "#!/bin/sh
set -e
# What Python wrote beside the files of the collection.
rm -rf '/usr/@ENS_INSTALL_COLLECTIONDIR@/plugins/action/__pycache__'
" @ONLY)
file(CHMOD "${ens_configured}/prerm" PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE
     GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA
    "${ens_configured}/triggers;${ens_configured}/shlibs;${ens_configured}/prerm")
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS ca-certificates)
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "ansible-core, pkg-config")
set(CPACK_DEBIAN_COMPRESSION_TYPE xz)
include(CPack)
