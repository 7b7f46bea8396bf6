/* importing.h - the command import of a program, for tests: what it says and with what it ends. */
#ifndef IMPORTING_H
#define IMPORTING_H

#include "caught.h"
#include "tools.h"

static char complaints[4096];           /* stderr of the last */

/* `words` are separated by a space; FILE in them stands for a file with this text. */
static inline int import_text(struct program *program, int (*import)(struct store *, int, char **),
                              const char *words, const char *text)
{
	char *path = file_with(text), *argv[8] = { (char[]) { "import" } };
	int argc = 1;

	for (str rest = str_of(words); rest.size; argc++) {
		str word = str_cut(&rest, ' ');
		argv[argc] = str_is(word, "FILE") ? path : arena_copy(arena, word);
	}
	struct caught caught = catch_stderr();
	int status = import(program->store, argc, argv);
	release_stderr(caught, complaints, sizeof(complaints));
	unlink(path);
	free(path);
	return status;
}

#endif
