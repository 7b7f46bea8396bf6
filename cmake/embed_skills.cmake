# embed_skills.cmake - makes a folder of skills part of a program, as a table of its files.
#
#     embed_skills(mcp-products skills)
#
# The program declares `extern const struct mcp_file skills[];` and hands it to mcp_main(). The files
# are in the program, rather than the path of a folder: so a container needs nothing but the binary,
# it works from any directory, and no path of the machine that built it is in it. SKILLS still names a
# folder to serve instead. Names that begin with a dot are left out, as they are from that folder.

# As a script: writes the one file OUT from FILES of FOLDER.
if(CMAKE_SCRIPT_MODE_FILE)
  set(arrays "")
  set(table "")
  set(number 0)
  foreach(file ${FILES})
    file(READ ${FOLDER}/${file} bytes HEX)
    string(REGEX REPLACE "(................................)" "\\1\n" bytes "${bytes}")
    string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${bytes}")
    # The 0 is there for a file that is empty.
    string(APPEND arrays "static const unsigned char file_${number}[] = {\n${bytes}0};\n")
    string(APPEND table "\t{ \"${file}\", file_${number}, sizeof(file_${number}) - 1 },\n")
    math(EXPR number "${number} + 1")
  endforeach()
  file(WRITE ${OUT} "#include \"mcp.h\"\n\n${arrays}\nextern const struct mcp_file skills[];\n"
       "const struct mcp_file skills[] = {\n${table}\t{ 0 },\n};\n")
  return()
endif()

set(EMBED_SKILLS_SCRIPT ${CMAKE_CURRENT_LIST_FILE})

function(embed_skills target folder)
  get_filename_component(path ${folder} ABSOLUTE)
  file(GLOB_RECURSE files CONFIGURE_DEPENDS RELATIVE ${path} ${path}/*)
  list(FILTER files EXCLUDE REGEX "(^|/)\\.")
  list(TRANSFORM files PREPEND ${path}/ OUTPUT_VARIABLE sources)
  set(out ${CMAKE_CURRENT_BINARY_DIR}/skills.c)
  add_custom_command(OUTPUT ${out} VERBATIM
    COMMAND ${CMAKE_COMMAND} -DFOLDER=${path} -DOUT=${out} "-DFILES=${files}"
            -P ${EMBED_SKILLS_SCRIPT}
    DEPENDS ${sources} ${EMBED_SKILLS_SCRIPT})
  target_sources(${target} PRIVATE ${out})
endfunction()
