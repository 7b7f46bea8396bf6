# tested.cmake - the test of docs/writing-a-server.md, "Testing it", with the guest book of that page, so that both stay
# true: the server gets a name and loses its main(), as the page says.

# The first block of C behind a heading.
function(block_of text heading into)
  string(FIND "${text}" "${heading}" at)
  string(SUBSTRING "${text}" ${at} -1 text)
  string(FIND "${text}" "```c\n" begin)
  math(EXPR begin "${begin} + 5")
  string(SUBSTRING "${text}" ${begin} -1 text)
  string(FIND "${text}" "```" end)
  string(SUBSTRING "${text}" 0 ${end} text)
  set(${into} "${text}" PARENT_SCOPE)
endfunction()

set(page ${CMAKE_SOURCE_DIR}/docs/writing-a-server.md)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${page})
file(READ ${page} written)
block_of("${written}" "# Writing a server" guestbook)
block_of("${written}" "## Testing it" tested)
string(REGEX REPLACE "int main[^{]*{\n\treturn mcp_main\\(&\\(struct mcp_server\\) {" "const struct mcp_server guestbook = {" guestbook
       "${guestbook}")
string(REGEX REPLACE "\t}, argc, argv\\);\n}" "};" guestbook "${guestbook}")
file(CONFIGURE OUTPUT tested/guestbook.c CONTENT "${guestbook}" @ONLY)
file(CONFIGURE OUTPUT tested/test_guestbook.c CONTENT "${tested}" @ONLY)
add_executable(test_guestbook ${CMAKE_CURRENT_BINARY_DIR}/tested/guestbook.c
               ${CMAKE_CURRENT_BINARY_DIR}/tested/test_guestbook.c)
target_link_libraries(test_guestbook PRIVATE mcp)
add_test(NAME test_guestbook COMMAND test_guestbook)
