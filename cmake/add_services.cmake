# add_services.cmake - adds the folder of each service in the list, which has to make its program, and tests that
# its tables are sound, and that the list has its scopes.
#
#     add_services(services.json)
function(add_services list)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/${list})
  file(READ ${CMAKE_SOURCE_DIR}/${list} services)
  string(JSON count LENGTH "${services}")
  foreach(at RANGE 1 ${count})
    math(EXPR at "${at} - 1")
    string(JSON name MEMBER "${services}" ${at})
    if(NOT EXISTS ${CMAKE_SOURCE_DIR}/${name}/CMakeLists.txt)
      message(FATAL_ERROR "${list} lists ${name}, but there is no ${name}/CMakeLists.txt: make one like "
                          "orders/CMakeLists.txt, or take ${name} out of the list")
    endif()
    add_subdirectory(${name})
    if(NOT TARGET mcp-${name})
      message(FATAL_ERROR "${name}/CMakeLists.txt makes no program mcp-${name}, which ${list} wants of it")
    endif()
    add_test(NAME check_${name} COMMAND mcp-${name} check tables)
    add_test(NAME scopes_${name}
             COMMAND ${CMAKE_COMMAND} -D "PROGRAM=${CMAKE_CROSSCOMPILING_EMULATOR};$<TARGET_FILE:mcp-${name}>"
                     -D LIST=${CMAKE_SOURCE_DIR}/${list} -D NAME=${name} -P ${CMAKE_SOURCE_DIR}/cmake/check_scopes.cmake)
  endforeach()
endfunction()
