# documented.cmake - makes programs of what the documentation shows, so that it stays true: the guest book of
# docs/writing-a-server.md, which is that of docs/template, and the same with all that docs/writing/ adds. tests/docs
# calls them.

set(template ${CMAKE_SOURCE_DIR}/docs/template)

function(write_file path content)
  if(EXISTS ${path})
    file(READ ${path} before)
  endif()
  if(NOT "${before}" STREQUAL "${content}")
    file(WRITE ${path} "${content}")
  endif()
endfunction()

# Keeps a block of code: as a file in `folder`, where its first line names one that is not the guest book's already,
# or among what is put together, by the table that its first line names. A complaint of the compiler's then names the
# page.
macro(keep_block)
  if(info MATCHES "^[a-z]+ ([A-Za-z_/.-]+)$")
    if(NOT EXISTS ${template}/${CMAKE_MATCH_1})
      write_file(${folder}/${CMAKE_MATCH_1} "${code}")
    endif()
  elseif(info STREQUAL "cmake")
    string(APPEND in_cmake "${code}")
  elseif(info STREQUAL "c" AND code MATCHES "^\t/\\* in ([a-z_]+)[][]* \\*/\n")
    string(APPEND in_${CMAKE_MATCH_1} "#line ${line} \"${page}\"\n${code}")
  elseif(info STREQUAL "c")
    string(APPEND in_file "#line ${line} \"${page}\"\n${code}\n")
  endif()
endmacro()

# All blocks of a page, one after the other.
macro(read_page)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/${page})
  file(READ ${CMAKE_SOURCE_DIR}/${page} rest)
  set(line 1)
  string(FIND "${rest}" "\n```" begin)
  while(NOT begin EQUAL -1)
    take(${begin} 4 prose)
    string(FIND "${rest}" "\n" end)
    take(${end} 1 info)
    string(FIND "${rest}" "```\n" end)
    set(at ${line})
    take(${end} 3 code)
    set(after ${line})
    set(line ${at})
    keep_block()
    set(line ${after})
    string(FIND "${rest}" "\n```" begin)
  endwhile()
endmacro()

# Takes the first `size` bytes off `rest`, and what ends them; `line` is that of what is left.
macro(take size ending into)
  string(SUBSTRING "${rest}" 0 ${size} ${into})
  math(EXPR next "${size} + ${ending}")
  string(SUBSTRING "${rest}" 0 ${next} taken)
  string(SUBSTRING "${rest}" ${next} -1 rest)
  string(REGEX REPLACE "[^\n]" "" taken "${taken}")
  string(LENGTH "${taken}" lines)
  math(EXPR line "${line} + ${lines}")
endmacro()

# Puts the text of a variable before, or behind, the first `mark` of `program`, which has one.
macro(put place mark text)
  string(FIND "${program}" "${mark}" begin)
  if(begin EQUAL -1)
    message(FATAL_ERROR "docs/template/guestbook.c has no ${mark}")
  endif()
  if(${place} STREQUAL BEHIND)
    string(LENGTH "${mark}" size)
    math(EXPR begin "${begin} + ${size}")
  endif()
  string(SUBSTRING "${program}" 0 ${begin} head)
  string(SUBSTRING "${program}" ${begin} -1 program)
  set(program "${head}${${text}}${program}")
endmacro()

# A folder with the guest book and all that the further pages add, as a reader would have it.
function(write_whole_guestbook folder)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${template}/guestbook.c)
  file(READ ${template}/guestbook.c program)
  set(told ", .database_tells = true")
  set(own_scope " guests:own")
  foreach(page docs/writing/README.md docs/writing/calls.md docs/writing/resources.md
               docs/writing/rights.md docs/writing/pages.md docs/writing/service.md docs/writing/tests.md)
    read_page()
  endforeach()
  foreach(table "mcp_prompt prompts" "mcp_job jobs" "mcp_counter counters" "mcp_command commands" "setting settings")
    string(REGEX REPLACE "^.* " "" name "${table}")
    string(APPEND new_tables "static const struct ${table}[] = {\n${in_${name}}\t{ 0 },\n};\n\n")
    string(APPEND in_guestbook_server "\t.${name} = ${name},\n")
  endforeach()
  put(BEFORE "static const struct mcp_tool tools[]" in_file)
  put(BEHIND "mcp_tool tools[] = {\n" in_tools)
  put(BEHIND "mcp_resource resources[] = {\n" in_resources)
  put(BEFORE "\t{ 0 },\n};\n\nconst struct mcp_server " in_migrations)
  put(BEFORE "const struct mcp_server guestbook_server" new_tables)
  put(BEHIND "guestbook_server = {\n" in_guestbook_server)
  put(BEHIND ".run = read_latest" told) # as resources.md says
  put(BEHIND ".scopes = \"guests:read guests:write" own_scope) # as rights.md says
  write_file(${folder}/guestbook.c "${program}")
  string(REPLACE guestbook_server documented_whole_server in_cmake "${in_cmake}") # as below
  write_file(${folder}/CMakeLists.txt "add_library(documented_whole_server OBJECT guestbook.c)\n${in_cmake}")
endfunction()

# They have other names, since mcp-guestbook is free for who does as the page says.
add_library(documented_server OBJECT ${template}/guestbook.c)
target_link_libraries(documented_server PUBLIC mcp)
embed_files(documented_server FILES ${template}/ui/latest.html PARTS ${MCP_SERVER_UI})
add_executable(documented ${template}/main.c)
set_target_properties(documented PROPERTIES OUTPUT_NAME mcp-documented)
add_executable(test_documented ${template}/test_guestbook.c)
target_link_libraries(documented PRIVATE documented_server)
target_link_libraries(test_documented PRIVATE documented_server)
add_test(NAME test_documented COMMAND test_documented)
add_test(NAME test_documented_on_postgresql
         COMMAND ${MCP_SERVER_ON_POSTGRESQL} $<TARGET_FILE:test_documented> postgresql)
set_tests_properties(test_documented_on_postgresql PROPERTIES SKIP_RETURN_CODE 77)

set(folder ${CMAKE_CURRENT_BINARY_DIR}/whole)
write_whole_guestbook(${folder})
add_subdirectory(${folder} ${folder}/build)
target_link_libraries(documented_whole_server PUBLIC mcp)
embed_files(documented_whole_server FILES ${template}/ui/latest.html PARTS ${MCP_SERVER_UI})
add_executable(documented_whole ${template}/main.c)
add_executable(test_documented_whole ${folder}/test_more.c)
target_link_libraries(documented_whole PRIVATE documented_whole_server)
target_link_libraries(test_documented_whole PRIVATE documented_whole_server)
add_test(NAME test_documented_whole COMMAND test_documented_whole)
add_test(NAME test_documented_whole_on_postgresql
         COMMAND ${MCP_SERVER_ON_POSTGRESQL} $<TARGET_FILE:test_documented_whole> postgresql)
set_tests_properties(test_documented_whole_on_postgresql PROPERTIES SKIP_RETURN_CODE 77)
set_target_properties(documented_whole PROPERTIES
                      OUTPUT_NAME mcp-guestbook-whole RUNTIME_OUTPUT_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR})

foreach(program documented documented_whole)
  add_test(NAME check_${program} COMMAND ${program} check tables)
endforeach()
