/* skill.h - the skills extension inside the protocol layer: folders of instructions for a model.
 *
 * All files of all skills are read and checked at start and served from memory, so a URI can name
 * nothing else. They are kept in the order of their paths: what is below a folder stands together.
 * A skill is a folder with a SKILL.md, whose last name is the skill's; skills may be nested. */
#ifndef SKILL_H
#define SKILL_H

#include "call.h"

#define SKILLS_EXTENSION "io.modelcontextprotocol/skills"
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
	struct offer file;              /* any of the files, as far as a call is concerned */
};
extern struct skills served_skills;

/* The offer behind the URI of a file; NULL: there is none. */
const struct offer *skill_offer(str uri);
/* The first file whose URI is not before that text. */
int skill_file_place(str uri);
enum mcp_answer skill_read(struct mcp_call *call, const void *in, struct store *store);
void skills_stop(void);

/* The files below a folder, by their paths in it, ending with an empty entry. Names that begin with
 * a dot are left out. NULL, or what is wrong. */
const char *skill_folder_read(struct arena *arena, const char *folder,
                              const struct mcp_file **files);

/* ---- Methods ---- */

const struct fault *skills_list(struct mcp_call *call);
const struct fault *skills_get(struct mcp_call *call);
const struct fault *resources_directory_read(struct mcp_call *call);

#endif
