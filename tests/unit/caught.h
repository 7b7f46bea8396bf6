/* caught.h - what is written to stderr meanwhile, and files of a test. */
#ifndef CAUGHT_H
#define CAUGHT_H

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "suite.h"

struct caught {
	FILE *file;
	int stderr_was;
};

static inline struct caught catch_stderr(void)
{
	struct caught caught = { tmpfile(), dup(STDERR_FILENO) };

	ck_assert_ptr_nonnull(caught.file);
	fflush(stderr);
	dup2(fileno(caught.file), STDERR_FILENO);
	return caught;
}

/* stderr is as it was; what came meanwhile is in `text`, as far as there is room. */
static inline void release_stderr(struct caught caught, char *text, size_t room)
{
	fflush(stderr);
	dup2(caught.stderr_was, STDERR_FILENO);
	close(caught.stderr_was);
	rewind(caught.file);
	text[fread(text, 1, room - 1, caught.file)] = '\0';
	fclose(caught.file);
}

/* A file with this text; its name, to be freed after unlink(). */
static inline char *file_with(const char *text)
{
	const char *folder = getenv("TMPDIR");
	size_t room = strlen(folder ? folder : "/tmp") + sizeof("/test_XXXXXX");
	char *path = malloc(room);

	ck_assert_ptr_nonnull(path);
	snprintf(path, room, "%s/test_XXXXXX", folder ? folder : "/tmp");
	int file = mkstemp(path);
	ck_assert_int_ge(file, 0);
	ck_assert_int_eq(write(file, text, strlen(text)), (ssize_t)strlen(text));
	close(file);
	return path;
}

#endif
