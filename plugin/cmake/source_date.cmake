# SPDX-License-Identifier: Apache-2.0
# Sets SOURCE_DATE_EPOCH in the environment, if it is not set: to the time of the last commit, or
# without git to 1980-01-01, the earliest date of the zip format.
if("$ENV{SOURCE_DATE_EPOCH}" STREQUAL "")
  execute_process(COMMAND git -C "${CMAKE_CURRENT_LIST_DIR}" log -1 --format=%ct
                  OUTPUT_VARIABLE ens_last_commit OUTPUT_STRIP_TRAILING_WHITESPACE
                  ERROR_QUIET RESULT_VARIABLE ens_no_git)
  if(ens_no_git OR NOT ens_last_commit MATCHES "^[0-9]+$")
    set(ens_last_commit 315532800)
  endif()
  set(ENV{SOURCE_DATE_EPOCH} "${ens_last_commit}")
endif()
