# embed_skills.cmake - makes a folder of skills part of a program, as a table of its files.
#
#     embed_skills(mcp-products skills)
#     embed_skills(mcp-ops skills AT incident/references FILES ${PROJECT_SOURCE_DIR}/docs/on-call.md)
#
# FILES are taken in as if they stood in that folder of a skill: what is written once, for people and for models.
# The program declares `extern const struct mcp_file skills[];` and hands it to mcp_main(). The files
# are in the program, rather than the path of a folder: so a container needs nothing but the binary,
# it works from any directory, and no path of the machine that built it is in it. SKILLS still names a
# folder to serve instead. Names that begin with a dot are left out, as they are from that folder.

# As a script: writes the one file OUT from SOURCES, which NAMES name.
if(CMAKE_SCRIPT_MODE_FILE)
  set(arrays "")
  set(table "")
  set(number 0)
  foreach(name source IN ZIP_LISTS NAMES SOURCES)
    file(READ ${source} bytes HEX)
    string(REGEX REPLACE "(................................)" "\\1\n" bytes "${bytes}")
    string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${bytes}")
    # The 0 is there for a file that is empty.
    string(APPEND arrays "static const unsigned char file_${number}[] = {\n${bytes}0};\n")
    string(APPEND table "\t{ \"${name}\", file_${number}, sizeof(file_${number}) - 1 },\n")
    math(EXPR number "${number} + 1")
  endforeach()
  file(WRITE ${OUT} "#include \"mcp.h\"\n\n${arrays}\nextern const struct mcp_file skills[];\n"
       "const struct mcp_file skills[] = {\n${table}\t{ 0 },\n};\n")
  return()
endif()

set(EMBED_SKILLS_SCRIPT ${CMAKE_CURRENT_LIST_FILE})

function(embed_skills target folder)
  cmake_parse_arguments(ALSO "" "AT" "FILES" ${ARGN})
  get_filename_component(path ${folder} ABSOLUTE)
  file(GLOB_RECURSE names CONFIGURE_DEPENDS RELATIVE ${path} ${path}/*)
  list(FILTER names EXCLUDE REGEX "(^|/)\\.")
  list(TRANSFORM names PREPEND ${path}/ OUTPUT_VARIABLE sources)
  foreach(file ${ALSO_FILES})
    get_filename_component(source ${file} ABSOLUTE)
    get_filename_component(name ${file} NAME)
    if(${ALSO_AT}/${name} IN_LIST names)
      message(FATAL_ERROR "embed_skills: ${ALSO_AT}/${name} is in ${folder} already")
    endif()
    list(APPEND names ${ALSO_AT}/${name})
    list(APPEND sources ${source})
  endforeach()
  set(out ${CMAKE_CURRENT_BINARY_DIR}/skills.c)
  add_custom_command(OUTPUT ${out} VERBATIM
    COMMAND ${CMAKE_COMMAND} -DOUT=${out} "-DNAMES=${names}" "-DSOURCES=${sources}" -P ${EMBED_SKILLS_SCRIPT}
    DEPENDS ${sources} ${EMBED_SKILLS_SCRIPT})
  target_sources(${target} PRIVATE ${out})
endfunction()
