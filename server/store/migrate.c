/* migrate.c - brings the schema up to date, one step a transaction.
 *
 * Several processes may do it at once: a driver keeps the others out, or each step, holding the
 * database's write lock, looks again whether another one took it meanwhile. */
#include "driver.h"
#include "log.h"

struct applied {
	const char *name;
	int64_t applied_at;
};

static SHAPE(applied_shape, struct applied,
	TEXT(struct applied, name, "Which migration", .required = true),
	TIME(struct applied, applied_at, "When it was applied"));

static bool is_applied(const struct rows *known, const char *name)
{
	const struct applied *applied = known->first;

	for (int64_t i = 0; i < known->count; i++)
		if (strcmp(applied[i].name, name) == 0)
			return true;
	return false;
}

static bool find_applied(struct store *store, struct arena *arena, struct rows *known)
{
	return store_find(store, arena, "select name, applied_at from migration", NULL, NULL,
	                  applied_shape, known);
}

struct step_work {
	const struct migration *migration;
	struct arena *arena;
	bool was_there;
};

static bool take_step(struct store *store, void *context)
{
	struct step_work *work = context;
	struct rows known;

	if (!find_applied(store, work->arena, &known))
		return false;
	work->was_there = is_applied(&known, work->migration->name);
	if (work->was_there)
		return true;
	struct applied applied = { work->migration->name, now_ms() };
	return store->driver->script(store, store->driver->script_of(work->migration))
	       && store_change(store, "insert into migration (name, applied_at)"
	                       " values (:name, :applied_at)", applied_shape, &applied) == 1;
}

static bool migrate_one(struct store *store, struct arena *arena,
                        const struct migration *migration)
{
	struct step_work work = { migration, arena, false };

	if (store_transact(store, take_step, &work) != STORE_COMMITTED) {
		log_error("store: the migration %s could not be applied", migration->name);
		return false;
	}
	if (!work.was_there)
		log_info("store: applied the migration %s", migration->name);
	return true;
}

/* Old and new tasks overlap while a deployment goes on, so a newer schema is nothing unusual. */
static void mention_newer(const struct rows *known, const struct migration *migrations)
{
	const struct applied *applied = known->first;
	int64_t newer = known->count;

	for (int64_t i = 0; i < known->count; i++)
		for (const struct migration *migration = migrations; migration->name; migration++)
			newer -= strcmp(applied[i].name, migration->name) == 0;
	if (newer)
		log_info("store: the database has %lld migrations that this program does not know; a newer"
		         " version made them, going on", (long long)newer);
}

/* 1, 0, -1: the store failed. */
static int has_table(struct store *store, struct arena *arena)
{
	struct applied first;

	return store_find_one(store, arena, "select name from sqlite_master where type = 'table'"
	                      " and name = 'migration'", NULL, NULL, applied_shape, &first);
}

/* On SQLite whoever might write, whether it does or not, first marks the file as its log's (sqlite/stamp.c),
 * for which it waits seven times for the disk: not at each start. */
static bool make_table(struct store *store, struct arena *arena)
{
	int there = store_kind(store) == STORE_SQLITE ? has_table(store, arena) : 0;

	return there > 0
	       || (there == 0
	           && store->driver->script(store, "create table if not exists migration (name text"
	                                    " primary key, applied_at bigint not null)"));
}

static bool take_steps(struct store *store, struct arena *arena,
                       const struct migration *migrations)
{
	struct rows known;

	if (!make_table(store, arena) || !find_applied(store, arena, &known))
		return false;
	for (const struct migration *migration = migrations; migration->name; migration++)
		if (!is_applied(&known, migration->name) && !migrate_one(store, arena, migration))
			return false;
	mention_newer(&known, migrations);
	return true;
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
