/* sqlite_place.h - putting a whole file in its place: written under another name first, then renamed. */
#ifndef SQLITE_PLACE_H
#define SQLITE_PLACE_H

#include "store_internal.h"

/* Says in copy->why that something can't be done with a file, and why: the system's reason where
 * `reason` is NULL. False. */
bool place_refuse(struct store_copy *copy, const char *what, const char *path, const char *reason);

/* "PATH.part-PID": where PATH is written first. False: the path is too long. */
#define PLACE_SIZE 4096
MUST_USE bool place_part(struct store_copy *copy, const char *path, char part[PLACE_SIZE]);
/* Creates it, to be closed by the caller: -1 and copy->why. Others than the group may not read it. */
int place_create(struct store_copy *copy, const char *part);
/* On the disk, and then under its name. */
MUST_USE bool place_finish(struct store_copy *copy, const char *part, const char *path);
/* What was written is not wanted. */
void place_remove(const char *part);
/* Names in its folder are on the disk. */
MUST_USE bool place_sync_folder(struct store_copy *copy, const char *path);

/* The database's path in the URL. */
const char *place_of_url(const char *url);

#endif
