# build_id.cmake - compiles into each program that links the target mcp_build_id which build it is: `git describe`.
#
# The runtime says it in the command version, the log, serverInfo and mcp_build_info. It is asked for at each build and
# written where it changed. A folder that is no checkout of git has none; there MCP_BUILD in the environment may say it.

# As a script: writes OUT for the checkout FOLDER.
if(CMAKE_SCRIPT_MODE_FILE)
  set(build "")
  find_program(GIT git)
  if(GIT)
    execute_process(COMMAND ${GIT} describe --tags --always --dirty --abbrev=12 WORKING_DIRECTORY ${FOLDER}
                    OUTPUT_VARIABLE build OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  endif()
  string(REGEX REPLACE "[^A-Za-z0-9.-]" "-" build "${build}")
  set(text "extern const char mcp_build_id[];\nconst char mcp_build_id[] = \"${build}\";\n")
  set(before "")
  if(EXISTS ${OUT})
    file(READ ${OUT} before)
  endif()
  if(NOT text STREQUAL before)
    file(WRITE ${OUT} "${text}")
  endif()
  return()
endif()

set(MCP_BUILD_ID_FILE ${CMAKE_BINARY_DIR}/mcp_build_id.c)
add_custom_target(mcp_write_build_id BYPRODUCTS ${MCP_BUILD_ID_FILE} VERBATIM
  COMMAND ${CMAKE_COMMAND} -DFOLDER=${CMAKE_SOURCE_DIR} -DOUT=${MCP_BUILD_ID_FILE} -P ${CMAKE_CURRENT_LIST_FILE}
  COMMENT "Looking which build this is")
add_library(mcp_build_id INTERFACE)
# Once a program, however many libraries of its own link the runtime.
target_sources(mcp_build_id INTERFACE $<$<STREQUAL:$<TARGET_PROPERTY:TYPE>,EXECUTABLE>:${MCP_BUILD_ID_FILE}>)
add_dependencies(mcp_build_id mcp_write_build_id)
