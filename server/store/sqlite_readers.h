/* sqlite_readers.h - connections that only read a file, lent for a statement at a time.
 *
 * There are as many as were needed at once, up to a bound; beyond it whoever wants one waits. The one
 * that was given back last is lent first, since what it keeps is warm. */
#ifndef SQLITE_READERS_H
#define SQLITE_READERS_H

#include "sqlite_connection.h"

struct readers;

struct readers *readers_create(void);
/* Closes them all: nobody has one. */
void readers_destroy(struct readers *readers);

/* One that was given back, within the time. NULL: it did not come; or, where `make` says so, there may
 * be one more: whoever is told so makes it, or tells with readers_not_made() that it could not. */
struct sqlite_connection *readers_take(struct readers *readers, int64_t timeout_ms, bool *make);
void readers_not_made(struct readers *readers);
void readers_give_back(struct readers *readers, struct sqlite_connection *connection);

#endif
