/* migrated.h - the table `migration`: which steps this database has taken, and of which text. */
#ifndef MIGRATED_H
#define MIGRATED_H

#include "driver.h"

struct migrated {
	const char *name;
	int64_t applied_at;
	const char *checksum;           /* of the text that ran; NULL: a program of before ran it */
};

/* Sees to it that the table is there, with all its columns. */
MUST_USE bool migrated_prepare(struct store *store, struct arena *arena);
/* All rows, each a struct migrated. */
MUST_USE bool migrated_find(struct store *store, struct arena *arena, struct rows *known);
/* NULL: it did not run. */
const struct migrated *migrated_of(const struct rows *known, const struct migration *migration);
/* Whether it ran as it is written now. False: it was edited since, and the log says what to do. */
MUST_USE bool migrated_as_is(struct store *store, const struct migrated *ran, const struct migration *migration);
/* It has run, in the transaction at hand. */
MUST_USE bool migrated_add(struct store *store, const struct migration *migration);
/* Of those that a program of before ran, the text is from now on the one that this program has. */
MUST_USE bool migrated_complete(struct store *store, const struct rows *known, const struct migration *migrations);

#endif
