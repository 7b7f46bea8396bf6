/* tools_database.c - see tools.h: where the programs' rows are. */
#include "tools.h"

#include <ftw.h>
#include <unistd.h>

#include "driver.h"

static char folder[128];

void run_sql(struct program *program, const char *format, ...)
{
	va_list list;

	va_start(list, format);
	const char *sql = arena_print_list(arena, format, list);
	va_end(list);
	ck_assert_msg(program->store->driver->script(program->store, sql), "%s", sql);
}

struct probe { int64_t value; };
static SHAPE(probe_shape, struct probe, INT(struct probe, value, "A number"));

/* Through a table, since a statement must not change its text. */
int64_t find_number(struct program *program, const char *format, ...)
{
	struct probe probe = { 0 };
	va_list list;

	va_start(list, format);
	const char *sql = arena_print_list(arena, format, list);
	va_end(list);
	run_sql(program, "delete from probe");
	run_sql(program, "insert into probe %s", sql);
	ck_assert_int_ge(store_find_one(program->store, arena,
	                                "select coalesce(max(value), 0) as value from probe", NULL,
	                                NULL, probe_shape, &probe), 0);
	return probe.value;
}

static void place_program(struct program *program)
{
	const char *server = getenv("POSTGRES_URL");

	if (!server) {
		snprintf(program->url, sizeof(program->url), "sqlite:%s/%s.db", folder,
		         program->name);
		return;
	}
	char sql[64];
	struct store *admin = store_open(server, STORE_WRITES);
	ck_assert_ptr_nonnull(admin);
	snprintf(sql, sizeof(sql), "create schema %s", program->name);
	ck_assert(admin->driver->script(admin, sql));
	store_close(admin);
	snprintf(program->url, sizeof(program->url), "%s&options=-csearch_path%%3D%s", server,
	         program->name);
}

static int remove_one(const char *path, const struct stat *about UNUSED, int kind UNUSED,
                      struct FTW *walk UNUSED)
{
	return remove(path);
}

static struct program *opened[2];
static int opened_count;

static void close_programs(void)
{
	for (int i = 0; i < opened_count; i++)
		store_close(opened[i]->store);
	nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static void open_program(struct program *program)
{
	if (opened_count == 0) {
		snprintf(folder, sizeof(folder), "%s/test_tools_XXXXXX", getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");
		ck_assert_ptr_nonnull(mkdtemp(folder));
		atexit(close_programs);
	}
	place_program(program);
	program->store = store_open(program->url, STORE_WRITES);
	ck_assert_ptr_nonnull(program->store);
	ck_assert(store_migrate(program->store, program->migrations));
	run_sql(program, "create table probe (value bigint)");
	if (!getenv("POSTGRES_URL"))
		run_sql(program, "pragma synchronous = off");
	opened[opened_count++] = program;
}

void empty_program(struct program *program)
{
	if (!program->store)
		open_program(program);
	run_sql(program, "%s", program->empty);
	if (program->empty_sqlite && store_kind(program->store) == STORE_SQLITE)
		run_sql(program, "%s", program->empty_sqlite);
}
