/* migrated.h - the table `migration`: which steps this database has taken, and of which text. */
#ifndef MIGRATED_H
#define MIGRATED_H

#include "driver.h"

#define CHECKSUM_SIZE 17

struct migrated {
	const char *name;
	int64_t applied_at;
	const char *checksum;           /* of the text that ran; NULL: a program of before ran it */
	const char *statements;         /* of those that were fine behind it, see prepare.h; NULL: none were */
};

/* Sees to it that the table is there, with all its columns. False: it is not there, and can't be made. One of before,
 * with fewer, stays where this store may not alter it: then nothing is noted in it. */
MUST_USE bool migrated_prepare(struct store *store, struct arena *arena, bool *whole);
/* All rows of a whole table, each a struct migrated. */
MUST_USE bool migrated_find(struct store *store, struct arena *arena, struct rows *known);
/* The same as far as the table goes, which is left as it is: of one of before, without what that lacks. */
MUST_USE bool migrated_read(struct store *store, struct arena *arena, struct rows *known, bool *whole);
/* NULL: it did not run. */
const struct migrated *migrated_of(const struct rows *known, const struct migration *migration);
/* Whether it ran as it is written now. False: it was edited since, and the log says what to do. */
MUST_USE bool migrated_as_is(struct store *store, const struct migrated *ran, const struct migration *migration);
/* It has run, in the transaction at hand. */
MUST_USE bool migrated_add(struct store *store, const struct migration *migration);
/* Where the store may not write that is said, and costs time at the next start. */
void migrated_note(struct store *store, const struct migration *migration, const char *statements);
/* Of those that a program of before ran, the text is from now on the one that this program has. The same holds. */
void migrated_complete(struct store *store, const struct rows *known, const struct migration *migrations);

#endif
