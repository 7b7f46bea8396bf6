/* secret_file.h - small files that hold secrets, read into an arena of arena_create_secret(). */
#ifndef SECRET_FILE_H
#define SECRET_FILE_H

#include "core.h"

enum secret_file { SECRET_FILE_READ, SECRET_FILE_ABSENT, SECRET_FILE_WRONG };

/* WRONG: *wrong says why, with its path. It waits for nobody: of a pipe nothing is read. */
enum secret_file secret_file_read(struct arena *arena, const char *path, size_t max, str *text, const char **wrong);

#endif
