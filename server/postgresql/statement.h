/* statement.h - a statement of a connection: its text, what it takes and what it gives. */
#ifndef POSTGRES_STATEMENT_H
#define POSTGRES_STATEMENT_H

#include "postgresql_private.h"

#define STATEMENT_NAME_SIZE 16

struct statement {
	struct kept kept;
	char *text;                     /* as PostgreSQL takes it */
	char name[STATEMENT_NAME_SIZE];
	unsigned prepared_on;           /* the number of a connection; 0: on none */
	bool writes;
	bool cursor, open;              /* its rows come through one; which is open */
	int64_t away_until_ms;          /* on a loop: it was slow, or worse */
	int64_t alone_until_ms;         /* ... it, or one that was sent with it */
	int slow, quick;                /* how often lately it was so; answers in time since */

	int parameters;
	struct slot *bound;
	Oid *types;
	const char **values;
	int *sizes, *formats;
	uint64_t *numbers;              /* what values[] points to, where it is no text */

	int columns;                    /* -1: not known yet */
	struct slot *slots;
	PGresult *result;
	int row;                        /* the one at hand */
};

/* The kept one for a query that does not run now, or a new one. NULL: the program's mistake, store_misused() was
 * told. */
struct statement *statement_for(struct postgres *postgres, const struct query *query);
/* A new one that is not kept. NULL: the program's mistake, in `why`. */
struct statement *statement_make(struct postgres *postgres, const struct query *query, struct store_why *why);
void statement_free(struct statement *statement);
/* The server forgets it, too. */
void statement_deallocate(struct postgres *postgres, struct statement *statement);
/* A name that no statement had on any connection. */
void statement_rename(struct postgres *postgres, struct statement *statement);
void statement_bind(struct statement *statement, const void *of);
/* Finds the places of its result's columns, once it has one. False as above. */
MUST_USE bool statement_map(struct statement *statement, struct store_why *why);
MUST_USE bool statement_map_columns(struct store *store, struct statement *statement);

#endif
