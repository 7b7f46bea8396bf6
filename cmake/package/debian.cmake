# debian.cmake - Debian's packages of what is installed, by CPack: see ./dev package. One of the runtime, and one of each service.
#
# What is in them was compiled against the headers of this machine's Debian, so they are for that.
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
configure_file(changelog.in changelog @ONLY)
foreach(text changelog ${PROJECT_SOURCE_DIR}/docs/changes.md)
  get_filename_component(path ${text} ABSOLUTE BASE_DIR ${CMAKE_CURRENT_BINARY_DIR})
  get_filename_component(name ${text} NAME)
  execute_process(COMMAND ${GZIP} -9nc ${path} OUTPUT_FILE ${CMAKE_CURRENT_BINARY_DIR}/${name}.gz COMMAND_ERROR_IS_FATAL ANY)
endforeach()

# A package is its component, and what only Debian wants beside it, in a group of that name.
function(begin_package component)
  set(debian ${component}-debian)
  set(doc share/doc/${component})
  install(FILES ${CMAKE_CURRENT_BINARY_DIR}/changelog.gz RENAME changelog.Debian.gz DESTINATION ${doc} COMPONENT ${debian} EXCLUDE_FROM_ALL)
  install(FILES ${CMAKE_CURRENT_BINARY_DIR}/changes.md.gz RENAME changelog.gz DESTINATION ${doc} COMPONENT ${debian} EXCLUDE_FROM_ALL)
  install(FILES ${CMAKE_CURRENT_SOURCE_DIR}/copyright DESTINATION ${doc} COMPONENT ${debian} EXCLUDE_FROM_ALL)
  foreach(part ${component} ${debian})
    string(TOUPPER ${part} name)
    set(CPACK_COMPONENT_${name}_GROUP ${component} PARENT_SCOPE)
  endforeach()
  set(CPACK_COMPONENTS_ALL ${CPACK_COMPONENTS_ALL} ${component} ${debian} PARENT_SCOPE)
endfunction()

# ---- The runtime's ----

begin_package(${package})
string(TOUPPER ${package} name)
set(CPACK_DEBIAN_${name}_PACKAGE_NAME ${package})
set(CPACK_DEBIAN_${name}_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_${name}_PACKAGE_DEPENDS "${depends}pkgconf | pkg-config, libc6-dev")
# Loaded by a program that calls others, or that has its data in PostgreSQL.
set(CPACK_DEBIAN_${name}_PACKAGE_RECOMMENDS "libcurl4t64 | libcurl4, libpq5, ca-certificates")
set(CPACK_DEBIAN_${name}_PACKAGE_SUGGESTS "cmake, ninja-build")
set(CPACK_DEBIAN_${name}_DESCRIPTION "runtime of MCP servers in C, to write a server with
A server is a few const tables and a function per tool. This runtime speaks
MCP's Streamable HTTP in every revision from 2025-03-26 to 2026-07-28, keeps
data in SQLite or PostgreSQL, and takes keys and access tokens.

Here are its library, to be linked statically, its headers, what CMake and
pkg-config want to know, and a template of a server.")

# ---- Each service's ----

file(READ ${PROJECT_SOURCE_DIR}/services.json services)
foreach(component ${SERVICE_COMPONENTS})
  string(REGEX REPLACE "^mcp-" "" service ${component})
  string(JSON about GET "${services}" ${service} about)
  begin_package(${component})
  set(made ${PROJECT_BINARY_DIR}/cmake/service/${service})
  install(FILES ${made}/settings DESTINATION /etc/${component} COMPONENT ${component}-debian EXCLUDE_FROM_ALL)
  foreach(script postinst prerm postrm)
    configure_file(../service/${script}.in ${made}/control/${script} FILE_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE
                   GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE @ONLY)
  endforeach()
  file(WRITE ${made}/control/conffiles "/etc/${component}/settings\n")
  string(TOUPPER ${component} name)
  set(CPACK_DEBIAN_${name}_PACKAGE_NAME ${component})
  set(CPACK_DEBIAN_${name}_PACKAGE_SECTION net)
  set(CPACK_DEBIAN_${name}_PACKAGE_SHLIBDEPS ON)
  # libcurl is loaded where another server is called, a file taken from a URL, or an issuer asked; libpq where the settings say PostgreSQL.
  set(needs "systemd | systemd-standalone-sysusers, systemd | systemd-standalone-tmpfiles, util-linux")
  set(loads "libcurl4t64 | libcurl4, ca-certificates")
  string(JSON calls ERROR_VARIABLE calls_none GET "${services}" ${service} calls)
  if(calls_none)
    set(CPACK_DEBIAN_${name}_PACKAGE_RECOMMENDS "${loads}, libpq5")
  else()
    string(APPEND needs ", ${loads}")
    set(CPACK_DEBIAN_${name}_PACKAGE_RECOMMENDS libpq5)
  endif()
  set(CPACK_DEBIAN_${name}_PACKAGE_DEPENDS "${needs}")
  set(CPACK_DEBIAN_${name}_PACKAGE_CONTROL_EXTRA
      "${made}/control/postinst;${made}/control/prerm;${made}/control/postrm;${made}/control/conffiles")
  set(CPACK_DEBIAN_${name}_DESCRIPTION "${about}
The program, a unit of systemd's for it, its user and its settings in
/etc/${component}. It serves on loopback, with its data in SQLite, until the
settings say otherwise.")
endforeach()

# ---- What watches them ----

begin_package(mcp-server-monitoring)
set(CPACK_DEBIAN_MCP-SERVER-MONITORING_PACKAGE_NAME mcp-server-monitoring)
set(CPACK_DEBIAN_MCP-SERVER-MONITORING_PACKAGE_ARCHITECTURE all)
set(CPACK_DEBIAN_MCP-SERVER-MONITORING_PACKAGE_SECTION net)
set(CPACK_DEBIAN_MCP-SERVER-MONITORING_PACKAGE_SUGGESTS "prometheus, grafana")
set(CPACK_DEBIAN_MCP-SERVER-MONITORING_DESCRIPTION "alerts and dashboards for MCP servers
Rules for a Prometheus and dashboards for a Grafana that are there already, in
/usr/share/mcp-server.")

# ---- CPack ----

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME mcp-server)
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_COMPONENTS_GROUPING ONE_PER_GROUP)
# What is to be in /etc is there, not on this machine.
set(CPACK_SET_DESTDIR ON)
set(CPACK_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SOURCE mcp-server)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
include(CPack)
