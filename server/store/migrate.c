/* migrate.c - brings the schema up to date, one step a transaction.
 *
 * Several processes may do it at once: a driver keeps the others out, or each step, holding the
 * database's write lock, looks again whether another one took it meanwhile. */
#include "log.h"
#include "migrated.h"
#include "prepare.h"

struct step_work {
	const struct migration *migration;
	struct arena *arena;
	bool was_there;
};

static bool take_step(struct store *store, void *context)
{
	struct step_work *work = context;
	struct rows known;

	if (!migrated_find(store, work->arena, &known))
		return false;
	const struct migrated *ran = migrated_of(&known, work->migration);
	work->was_there = ran;
	if (ran)
		return migrated_as_is(store, ran, work->migration);
	return store->driver->script(store, store->driver->script_of(work->migration))
	       && migrated_add(store, work->migration);
}

/* Those of one go, which is a line in the log: a new database takes many. */
struct applied {
	const char *first, *last;
	int count;
};

static void mention_applied(const struct applied *applied)
{
	if (applied->count == 1)
		log_info("store: applied the migration %s", applied->first);
	else if (applied->count > 1)
		log_info("store: applied %d migrations, %s to %s", applied->count, applied->first, applied->last);
}

static bool migrate_one(struct store *store, struct arena *arena,
                        const struct migration *migration, struct applied *applied)
{
	struct step_work work = { migration, arena, false };

	if (store_transact(store, take_step, &work) != STORE_COMMITTED) {
		log_error("store: the migration %s could not be applied%s", migration->name, store->use == STORE_WRITES
		          && store->driver->blocks && store_refused(store) ? "; a role that may not make tables leaves that to"
		          " the command setup, or to a start as their owner" : "");
		return false;
	}
	if (work.was_there)
		return true;
	applied->last = migration->name;
	if (applied->count++ == 0)
		applied->first = migration->name;
	return true;
}

/* Old and new tasks overlap while a deployment goes on, so a newer schema is nothing unusual. */
static void mention_newer(const struct rows *known, const struct migration *migrations)
{
	int64_t newer = known->count;

	for (const struct migration *migration = migrations; migration->name; migration++)
		newer -= migrated_of(known, migration) != NULL;
	if (newer)
		log_info("store: the database has %lld migrations that this program does not know; a newer"
		         " version made them, going on", (long long)newer);
}

/* All that are not are told. */
static bool are_as_they_ran(struct store *store, const struct rows *known, const struct migration *migrations)
{
	bool same = true;

	for (const struct migration *migration = migrations; migration->name; migration++) {
		const struct migrated *ran = migrated_of(known, migration);
		same = (!ran || migrated_as_is(store, ran, migration)) && same;
	}
	return same;
}

static int count_left(const struct rows *known, const struct migration *migrations)
{
	int left = 0;

	for (; migrations->name; migrations++)
		left += !migrated_of(known, migrations);
	return left;
}

/* By a role that may not alter the table, and so not much else. */
static bool are_taken(const struct rows *known, const struct migration *migrations)
{
	int left = count_left(known, migrations);

	if (left)
		log_error("store: %d migration%s still to run, which is for the command setup, or a start as the tables'"
		          " owner", left, left == 1 ? " has" : "s have");
	return !left;
}

static bool take_steps(struct store *store, struct arena *arena,
                       const struct migration *migrations)
{
	struct applied applied = { 0 };
	struct rows known;
	bool whole, done = true;

	if (!migrated_prepare(store, arena, &whole) || !migrated_read(store, arena, &known, &whole)
	    || !are_as_they_ran(store, &known, migrations) || (!whole && !are_taken(&known, migrations)))
		return false;
	if (whole)
		migrated_complete(store, &known, migrations);
	for (const struct migration *migration = migrations; done && migration->name; migration++)
		done = migrated_of(&known, migration) || migrate_one(store, arena, migration, &applied);
	mention_applied(&applied);
	if (done)
		mention_newer(&known, migrations);
	return done;
}

static bool migrate(struct store *store, struct arena *arena, const struct migration *migrations)
{
	bool (*migrating)(struct store *, bool) = store->driver->migrating;

	if (migrating && !migrating(store, true))
		return false;
	bool done = take_steps(store, arena, migrations);
	if (migrating)
		(void)migrating(store, false);
	return done;
}

bool store_migrate(struct store *store, const struct migration *migrations)
{
	if (store->use == STORE_READS) {
		store_misused(store, NULL, "store_migrate() with a store that only reads");
		return false;
	}
	struct arena *arena = arena_create();
	bool done = migrate(store, arena, migrations);
	arena_destroy(arena);
	return done;
}

/* ---- Without a change ---- */

int store_migrations_left(struct store *store, const struct migration *migrations)
{
	struct arena *arena = arena_create();
	struct rows known;
	int left = -1;
	bool whole;

	if (migrated_read(store, arena, &known, &whole) && are_as_they_ran(store, &known, migrations))
		left = count_left(&known, migrations);
	arena_destroy(arena);
	return left;
}

bool store_make_tables(struct store *store, const struct migration *migrations)
{
	for (; migrations->name; migrations++)
		if (!store->driver->script(store, store->driver->script_of(migrations)))
			return false;
	return true;
}
