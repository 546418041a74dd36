# SPDX-License-Identifier: Apache-2.0
# Generates the documentation pages and compares them with those in the tree. Guides are written by
# hand.
file(REMOVE_RECURSE "${OUT}")
file(MAKE_DIRECTORY "${OUT}")
execute_process(COMMAND "${GENERATE}" "${EXAMPLES}" "${DOCS}/notes" "${OUT}"
                COMMAND_ERROR_IS_FATAL ANY)
file(GLOB_RECURSE new RELATIVE "${OUT}" "${OUT}/*.md")
file(GLOB_RECURSE old RELATIVE "${DOCS}" "${DOCS}/*.md")
list(FILTER old EXCLUDE REGEX "^(notes|guides)/")
if(NOT new STREQUAL old OR new STREQUAL "")
  message(FATAL_ERROR "the pages are ${old}, and should be ${new}")
endif()
foreach(page IN LISTS new)
  execute_process(COMMAND "${CMAKE_COMMAND}" -E compare_files "${OUT}/${page}" "${DOCS}/${page}"
                  RESULT_VARIABLE different)
  if(different)
    message(FATAL_ERROR "${page} is stale: build the target terraform-docs and commit its pages")
  endif()
endforeach()
