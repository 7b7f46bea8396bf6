/* place.h - putting a whole file in its place: written under another name first, then renamed. */
#ifndef SQLITE_PLACE_H
#define SQLITE_PLACE_H

#include "sqlite.h"

/* Says in copy->why that something can't be done with a file, and why: the system's reason where
 * `reason` is NULL. False. */
bool place_refuse(struct store_copy *copy, const char *what, const char *path, const char *reason);

#define PLACE_SIZE 4096

/* The file that a name stands for, links followed: what is put there must not take the link's place. It
 * need not be there yet. False: it is something else than a file, and nothing to be put in its place. */
MUST_USE bool place_real(struct store_copy *copy, const char *path, char real[PLACE_SIZE]);

/* "PATH.part-" and a random number: where PATH is written first. Not the process's, which is 1 in every
 * container: what another left under that name would be brought in. False: the path is too long. */
MUST_USE bool place_part(struct store_copy *copy, const char *path, char part[PLACE_SIZE]);
/* Creates it, to be closed by the caller: -1 and copy->why. Others than the group may not read it. */
int place_create(struct store_copy *copy, const char *part);
/* It is on the disk, still under the name it was written under. */
MUST_USE bool place_sync(struct store_copy *copy, const char *part);
/* And then under its own. */
MUST_USE bool place_finish(struct store_copy *copy, const char *part, const char *path);
/* What was written is not wanted. */
void place_remove(const char *part);
/* Names in its folder are on the disk. */
MUST_USE bool place_sync_folder(struct store_copy *copy, const char *path);

#endif
