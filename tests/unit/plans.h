/* plans.h - how the database goes about the lists that tools read: each by an index that has their order, so that a
 * page costs no more where there is more. Between watch_plans() and keep_to_indexes() every statement that
 * orders its rows, or has a condition that a test names, is explained as it begins, with its own parameters; on PostgreSQL
 * keep_to_indexes() does so once more without any, for the plan that a prepared statement ends up with. */
#ifndef PLANS_H
#define PLANS_H

#include "driver.h"
#include "tools.h"

struct plan_row {
	int64_t id, parent, notused;
	const char *detail;
};

static const struct shape plan_shape = { sizeof(struct plan_row), (const struct field[]) {
	INT(struct plan_row, id, "SQLite's"),
	INT(struct plan_row, parent, "SQLite's"),
	INT(struct plan_row, notused, "SQLite's"),
	TEXT(struct plan_row, detail, "SQLite's"),
	{ .name = "QUERY PLAN", .type = FIELD_TEXT, .offset = offsetof(struct plan_row, detail) },
	{ 0 } } };

/* Statements are known by their address, so what explains one stays where it is, to the end. */
static struct { const char *sql; char *explains; } explained[64];
static const struct driver *unwatched;
static struct driver watched;
static int plans_seen;

static inline const char *explaining(struct store *store, const char *sql)
{
	int i = 0;

	while (i < COUNT(explained) && explained[i].sql && explained[i].sql != sql)
		i++;
	ck_assert_int_lt(i, COUNT(explained));
	if (!explained[i].sql) {
		size_t size = strlen(sql) + 32;
		explained[i].sql = sql;
		explained[i].explains = malloc(size);
		ck_assert_ptr_nonnull(explained[i].explains);
		snprintf(explained[i].explains, size, "%s%s", store_kind(store) == STORE_SQLITE
		         ? "explain query plan " : "explain (costs off) ", sql);
	}
	return explained[i].explains;
}

/* Where a statement has the condition `of`, the index is one that begins with this column. */
static const struct narrowing { const char *of, *column; } *narrowings;

/* What is wrong with the first plan that is. NULL: nothing yet. */
static const char *plan_trouble;

static inline const char *trouble_of_plan(const char *plan, const char *sql)
{
	/* On SQLite what is not read in its order from an index is sorted, so a scan is one of an index. */
	static const char *const bad[] = { "TEMP B-TREE", "Sort", "Seq Scan", "Bitmap" };

	for (int i = 0; i < COUNT(bad); i++)
		if (strstr(plan, bad[i]))
			return bad[i];
	for (const struct narrowing *by = narrowings; by && by->of; by++)
		if (strstr(sql, by->of) && !strstr(plan, arena_print(arena, "(%s=?", by->column)) &&
		    !strstr(plan, arena_print(arena, "Index Cond: ((%s = ", by->column)) &&
		    !strstr(plan, arena_print(arena, "Index Cond: (%s = ", by->column)))
			return arena_print(arena, "not by %s", by->column);
	return *plan ? NULL : "there is none";
}

static inline void look_at_plan(const char *plan, const char *sql)
{
	const char *trouble = trouble_of_plan(plan, sql);

	plans_seen++;
	if (trouble && !plan_trouble)
		plan_trouble = arena_print(arena, "%s: the plan of\n%s\n%s", trouble, sql, plan);
}

static inline bool is_watched(const char *sql)
{
	for (const struct narrowing *by = narrowings; by && by->of; by++)
		if (strstr(sql, by->of))
			return true;
	return strstr(sql, " order by ") && strncmp(sql, "select ", 7) == 0;
}

static inline struct statement *begin_explained(struct store *store, const struct query *query)
{
	if (is_watched(query->sql)) {
		struct query about = *query;
		struct plan_row row = { 0 };
		const char *plan = "";
		about.sql = explaining(store, query->sql);
		about.out = &plan_shape;
		about.each = false;
		struct statement *statement = unwatched->begin(store, &about);
		if (!statement)
			return NULL;
		store->running++;
		while (unwatched->step(store, statement) == STEP_ROW) {
			unwatched->read(statement, arena, &row);
			plan = arena_print(arena, "%s%s\n", plan, row.detail);
			row = (struct plan_row) { 0 };
		}
		unwatched->end(store, statement);
		store->running--;
		look_at_plan(plan, query->sql);
	}
	return unwatched->begin(store, query);
}

/* `by` ends with zeroes. */
static inline void watch_plans(struct program *program, const struct narrowing *by)
{
	narrowings = by;
	unwatched = program->store->driver;
	watched = *unwatched;
	watched.begin = begin_explained;
	program->store->driver = &watched;
	plans_seen = 0;
	plan_trouble = NULL;
}

struct prepared_plan {
	const char *statement, *plan;
};

static SHAPE(prepared_plan_shape, struct prepared_plan,
	TEXT(struct prepared_plan, statement, "Its text"),
	TEXT(struct prepared_plan, plan, "Its lines"));

/* Of what this connection has prepared: PostgreSQL's generic plans. */
static inline void look_at_generic_plans(struct program *program)
{
	ROWS(struct prepared_plan) rows;

	run_sql(program, "create or replace function generic_plan(name text, parameters int) returns text"
	        " language plpgsql set plan_cache_mode = force_generic_plan as $$"
	        " declare line text; lines text := ''; begin"
	        " for line in execute 'explain (costs off) execute ' || name || case when parameters > 0"
	        "  then '(null' || repeat(', null', parameters - 1) || ')' else '' end"
	        " loop lines := lines || line || chr(10); end loop;"
	        " return lines; end $$");
	ck_assert(store_find(program->store, arena, "select statement, generic_plan(name,"
	                     " cardinality(parameter_types)) as plan from pg_prepared_statements"
	                     " where statement like 'select % order by %'"
	                     " and statement not like '%pg_prepared_statements%'",
	                     NULL, NULL, prepared_plan_shape, &rows));
	for (int64_t i = 0; i < rows.count; i++) {
		const struct prepared_plan *prepared = &rows.first[i];
		look_at_plan(prepared->plan, prepared->statement);
	}
	ck_assert_int_gt(rows.count, 0);
}

/* Ends what watch_plans() began. `seen`: how many statements there were that order their rows. */
static inline void keep_to_indexes(struct program *program, int seen)
{
	program->store->driver = unwatched;
	ck_assert_int_eq(plans_seen, seen);
	if (store_kind(program->store) == STORE_POSTGRESQL)
		look_at_generic_plans(program);
	ck_assert_msg(!plan_trouble, "%s", plan_trouble);
}

#endif
