/* skill.h - skills: folders of instructions for a model, as a server has them.
 *
 * All files of all skills are read and checked at start and served from memory, so a URI can name
 * nothing else. They are kept in the order of their paths: what is below a folder stands together.
 * A skill is a folder with a SKILL.md, whose last name is the skill's; skills may be nested. */
#ifndef SKILL_H
#define SKILL_H

#include "mcp.h"

#define SKILL_SCHEME "skill://"

struct skill_file {
	const char *uri;                /* skill://choose-a-gift/references/occasions.md */
	str bytes;
	const char *mime;
	bool is_text;
	const struct skill *skill;      /* whose SKILL.md it is; NULL: another file */
};

struct skill {
	const char *uri;                /* of its SKILL.md */
	const char *name, *about;
	str entry;                      /* JSON, as skills/list has it */
};

struct skills {
	struct arena *arena;
	struct skill_file *files;
	int file_count;
	struct skill *first;
	int count;
};
extern struct skills served_skills;

/* Reads the skills: those in `folder` (SKILLS), or without one those that the program ships. NULL,
 * or what is wrong. They are there until skills_stop(). */
const char *skills_read(const struct mcp_file *shipped, const char *folder);
void skills_stop(void);

/* The first file whose URI is not before that text. */
int skill_file_place(str uri);
/* The file of that URI; NULL: there is none. */
const struct skill_file *skill_file_find(str uri);

/* The files below a folder, by their paths in it, ending with an empty entry. Names that begin with
 * a dot are left out. NULL, or what is wrong. */
const char *skill_folder_read(struct arena *arena, const char *folder,
                              const struct mcp_file **files);

#endif
