# "cmake --install": everything where the file hierarchy standard, Terraform, Ansible and the shells
# look for it. The tree can be moved: programs and libensure find the providers relative to
# themselves.
include(CMakePackageConfigHelpers)

# ---- programs, library and providers --------------------------------------------------------------

install(TARGETS volcengine alibaba baidu LIBRARY DESTINATION "${ENS_INSTALL_PROVIDERDIR}")
if(TARGET ensure-emulator) # it belongs to the tests
  install(TARGETS ensure-emulator RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}")
endif()

# ---- for programs and providers that are built on it ----------------------------------------------

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

# ---- Terraform ------------------------------------------------------------------------------------

# Terraform looks for providers in share/terraform/plugins by itself. What is for one kind of
# machine does not belong below share, so a link stands there.
cmake_path(RELATIVE_PATH ENS_INSTALL_PROGRAMDIR BASE_DIRECTORY "${ENS_INSTALL_MIRRORDIR}"
           OUTPUT_VARIABLE ens_mirror_to_programs)
set(ens_mirror_link "${ens_configured}/terraform-provider-ensure_v${PROJECT_VERSION}")
file(CREATE_LINK "${ens_mirror_to_programs}/terraform-provider-ensure" "${ens_mirror_link}" SYMBOLIC)
install(FILES "${ens_mirror_link}" DESTINATION "${ENS_INSTALL_MIRRORDIR}")

# ---- taking it away -------------------------------------------------------------------------------

install(CODE "file(WRITE \"${CMAKE_BINARY_DIR}/install_prefix.txt\" \"\${CMAKE_INSTALL_PREFIX}\")")
add_custom_target(uninstall
  COMMAND "${CMAKE_COMMAND}" -D "BUILD_DIR=${CMAKE_BINARY_DIR}"
          -D "ARCHITECTURE=${CMAKE_LIBRARY_ARCHITECTURE}"
          -P "${PROJECT_SOURCE_DIR}/plugin/cmake/uninstall.cmake"
  VERBATIM COMMENT "Removing what was installed")
