# describe.cmake - what a machine without containers is told of a service: its unit, its user, its places, its settings, by its entry in
# `services`, which holds services.json. Also by itself:
#
#     cmake -D LIST=services.json -D SERVICE=orders -D MADE=FOLDER -P describe.cmake

# Whether it has a database: as usual, unless its entry says false.
function(has_database service variable)
  string(JSON has ERROR_VARIABLE none GET "${services}" ${service} database)
  if(none OR has)
    set(${variable} TRUE PARENT_SCOPE)
  else()
    set(${variable} FALSE PARENT_SCOPE)
  endif()
endfunction()

# The units before which it is not started: that of its database, where that is here, and of those that it calls.
function(units_before service variable)
  set(units "")
  has_database(${service} kept)
  if(kept)
    string(APPEND units " postgresql.service")
  endif()
  string(JSON calls ERROR_VARIABLE none GET "${services}" ${service} calls)
  if(NOT none)
    string(JSON last LENGTH "${calls}")
    math(EXPR last "${last} - 1")
    foreach(at RANGE ${last})
      string(JSON called MEMBER "${calls}" ${at})
      string(APPEND units " mcp-${called}.service")
    endforeach()
  endif()
  set(${variable} "${units}" PARENT_SCOPE)
endfunction()

# Into the folder `made`.
function(describe_service service made)
  set(from ${CMAKE_CURRENT_FUNCTION_LIST_DIR})
  set(at "@")                   # one that is no part of a name that is replaced
  string(JSON about GET "${services}" ${service} about)
  units_before(${service} after)
  set(about_database "")
  has_database(${service} kept)
  if(kept)
    configure_file(${from}/database.in ${made}/database @ONLY)
    file(READ ${made}/database about_database)
  endif()
  configure_file(${from}/mcp.service.in ${made}/mcp-${service}.service @ONLY)
  configure_file(${from}/sysusers.conf.in ${made}/sysusers.conf @ONLY)
  configure_file(${from}/tmpfiles.conf.in ${made}/tmpfiles.conf @ONLY)
  configure_file(${from}/settings.in ${made}/settings @ONLY)
  configure_file(${from}/run.in ${made}/mcp-${service}-run @ONLY)
endfunction()

if(CMAKE_SCRIPT_MODE_FILE STREQUAL CMAKE_CURRENT_LIST_FILE)
  file(READ ${LIST} services)
  describe_service(${SERVICE} ${MADE})
endif()
