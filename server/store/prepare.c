/* prepare.c - the statements of a program, prepared before it serves. */
#include "prepare.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>

#include "build.h"
#include "mcp_version.h"
#include "migrated.h"
#include "siphash.h"

/* ---- Which there are ---- */

/* The linker's names for where the section begins and ends; a program without statements has none. */
extern const struct store_statement *const __start_store_statements[] __attribute__((weak));
extern const struct store_statement *const __stop_store_statements[] __attribute__((weak));

struct statements store_program_statements(void)
{
	return (struct statements) { __start_store_statements, __stop_store_statements };
}

/* Every program has some. */
extern const struct store_statement *const __start_runtime_statements[] __attribute__((weak));
extern const struct store_statement *const __stop_runtime_statements[] __attribute__((weak));

struct statements store_runtime_statements(void)
{
	return (struct statements) { __start_runtime_statements, __stop_runtime_statements };
}

typedef bool text_fn(void *context, const struct store_statement *statement, const char *sql);

static bool each_of_table(const struct store_statement *statement, enum store_kind kind, text_fn *each, void *context)
{
	int count = statement->halves ? statement->count / 2 : statement->count;
	const char *const *texts = statement->table + (statement->halves && kind == STORE_POSTGRESQL ? count : 0);

	for (int i = 0; i < count; i++)
		if (texts[i] && !each(context, statement, texts[i]))
			return false;
	return true;
}

static bool each_text(struct statements all, enum store_kind kind, text_fn *each, void *context)
{
	for (const struct store_statement *const *at = all.first; at < all.end; at++) {
		const char *sql = (*at)->sql[kind];
		if (sql && !each(context, *at, sql))
			return false;
		if (!each_of_table(*at, kind, each, context))
			return false;
	}
	return true;
}

/* ---- Preparing ---- */

struct preparing {
	struct store *store;
	store_wrong_fn *wrong;
	void *context;
	bool tables, rights;            /* what is looked at: whether it fits the tables, and whether the role may run it */
	struct store_prepared done;
};

static void tell(struct preparing *at, const struct store_statement *statement, const char *sql, const char *why)
{
	char text[STORE_WHOLE_SIZE], line[STORE_WHOLE_SIZE + 512];

	store_shorten_to(STORE_WHOLE, sql, text);
	snprintf(line, sizeof(line), "%s: %s:%d: %s: %s", at->store->driver->scheme, statement->file,
	         statement->line, text, why);
	at->wrong(at->context, line);
}

static bool may(const struct preparing *at, const struct query *query, struct store_why *why)
{
	const struct driver *driver = at->store->driver;

	return !at->rights || !driver->may || driver->may(at->store, query, why);
}

static bool prepare(void *context, const struct store_statement *statement, const char *sql)
{
	struct preparing *at = context;
	struct store_why why = { "" };
	const struct query query = { .sql = sql, .in = statement->in, .out = statement->out };

	if (at->tables && !at->store->driver->prepare(at->store, &query, statement->changes, &why))
		return false;
	if (!*why.text && !may(at, &query, &why))
		return false;
	if (*why.text) {
		tell(at, statement, sql, why.text);
		at->done.wrong++;
	} else {
		at->done.fine++;
	}
	return true;
}

bool store_prepare(struct store *store, struct statements all, store_wrong_fn *wrong, void *context,
                   struct store_prepared *done)
{
	struct preparing at = { .store = store, .wrong = wrong, .context = context, .tables = true, .rights = true };
	bool prepared = each_text(all, store->driver->kind, prepare, &at);

	*done = at.done;
	return prepared;
}

bool store_may_run(struct store *store, struct statements all, store_wrong_fn *wrong, void *context,
                   struct store_prepared *done)
{
	struct preparing at = { .store = store, .wrong = wrong, .context = context, .rights = true };
	bool prepared = each_text(all, store->driver->kind, prepare, &at);

	*done = at.done;
	return prepared;
}

struct some {
	struct preparing at;
	int number, from, to;
	bool failed;
};

/* False ends it: behind those that were wanted, or where the store could not. */
static bool prepare_wanted(void *context, const struct store_statement *statement, const char *sql)
{
	struct some *some = context;
	int number = some->number++;

	if (number < some->from)
		return true;
	if (number >= some->to)
		return false;
	some->failed = !prepare(&some->at, statement, sql);
	return !some->failed;
}

int store_prepare_some(struct store *store, struct statements all, int from, int most, store_wrong_fn *wrong,
                       void *context)
{
	struct some some = {
		.at = { .store = store, .wrong = wrong, .context = context, .tables = true }, .from = from, .to = from + most
	};
	bool ended = each_text(all, store->driver->kind, prepare_wanted, &some);

	return some.failed ? -1 : ended ? 0 : some.to;
}

/* ---- What was sound ---- */

static atomic_bool all_sound;           /* when the program began */

struct sought {
	const char *sql;
	bool found;
};

static bool is_sought(void *context, const struct store_statement *statement, const char *sql)
{
	struct sought *sought = context;

	(void)statement;
	sought->found = strcmp(sql, sought->sql) == 0;
	return !sought->found;
}

bool store_statement_was_sound(enum store_kind kind, const char *sql)
{
	struct sought sought = { .sql = sql };

	if (atomic_load(&all_sound))
		(void)each_text(store_program_statements(), kind, is_sought, &sought);
	return sought.found;
}

/* ---- Once ---- */

struct sum {
	uint64_t so_far;
	int count;
};

static void add(struct sum *sum, const char *text)
{
	sum->so_far = siphash((const uint64_t[]) { sum->so_far, 0 }, str_of(text ? text : ""));
}

static void add_shape(struct sum *sum, const struct shape *shape)
{
	add(sum, shape ? "(" : "-");
	for (const struct field *field = shape ? shape->fields : NULL; field && field->name; field++) {
		add(sum, field->name);
		sum->so_far += (uint64_t)field->type;
	}
}

static bool add_statement(void *context, const struct store_statement *statement, const char *sql)
{
	struct sum *sum = context;

	add(sum, sql);
	add(sum, statement->changes ? "changes" : "");
	add_shape(sum, statement->in);
	add_shape(sum, statement->out);
	sum->count++;
	return true;
}

/* Another build or database may take other statements. */
static struct sum sum_up(struct store *store, struct arena *arena, struct statements all, const struct rows *known)
{
	const struct migrated *ran = known->first;
	struct sum sum = { 0 };

	add(&sum, version_with_build(arena, MCP_VERSION));
	add(&sum, store->driver->version(store));
	for (int64_t i = 0; i < known->count; i++) {
		add(&sum, ran[i].name);
		add(&sum, ran[i].checksum);
	}
	(void)each_text(all, store->driver->kind, add_statement, &sum);
	return sum;
}

/* Noted beside the latest step of the program's, so that others, of before or to come, have a place of their own. */
static const struct migration *latest(const struct migration *migrations)
{
	while (migrations->name && migrations[1].name)
		migrations++;
	return migrations->name ? migrations : NULL;
}

static bool prepare_unless_noted(struct store *store, struct arena *arena, const struct migration *last,
                                 struct statements all, struct preparing *at)
{
	struct rows known;
	char noted[CHECKSUM_SIZE];
	bool whole;

	if (!migrated_read(store, arena, &known, &whole))
		return false;
	const struct migrated *ran = migrated_of(&known, last);
	struct sum sum = sum_up(store, arena, all, &known);
	snprintf(noted, sizeof(noted), "%016" PRIx64, sum.so_far);
	at->done.fine = sum.count;
	if (ran && ran->statements && strcmp(ran->statements, noted) == 0)
		return true;
	if (!store_prepare(store, all, at->wrong, at->context, &at->done))
		return false;
	if (!at->done.wrong && whole)
		migrated_note(store, last, noted);
	return true;
}

bool store_prepare_once(struct store *store, const struct migration *migrations, struct statements all,
                        store_wrong_fn *wrong, void *context, struct store_prepared *done)
{
	struct preparing at = { .wrong = wrong, .context = context };
	const struct migration *last = latest(migrations);
	struct arena *arena = arena_create();
	bool prepared = last ? prepare_unless_noted(store, arena, last, all, &at)
	                     : store_prepare(store, all, wrong, context, &at.done);

	arena_destroy(arena);
	*done = at.done;
	atomic_store(&all_sound, prepared && done->wrong == 0);
	return prepared;
}
