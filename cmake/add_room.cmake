# add_room.cmake - a room of a program: a folder, as the runtime's are (server/CMakeLists.txt), which sees those that it names.
#
#     add_room(PROGRAM look USES mcp)         # the library PROGRAM_look, of look/*.c
function(add_room program name)
  cmake_parse_arguments(ROOM "" "" "USES" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${name}/*.c)
  add_library(${program}_${name} STATIC ${sources})
  target_include_directories(${program}_${name} PUBLIC ${name})
  target_link_libraries(${program}_${name} PUBLIC ${ROOM_USES})
endfunction()
