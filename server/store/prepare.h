/* prepare.h - the statements of a program (statement.h), prepared before it serves. */
#ifndef PREPARE_H
#define PREPARE_H

#include "store.h"

/* As a linker has collected them. */
struct statements {
	const struct store_statement *const *first, *const *end;
};
struct statements store_program_statements(void);
struct statements store_runtime_statements(void);

/* A line about one that can't be run: where it is written, how it begins, and why. */
typedef void store_wrong_fn(void *context, const char *line);

struct store_prepared {
	int fine, wrong;
};

/* Prepares all of them on a store with the program's tables, looks whether its role may run them, and runs none. False: the store could not, and has
 * logged why. */
MUST_USE bool store_prepare(struct store *store, struct statements all, store_wrong_fn *wrong, void *context,
                            struct store_prepared *done);

/* Looks only at that: a table that is not there is nobody's to forbid. */
MUST_USE bool store_may_run(struct store *store, struct statements all, store_wrong_fn *wrong, void *context,
                            struct store_prepared *done);

/* store_prepare() of at most so many, without the rights, beginning with the number `from`: with which to go on, 0
 * behind the last. -1: the store could not. */
int store_prepare_some(struct store *store, struct statements all, int from, int most, store_wrong_fn *wrong,
                       void *context);

/* store_prepare() behind store_migrate(), once: that all were fine is noted in the table `migration`, and holds until the
 * program is built anew, or the database is of another version, has taken another step or is asked by another role. */
MUST_USE bool store_prepare_once(struct store *store, const struct migration *migrations, struct statements all,
                                 store_wrong_fn *wrong, void *context, struct store_prepared *done);

/* Whether it is one of the program's, which were all sound behind store_prepare_once(): what is wrong with it now is
 * the database's. */
bool store_statement_was_sound(enum store_kind kind, const char *sql);

/* How many of the steps the database has not taken; -1: the store could not say. */
int store_migrations_left(struct store *store, const struct migration *migrations);
/* Takes all steps and notes none, on a database that is empty and will soon be gone. */
MUST_USE bool store_make_tables(struct store *store, const struct migration *migrations);

#endif
