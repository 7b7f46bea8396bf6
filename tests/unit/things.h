/* things.h - a small database, for the tests of the store: a file of SQLite in a folder of its own,
 * or, where POSTGRES_URL is set (tests/postgres.sh does), a schema of its own on that server.
 *
 * `store` writes to it; begin() and end() go around every test. */
#ifndef THINGS_H
#define THINGS_H

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "databases.h"
#include "driver.h"
#include "store.h"
#include "store_internal.h"
#include "caught.h"

struct thing {
	const char *name;
	int64_t size;
	bool has_size;
	double weight;
	bool heavy;
	int64_t made_at;
	struct money price;
};

static SHAPE(thing_shape, struct thing,
	TEXT(struct thing, name, "Its name"),
	INT(struct thing, size, "Its size", OPTIONAL(struct thing, has_size)),
	REAL(struct thing, weight, "Its weight"),
	BOOL(struct thing, heavy, "Whether it is heavy"),
	TIME(struct thing, made_at, "When it was made"),
	MONEY(struct thing, price, "What it costs"));

struct number {
	int64_t value;
};

static UNUSED SHAPE(number_shape, struct number,
	INT(struct number, value, "A number"));

static const struct migration migrations[] = {
	{ "1-things",
	  "create table thing (name text primary key, size bigint check (size < 1000000), weight real,"
	  " heavy integer, made_at bigint, price bigint, price_currency text);"
	  "create table part (thing text not null references thing (name));", NULL },
	{ "2-count",
	  "create table count (things bigint not null);"
	  "insert into count values (0);"
	  "create trigger thing_count after insert on thing begin"
	  " update count set things = things + 1; select 1; end;",
	  "create table count (things bigint not null);"
	  "insert into count values (0);"
	  "create function count_up() returns trigger language plpgsql as $$ begin"
	  " update count set things = things + 1; return null; end; $$;"
	  "create trigger thing_count after insert on thing for each row"
	  " execute function count_up();" },
	{ 0 },
};

static const char insert_thing[] UNUSED =
	"insert into thing (name, size, weight, heavy, made_at, price, price_currency)"
	" values (:name, :size, :weight, :heavy, :made_at, :price, :price_currency)";
static const char find_thing[] UNUSED =
	"select name, size, weight, heavy, made_at, price, price_currency from thing"
	" where name = :name";
static const char find_all[] UNUSED = "select name, size, price_currency from thing order by name";
static const char count_things[] UNUSED = "select count(*) as value from thing";
static const char resize[] UNUSED = "update thing set size = :size where name = :name";

static char folder[64], url[256];
static struct store *store;
static struct arena *arena;

static inline const char *server(void)
{
	return getenv("POSTGRES_URL");
}

static inline bool on_postgres(void)
{
	return server() != NULL;
}

/* What a second connection is opened for to read: loops have none to PostgreSQL. */
static inline enum store_use reading(void)
{
	return on_postgres() ? STORE_WRITES : STORE_READS;
}

/* ---- Around every test ---- */

static inline int remove_one(const char *path, const struct stat *about, int kind, struct FTW *walk)
{
	(void)about, (void)kind, (void)walk;
	return remove(path);
}

static inline void remove_folder(void)
{
	nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static inline void run_script(const char *format, int number)
{
	char sql[64];
	struct store *admin = store_open(server(), STORE_WRITES);

	ck_assert_ptr_nonnull(admin);
	snprintf(sql, sizeof(sql), format, number);
	ck_assert(admin->driver->script(admin, sql));
	store_close(admin);
}

static int schemas UNUSED;

static inline void begin_schema(void)
{
	run_script("create schema t%d", ++schemas);
	snprintf(url, sizeof(url), "%s&options=-csearch_path%%3Dt%d", server(), schemas);
}

/* A database that is still empty. */
static inline void begin_empty(void)
{
	arena = arena_create();
	strcpy(folder, "/tmp/test_store_XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	snprintf(url, sizeof(url), "sqlite:%s/things.db", folder);
	if (on_postgres())
		begin_schema();
}

static inline void begin(void)
{
	begin_empty();
	store = store_open(url, STORE_WRITES);
	ck_assert_ptr_nonnull(store);
	ck_assert(store_migrate(store, migrations));
}

static inline void end(void)
{
	if (store)
		ck_assert(store_is_idle(store));
	store_close(store);
	store = NULL;
	arena_destroy(arena);
	if (on_postgres())
		run_script("drop schema t%d cascade", schemas);
	remove_folder();
}

/* What is logged while `run` runs. */
static char logged[4096] UNUSED;

static inline void catch_log(void (*run)(void))
{
	struct caught caught = catch_stderr();

	run();
	release_stderr(caught, logged, sizeof(logged));
}

static inline int64_t add(struct store *to, const char *name, int64_t size)
{
	return store_change(to, insert_thing, thing_shape,
	                    &(struct thing) { .name = name, .size = size, .has_size = true });
}

static inline int64_t count_in(struct store *in)
{
	struct number number = { -1 };

	ck_assert_int_eq(store_find_one(in, arena, count_things, NULL, NULL, number_shape, &number), 1);
	return number.value;
}

/* ---- A database that is asked to commit again and again ---- */

static int commits_to_fail;
static struct driver flaky;
static const struct driver *steady;

static inline void commit_or_fail(struct store *to)
{
	if (commits_to_fail-- <= 0) {
		steady->commit(to);
		return;
	}
	steady->take_back(to);
	store_failed(to, "commit", STORE_AGAIN, "another one was first");
}

static inline void make_flaky(struct store *which, int times)
{
	commits_to_fail = times;
	steady = which->driver;
	flaky = *steady;
	flaky.commit = commit_or_fail;
	which->driver = &flaky;
}

#endif
