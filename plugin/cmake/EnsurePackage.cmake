# SPDX-License-Identifier: Apache-2.0
# Targets that make packages, in package/ of the build tree:
#
#   package_terraform   the zip for Terraform's filesystem mirror, with all dependencies but the C
#                       library, and SHA256SUMS
#   package             the Debian package (CPack)
#
# Both are reproducible: the same source gives the same bytes. Times are SOURCE_DATE_EPOCH, or else
# that of the last commit.
set(ens_package_dir "${PROJECT_BINARY_DIR}/package")

# ---- the zip --------------------------------------------------------------------------------------

find_program(ENS_ZIP zip)
get_property(ens_archives GLOBAL PROPERTY ENS_ARCHIVES)
add_custom_target(package_terraform
  COMMAND "${CMAKE_COMMAND}" -D "PROGRAM=$<TARGET_FILE:ensure_portable>"
          -D "PROVIDERS=$<TARGET_FILE:volcengine>;$<TARGET_FILE:alibaba>;$<TARGET_FILE:baidu>"
          -D "ARCHIVES=${ens_archives}" -D "SOURCE_DIR=${PROJECT_SOURCE_DIR}"
          -D "VERSION=${PROJECT_VERSION}" -D "PLATFORM=${ENS_TERRAFORM_PLATFORM}"
          -D "OUT_DIR=${ens_package_dir}" -D "STRIP=${CMAKE_STRIP}" -D "ZIP=${ENS_ZIP}"
          -P "${PROJECT_SOURCE_DIR}/plugin/cmake/package_terraform.cmake"
  DEPENDS ensure_portable volcengine alibaba baidu
  VERBATIM COMMENT "Packing the Terraform provider")

# ---- the Debian package ---------------------------------------------------------------------------

configure_file(plugin/packaging/changelog.in "${ens_configured}/changelog" @ONLY)
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
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA "${ens_configured}/triggers;${ens_configured}/shlibs")
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS ca-certificates)
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "ansible-core, pkg-config")
set(CPACK_DEBIAN_COMPRESSION_TYPE xz)
include(CPack)
