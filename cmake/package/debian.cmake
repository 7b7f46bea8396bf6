# debian.cmake - Debian's package of what is installed, by CPack: see ./dev package.
#
# The library in it was compiled against the headers of this machine's Debian, so the package is for that.
find_program(DPKG_QUERY dpkg-query)
find_program(GZIP gzip)
if(NOT DPKG_QUERY OR NOT GZIP)
  return()
endif()

# Each at least as new as what was compiled with.
foreach(needed libmicrohttpd-dev libyyjson-dev libsqlite3-dev libssl-dev zlib1g-dev libutf8proc-dev libpcre2-dev libyaml-dev)
  execute_process(COMMAND ${DPKG_QUERY} -W -f "\${source:Upstream-Version}" ${needed}
                  OUTPUT_VARIABLE there ERROR_QUIET RESULT_VARIABLE missing)
  if(missing)
    return()
  endif()
  string(APPEND depends "${needed} (>= ${there}), ")
endforeach()

function(read_release name variable)
  file(STRINGS /etc/os-release line REGEX "^${name}=")
  string(REGEX REPLACE "^${name}=|\"" "" line "${line}")
  set(${variable} "${line}" PARENT_SCOPE)
endfunction()
read_release(VERSION_ID release)
read_release(VERSION_CODENAME codename)
set(CPACK_DEBIAN_PACKAGE_RELEASE "1~deb${release}u1")

# ---- What Debian wants of every package ----

# Its day is that of the version in the page of changes, so that the same text gives the same package.
file(STRINGS ${PROJECT_SOURCE_DIR}/docs/changes.md day REGEX "^## ${PROJECT_VERSION}, [0-9-]+$")
if(NOT day)
  message(FATAL_ERROR "docs/changes.md has no heading \"## ${PROJECT_VERSION}, YEAR-MONTH-DAY\": say there what changed")
endif()
string(REGEX REPLACE ".*, " "" day "${day}")
execute_process(COMMAND env LC_ALL=C date --utc -R -d "${day}" OUTPUT_VARIABLE day OUTPUT_STRIP_TRAILING_WHITESPACE
                COMMAND_ERROR_IS_FATAL ANY)
set(CPACK_PACKAGE_CONTACT "The authors of mcp-server <authors@mcp-server.invalid>" CACHE STRING
    "who maintains the package, as NAME <ADDRESS>")
set(about "runtime of MCP servers in C, to write a server with")
configure_file(changelog.in changelog @ONLY)
foreach(text changelog ${PROJECT_SOURCE_DIR}/docs/changes.md)
  get_filename_component(path ${text} ABSOLUTE BASE_DIR ${CMAKE_CURRENT_BINARY_DIR})
  get_filename_component(name ${text} NAME)
  execute_process(COMMAND ${GZIP} -9nc ${path} OUTPUT_FILE ${CMAKE_CURRENT_BINARY_DIR}/${name}.gz COMMAND_ERROR_IS_FATAL ANY)
endforeach()
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/changelog.gz RENAME changelog.Debian.gz DESTINATION share/doc/${package}
        COMPONENT debian EXCLUDE_FROM_ALL)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/changes.md.gz RENAME changelog.gz DESTINATION share/doc/${package}
        COMPONENT debian EXCLUDE_FROM_ALL)
install(FILES copyright DESTINATION share/doc/${package} COMPONENT debian EXCLUDE_FROM_ALL)

# ---- CPack ----

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME ${package})
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_INSTALL_CMAKE_PROJECTS ${PROJECT_BINARY_DIR} ${PROJECT_NAME} ALL / ${PROJECT_BINARY_DIR} ${PROJECT_NAME} debian /)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_NAME ${package})
set(CPACK_DEBIAN_PACKAGE_SOURCE mcp-server)
set(CPACK_DEBIAN_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS "${depends}pkgconf | pkg-config, libc6-dev")
# Loaded by a program that calls others, or that has its data in PostgreSQL.
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "libcurl4t64 | libcurl4, libpq5, ca-certificates")
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "cmake, ninja-build")
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION "${about}
A server is a few const tables and a function per tool. This runtime speaks
MCP's Streamable HTTP in every revision from 2025-03-26 to 2026-07-28, keeps
data in SQLite or PostgreSQL, and takes keys and access tokens.

Here are its library, to be linked statically, its headers, what CMake and
pkg-config want to know, and a template of a server.")
include(CPack)
