# embed_files.cmake - makes files part of a program, as C arrays of their text.
#
#     embed_files(mcp-products FILES ui/search.html PARTS ${MCP_SERVER_UI})
#
# The program declares `extern const char search_html[];` (the file's name, with _ for what C does
# not allow) and finds the text there, ended by a NUL. @app.js@ in a file stands for the text of that
# part. MCP_SERVER_UI are the runtime's: app.css, app.js and what this one takes in.

# As a script: writes the one file OUT from the file IN.
if(CMAKE_SCRIPT_MODE_FILE)
  file(READ ${IN} text)
  foreach(part ${PARTS})
    get_filename_component(name ${part} NAME)
    file(READ ${part} inner)
    string(REPLACE "@${name}@" "${inner}" text "${text}")
  endforeach()
  string(HEX "${text}" bytes)
  string(REGEX REPLACE "(................................)" "\\1\n" bytes "${bytes}")
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "'\\\\x\\1'," bytes "${bytes}")
  file(WRITE ${OUT} "extern const char ${SYMBOL}[];\nconst char ${SYMBOL}[] = {\n${bytes}0};\n")
  return()
endif()

set(EMBED_SCRIPT ${CMAKE_CURRENT_LIST_FILE})

function(embed_files target)
  cmake_parse_arguments(EMBED "" "" "FILES;PARTS" ${ARGN})
  foreach(file ${EMBED_FILES})
    get_filename_component(path ${file} ABSOLUTE)
    get_filename_component(name ${file} NAME)
    string(MAKE_C_IDENTIFIER ${name} symbol)
    set(out ${CMAKE_CURRENT_BINARY_DIR}/${symbol}.c)
    add_custom_command(OUTPUT ${out} VERBATIM
      COMMAND ${CMAKE_COMMAND} -DIN=${path} -DOUT=${out} -DSYMBOL=${symbol} "-DPARTS=${EMBED_PARTS}"
              -P ${EMBED_SCRIPT}
      DEPENDS ${path} ${EMBED_PARTS} ${EMBED_SCRIPT})
    target_sources(${target} PRIVATE ${out})
  endforeach()
endfunction()
