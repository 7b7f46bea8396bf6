/* migrated.c - the table `migration`: which steps this database has taken, and of which text.
 *
 * A step that was edited after it ran would make one schema on new databases and another on old ones, so each has
 * a checksum. Outside of quotes it does not count where lines are broken and how they are indented; all else does,
 * comments too. That column, and the next, may be NULL: programs of before, which may run beside this one, do not know
 * them. */
#include "migrated.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "fatal.h"
#include "log.h"
#include "siphash.h"

static SHAPE(migrated_shape, struct migrated,
	TEXT(struct migrated, name, "Which migration", .required = true),
	TIME(struct migrated, applied_at, "When it was applied"),
	TEXT(struct migrated, checksum, "What its text was"),
	TEXT(struct migrated, statements, "Which were found fine behind it"));

/* ---- Checksums ---- */

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Blanks, however many, are one, which is not the first. */
static char *squeeze_blanks(const char *from, size_t size, const char *begin, char *to)
{
	for (size_t i = 0; i < size; i++) {
		if (!is_blank(from[i]))
			*to++ = from[i];
		else if (to > begin && !is_blank(to[-1]))
			*to++ = ' ';
	}
	return to;
}

/* What is quoted stays as it is, and a comment of a line ends with it. */
static str squeeze(const char *sql, enum store_kind kind, char *begin)
{
	char *to = begin;
	struct text_part part;

	for (; (part = store_text_part(sql, kind)).size; sql += part.size) {
		if (part.kind == TEXT_SPACE || part.kind == TEXT_COMMENT)
			to = squeeze_blanks(sql, part.size, begin, to);
		else
			to = mempcpy(to, sql, part.size);
		if (part.kind == TEXT_COMMENT && *sql == '-')
			*(is_blank(to[-1]) ? &to[-1] : to++) = '\n';
	}
	while (to > begin && is_blank(to[-1]))
		to--;
	return (str) { begin, (size_t)(to - begin) };
}

/* Against slips, not against forgers. */
static void sum_up(const struct store *store, const struct migration *migration, char checksum[CHECKSUM_SIZE])
{
	static const uint64_t key[2];
	const char *sql = store->driver->script_of(migration);
	char *squeezed = malloc(2 * strlen(sql) + 1);   /* each "--" may have a line's end more */

	if (!squeezed)
		fatal();
	snprintf(checksum, CHECKSUM_SIZE, "%016" PRIx64, siphash(key, squeeze(sql, store->driver->kind, squeezed)));
	free(squeezed);
}

bool migrated_as_is(struct store *store, const struct migrated *ran, const struct migration *migration)
{
	char checksum[CHECKSUM_SIZE];

	sum_up(store, migration, checksum);
	if (!ran->checksum || strcmp(ran->checksum, checksum) == 0)
		return true;
	log_error("store: the migration %s was edited after it ran on this database: give it its old text back, and"
	          " write what is to change as a migration of its own, behind the others", migration->name);
	return false;
}

/* ---- The table ---- */

/* What an older table lacks is added. */
static const struct {
	const char *name, *add;
} columns[] = {
	{ "name", "create table migration (name text primary key, applied_at bigint not null)" },
	{ "checksum", "alter table migration add column checksum text" },
	{ "statements", "alter table migration add column statements text" },
};
#define COLUMNS ((int)(sizeof(columns) / sizeof(*columns)))

static bool is_there(const struct rows *there, const char *name)
{
	const struct migrated *column = there->first;

	for (int64_t i = 0; i < there->count; i++)
		if (strcmp(column[i].name, name) == 0)
			return true;
	return false;
}

/* The columns there are, as the names of structs migrated. */
static bool look(struct store *store, struct arena *arena, struct rows *there, bool *whole)
{
	const struct migrated table = { .name = "migration" };

	if (!(store_find)(store, arena, store->driver->columns, migrated_shape, &table, migrated_shape, there))
		return false;
	*whole = true;
	for (int i = 0; i < COLUMNS; i++)
		*whole = *whole && is_there(there, columns[i].name);
	return true;
}

/* Another process may have been quicker. */
static bool make(struct store *store, void *arena)
{
	struct rows there;
	bool whole;

	if (!look(store, arena, &there, &whole))
		return false;
	for (int i = 0; i < COLUMNS; i++)
		if (!is_there(&there, columns[i].name) && !store->driver->script(store, columns[i].add))
			return false;
	return true;
}

/* A role may be one that makes no tables. */
static bool try_to_make(struct store *store, struct arena *arena, bool there)
{
	store->hushed = true;
	bool made = store_transact(store, make, arena) == STORE_COMMITTED;
	store->hushed = false;
	if (made)
		return true;
	if (there)
		log_info("store: the table migration is one of an earlier version and can't be altered (%s): going on"
		         " without what would be noted there, until the command setup or another start may do it", store->why);
	else
		log_error("store: the table migration can't be made: %s; the first start, or the command setup, is for a role"
		          " that may make tables", store->why);
	return false;
}

/* Looked at first: on SQLite whoever might write, whether it does or not, first marks the file as its log's
 * (sqlite/stamp.c), for which it waits seven times for the disk. */
bool migrated_prepare(struct store *store, struct arena *arena, bool *whole)
{
	struct rows there;

	if (!look(store, arena, &there, whole))
		return false;
	*whole = *whole || try_to_make(store, arena, there.count);
	return *whole || there.count;
}

bool migrated_find(struct store *store, struct arena *arena, struct rows *known)
{
	return store_find(store, arena, "select name, applied_at, checksum, statements from migration order by name", NULL, NULL,
	                  migrated_shape, known);
}

static bool find_hushed(struct store *store, struct arena *arena, struct rows *known)
{
	store->hushed = true;
	bool found = migrated_find(store, arena, known);
	store->hushed = false;
	return found;
}

/* As a rule it is whole, and then nothing more is asked. */
bool migrated_read(struct store *store, struct arena *arena, struct rows *known, bool *whole)
{
	struct rows there;

	if ((*whole = find_hushed(store, arena, known)))
		return true;
	*known = (struct rows) { 0 };
	if (!look(store, arena, &there, whole))
		return false;
	if (*whole)
		return migrated_find(store, arena, known);
	return !there.count || store_find(store, arena, "select name, applied_at from migration", NULL, NULL,
	                                  migrated_shape, known);
}

const struct migrated *migrated_of(const struct rows *known, const struct migration *migration)
{
	const struct migrated *ran = known->first;

	for (int64_t i = 0; i < known->count; i++)
		if (strcmp(ran[i].name, migration->name) == 0)
			return &ran[i];
	return NULL;
}

bool migrated_add(struct store *store, const struct migration *migration)
{
	char checksum[CHECKSUM_SIZE];

	sum_up(store, migration, checksum);
	return store_change(store, "insert into migration (name, applied_at, checksum)"
	                    " values (:name, :applied_at, :checksum)", migrated_shape,
	                    &(struct migrated) { migration->name, now_ms(), checksum, NULL }) == 1;
}

/* ---- What saves time, or is of use some day ---- */

static bool write_hushed(struct store *store, const char *sql, const struct migrated *row)
{
	store->hushed = true;
	bool written = (store_change)(store, sql, migrated_shape, row) >= 0;
	store->hushed = false;
	return written;
}

void migrated_note(struct store *store, const struct migration *migration, const char *statements)
{
	if (!write_hushed(store, SQL("update migration set statements = :statements where name = :name", migrated_shape, NULL),
	                  &(struct migrated) { .name = migration->name, .statements = statements }))
		log_info("store: that the statements are sound can't be noted (%s), so the next start looks at them again, which"
		         " takes it a moment", store->why);
}

static bool lacks(const struct rows *known, const struct migration *migration)
{
	const struct migrated *ran = migrated_of(known, migration);

	return ran && !ran->checksum;
}

/* Each is right by itself. */
void migrated_complete(struct store *store, const struct rows *known, const struct migration *migrations)
{
	char checksum[CHECKSUM_SIZE];

	for (const struct migration *migration = migrations; migration->name; migration++) {
		if (!lacks(known, migration))
			continue;
		sum_up(store, migration, checksum);
		if (write_hushed(store, SQL("update migration set checksum = :checksum where name = :name and checksum is null",
		                            migrated_shape, NULL),
		                 &(struct migrated) { .name = migration->name, .checksum = checksum }))
			continue;
		log_info("store: which text the migrations had can't be noted (%s), so an edit of one is not noticed here",
		         store->why);
		return;
	}
}
