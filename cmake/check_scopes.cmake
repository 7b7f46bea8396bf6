# check_scopes.cmake - a test: that the list of services has the scopes which the program has, by whose names people are asked for
# them at a sign-in, and others call it.
#
#     cmake -D PROGRAM=mcp-products -D LIST=services.json -D NAME=products -P check_scopes.cmake
#
# What the program has is what its command key takes.
cmake_minimum_required(VERSION 3.25)
execute_process(COMMAND ${PROGRAM} key ERROR_VARIABLE usage OUTPUT_QUIET)
if(NOT usage MATCHES "what it may do: (.*)\\* for everything")
  message(FATAL_ERROR "${PROGRAM} key says no scopes:\n${usage}")
endif()
string(REGEX MATCHALL "[^, ]+:[^, ]+" has "${CMAKE_MATCH_1}")

file(READ ${LIST} services)
string(JSON scopes ERROR_VARIABLE none GET "${services}" ${NAME} scopes)
if(none)
  set(scopes "{}")
endif()
string(JSON count LENGTH "${scopes}")
set(listed "")
while(count GREATER 0)
  math(EXPR count "${count} - 1")
  string(JSON scope MEMBER "${scopes}" ${count})
  list(APPEND listed ${scope})
endwhile()

foreach(scope IN LISTS has)
  if(NOT scope IN_LIST listed)
    message(SEND_ERROR "mcp-${NAME} has the scope ${scope}, and services.json has not: add it to \"scopes\" of ${NAME} there, "
                       "with words for who is asked for it at a sign-in")
  endif()
endforeach()
foreach(scope IN LISTS listed)
  if(NOT scope IN_LIST has)
    message(SEND_ERROR "services.json has the scope ${scope} of ${NAME}, and mcp-${NAME} has not: take it out there, or add it to "
                       ".scopes of the program")
  endif()
endforeach()
