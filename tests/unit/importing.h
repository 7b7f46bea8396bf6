/* importing.h - the command import of a program, for tests: what it says and with what it ends. */
#ifndef IMPORTING_H
#define IMPORTING_H

#include <unistd.h>

#include "tools.h"

static char complaints[4096];           /* stderr of the last */

/* `words` are separated by a space; FILE in them stands for a file with this text. */
static inline int import_text(struct program *program, int (*import)(struct store *, int, char **),
                              const char *words, const char *text)
{
	char path[] = "/tmp/test_import_XXXXXX", *argv[8] = { (char[]) { "import" } };
	int argc = 1, file = mkstemp(path), stderr_was = dup(STDERR_FILENO);
	FILE *told = tmpfile();

	ck_assert(told && file >= 0 && write(file, text, strlen(text)) == (ssize_t)strlen(text));
	close(file);
	for (str rest = str_of(words); rest.size; argc++) {
		str word = str_cut(&rest, ' ');
		argv[argc] = str_is(word, "FILE") ? path : arena_copy(arena, word);
	}
	fflush(stderr);
	dup2(fileno(told), STDERR_FILENO);
	int status = import(program->store, argc, argv);
	fflush(stderr);
	dup2(stderr_was, STDERR_FILENO);
	close(stderr_was);
	rewind(told);
	complaints[fread(complaints, 1, sizeof(complaints) - 1, told)] = '\0';
	fclose(told);
	unlink(path);
	return status;
}

#endif
