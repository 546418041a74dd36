# SPDX-License-Identifier: Apache-2.0
# Installation ("cmake --install"), to the directories that the file hierarchy standard, Terraform,
# Ansible and the shells expect. The installed tree can be moved: programs and libensure find the
# providers relative to themselves.
include(CMakePackageConfigHelpers)

# ---- programs, library and providers --------------------------------------------------------------

install(TARGETS ensure_tool ensure-emulator RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}")
install(TARGETS volcengine alibaba baidu LIBRARY DESTINATION "${ENS_INSTALL_PROVIDERDIR}")
install(TARGETS libensure EXPORT ensureTargets LIBRARY DESTINATION "${CMAKE_INSTALL_LIBDIR}")

# ---- JSON schemas ---------------------------------------------------------------------------------

install(DIRECTORY "${PROJECT_SOURCE_DIR}/proto/schemas/" DESTINATION "${CMAKE_INSTALL_DATADIR}/ensure/schemas"
        FILES_MATCHING PATTERN "*.schema.json")

# ---- policy documents, which the advice names -------------------------------------------------------

install(DIRECTORY "${PROJECT_SOURCE_DIR}/examples/policies"
        DESTINATION "${CMAKE_INSTALL_DOCDIR}/examples")

# ---- development files: headers, CMake package, pkg-config ----------------------------------------

install(DIRECTORY "${PROJECT_SOURCE_DIR}/plugin/include/ensure"
        DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}" FILES_MATCHING PATTERN "*.h")
install(TARGETS ens_abi EXPORT ensureTargets)
install(EXPORT ensureTargets NAMESPACE ensure:: DESTINATION "${ENS_INSTALL_CMAKEDIR}")

set(ens_configured "${PROJECT_BINARY_DIR}/install")
cmake_path(RELATIVE_PATH CMAKE_INSTALL_PREFIX
           BASE_DIRECTORY "${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig"
           OUTPUT_VARIABLE ens_pc_to_prefix)
configure_file(plugin/cmake/ensure.pc.in "${ens_configured}/ensure.pc" @ONLY)
configure_package_config_file(plugin/cmake/ensureConfig.cmake.in
  "${ens_configured}/ensureConfig.cmake" INSTALL_DESTINATION "${ENS_INSTALL_CMAKEDIR}"
  PATH_VARS ENS_INSTALL_PROVIDERDIR)
write_basic_package_version_file("${ens_configured}/ensureConfigVersion.cmake"
  COMPATIBILITY SameMinorVersion)
install(FILES "${ens_configured}/ensure.pc" DESTINATION "${CMAKE_INSTALL_LIBDIR}/pkgconfig")
install(FILES "${ens_configured}/ensureConfig.cmake" "${ens_configured}/ensureConfigVersion.cmake"
              plugin/cmake/EnsureProvider.cmake
        DESTINATION "${ENS_INSTALL_CMAKEDIR}")

# ---- Terraform and Ansible ------------------------------------------------------------------------

# Both search below share/, where architecture-dependent files do not belong, so symbolic links to the
# programs are installed there: ens_install_link(DIRECTORY NAME TARGET), relative to the prefix.
function(ens_install_link directory name target)
  cmake_path(RELATIVE_PATH target BASE_DIRECTORY "${directory}" OUTPUT_VARIABLE to)
  file(CREATE_LINK "${to}" "${ens_configured}/${name}" SYMBOLIC)
  install(FILES "${ens_configured}/${name}" DESTINATION "${directory}")
endfunction()

# The plugin process is the program by another name.
ens_install_link("${ENS_INSTALL_PROGRAMDIR}" terraform-provider-ensure "${CMAKE_INSTALL_BINDIR}/ensure")
ens_install_link("${ENS_INSTALL_MIRRORDIR}" "terraform-provider-ensure_v${PROJECT_VERSION}"
                 "${ENS_INSTALL_PROGRAMDIR}/terraform-provider-ensure")

set(ens_ansible_modules "${CMAKE_INSTALL_LIBDIR}/ensure/ansible")
set(ens_ansible_files "files/linux_${CMAKE_SYSTEM_PROCESSOR}")
set(ens_ansible_built "${CMAKE_BINARY_DIR}/ansible/ansible_collections/ensure/cloud")
install(DIRECTORY "${ens_ansible_built}/" DESTINATION "${ENS_INSTALL_COLLECTIONDIR}"
        PATTERN "files" EXCLUDE PATTERN "tests" EXCLUDE PATTERN "__pycache__" EXCLUDE)
install(PROGRAMS "${ens_ansible_built}/${ens_ansible_files}/ensure_cloud_instance_running"
        DESTINATION "${ens_ansible_modules}")
foreach(ens_module instance_info instance_running) # by these names it knows which module it is
  ens_install_link("${ENS_INSTALL_COLLECTIONDIR}/${ens_ansible_files}" "ensure_cloud_${ens_module}"
                   "${ens_ansible_modules}/ensure_cloud_instance_running")
endforeach()

# ---- uninstall ------------------------------------------------------------------------------------

install(CODE "file(WRITE \"${CMAKE_BINARY_DIR}/install_prefix.txt\" \"\${CMAKE_INSTALL_PREFIX}\")")
add_custom_target(uninstall
  COMMAND "${CMAKE_COMMAND}" -D "BUILD_DIR=${CMAKE_BINARY_DIR}"
          -D "ARCHITECTURE=${CMAKE_LIBRARY_ARCHITECTURE}"
          -P "${PROJECT_SOURCE_DIR}/plugin/cmake/uninstall.cmake"
  VERBATIM COMMENT "Removing what was installed")
