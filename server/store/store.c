/* store.c - SQL in, structs out: what is the same for every database. */
#include <stdio.h>
#include <stdlib.h>

#include "driver.h"
#include "fatal.h"
#include "log.h"
#include "mistake.h"
#include "prepare.h"
#include "statement_span.h"
#include "trouble.h"

#define SCRATCH_KEPT (64 * 1024)        /* bytes a store holds on to between calls */

/* ---- Opening ---- */

struct store *store_open_with(const struct driver *driver, const char *place, enum store_use use)
{
	struct store *store = driver->open(place, use);

	if (!store)
		return NULL;
	store->driver = driver;
	store->use = use;
	store->budget = STORE_BUDGET;
	return store;
}

void store_close(struct store *store)
{
	if (!store)
		return;
	free(store->scratch);
	store->driver->close(store);
}

enum store_kind store_kind(const struct store *store)
{
	return store->driver->kind;
}

bool store_reachable(struct store *store)
{
	return store->driver->reachable(store);
}

bool store_well(struct store *store, struct store_why *why)
{
	return !store->driver->well || store->driver->well(store, why);
}

/* ---- What the runtime asks ---- */

void store_begin_call(struct store *store, int64_t budget)
{
	store->gave_up = store->waits = false;
	store->cause = STORE_WELL;
	store->budget = budget;
	store->in_call = true;
}

void store_end_call(struct store *store)
{
	store->in_call = false;
	if (store->driver->end_call)
		store->driver->end_call(store);
}

void store_for(struct store *store, uint64_t party)
{
	store->party = party;
}

bool store_lost(const struct store *store)
{
	return store->lost;
}

bool store_refused(const struct store *store)
{
	return store->cause >= STORE_UNFIT;
}

bool store_gave_up(const struct store *store)
{
	return store->gave_up;
}

bool store_blocks(const struct store *store)
{
	return store->driver->blocks;
}

void store_unhurried(struct store *store)
{
	if (store->driver->unhurried)
		store->driver->unhurried(store);
}

void store_rest(struct store *store)
{
	if (store->driver->rest)
		store->driver->rest(store);
}

uint64_t store_commits(const struct store *store)
{
	return store->commits;
}

bool store_is_idle(const struct store *store)
{
	return store->running == 0 && !store->transacting;
}

/* ---- Failure ---- */

/* What is refused for what it is, or is a mistake, is not the database's trouble. */
static bool is_trouble(enum store_cause cause)
{
	return cause != STORE_REFUSED && cause != STORE_MISUSED;
}

void store_failed_for_good(struct store *store)
{
	atomic_fetch_add(&store_counters.failed[store->cause], 1);
	if (is_trouble(store->cause))
		trouble_note(TROUBLE_STORE);
}

static void mark_failed(struct store *store, enum store_cause cause, const char *why)
{
	if (!store->transacting) {
		store->cause = cause;
		if (!store->hushed)
			store_failed_for_good(store);
		return;
	}
	/* What follows in a failed transaction is a consequence. */
	if (!store->failed) {
		store->cause = cause;
		store->again = !store->hushed && (cause == STORE_AGAIN || cause == STORE_LOST);
		snprintf(store->why, sizeof(store->why), "%s", why);
	}
	store->failed = true;
}

void store_failed(struct store *store, const char *sql, enum store_cause cause, const char *why)
{
	bool again = store->transacting && (cause == STORE_AGAIN || cause == STORE_LOST);
	char text[STORE_SHORT_SIZE] = "";

	if (sql)
		store_shorten(sql, text);
	/* What is run again is no failure yet. */
	log_often(store->hushed || again ? LOG_DEBUG : LOG_ERROR, "store: %s%s%s", text, sql ? ": " : "", why);
	if (store->hushed && !(store->transacting && store->failed))
		snprintf(store->why, sizeof(store->why), "%s", why);
	mark_failed(store, cause, why);
}

void store_known_failed(struct store *store, enum store_cause cause, const char *why)
{
	log_write(LOG_DEBUG, "store: %s", why);
	mark_failed(store, cause, why);
}

void store_give_up(struct store *store)
{
	store->gave_up = true;
}

bool store_may_wait(struct store *store)
{
	if (store->use != STORE_READS)
		return true;
	store_give_up(store);
	return false;
}

void store_misused(struct store *store, const char *sql, const char *format, ...)
{
	char why[128], text[STORE_SHORT_SIZE] = "";
	va_list list;

	va_start(list, format);
	vsnprintf(why, sizeof(why), format, list);
	va_end(list);
	if (sql)
		store_shorten(sql, text);
	mark_failed(store, STORE_MISUSED, why);
	mistake_fatal("%s: %s%s%s", store->driver->scheme, text, sql ? ": " : "", why);
}

void store_unfit(struct store *store, const char *sql, const char *why)
{
	if (mistake_has_somebody() && !store_statement_was_sound(store->driver->kind, sql)) {
		store_misused(store, sql, "%s", why);
		return;
	}
	store_failed(store, sql, STORE_UNFIT, why);
}

bool store_may_write(struct store *store, const char *sql)
{
	if (store->use == STORE_READS) {
		store_give_up(store);
		return false;
	}
	/* What is being read may have been changed since by another process: the write would then fail,
	 * but only now and then. */
	bool apart = store->running > 0 && !store->transacting;
	if (apart)
		store_misused(store, sql, "a write inside store_each() must be in the same transaction as it");
	return !apart;
}

/* ---- Running statements ---- */

bool store_there(const struct store *store)
{
	if (!store)
		mistake_fatal("it has no store: write .migrations, and pass the store that it is given");
	return store;
}

/* What a call of the store has to be given, whatever the statement is. */
static bool is_whole(struct store *store, const struct query *query, bool finds)
{
	const char *wrong = !query->sql ? "there is no statement but NULL"
		: query->in && !query->params ? "its parameters are NULL, and it has a shape of them"
		: finds && !query->out ? "it has no shape of its rows" : NULL;

	if (wrong)
		store_misused(store, query->sql, "%s", wrong);
	return !wrong;
}

/* What a loop reads of a database that is elsewhere takes no time of this thread's: its span is the driver's. */
static void begin_span(const struct store *store, struct span *span)
{
	if (store->driver->reads && store->use == STORE_READS)
		span->recorded = false;
	else
		span_begin(span);
}

static struct statement *begin(struct store *store, const struct query *query, bool finds, struct span *span)
{
	if (!store_there(store) || store->gave_up || store->waits || (store->transacting && store->failed))
		return NULL;
	if (!is_whole(store, query, finds))
		return NULL;
	if (store->use == STORE_READS && store->budget <= 0) {
		store_give_up(store);
		return NULL;
	}
	begin_span(store, span);
	struct statement *statement = store->driver->begin(store, query);
	if (statement)
		store->running++;
	else
		statement_span_end(span, store, query->sql, true, -1);
	return statement;
}

static void end(struct store *store, struct statement *statement)
{
	store->driver->end(store, statement);
	store->running--;
}

static void note_change(struct store *store)
{
	if (store->transacting)
		store->changed = true;
	else
		store->commits++;
}

/* What wrote is no longer its own when its last step is done: whether it does is asked before. */
static enum step step(struct store *store, struct statement *statement, bool writes)
{
	enum step at = store->driver->step(store, statement);

	if (writes && at == STEP_DONE && store->driver->changed(store, statement) > 0)
		note_change(store);
	return at;
}

/* What stands in the column is nobody's mistake but the statement's, and may be anybody's secret: it is not said. */
static void read_row(struct store *store, const char *sql, struct statement *statement, struct arena *arena, void *row)
{
	const char *odd = store->driver->read(statement, arena, row);
	char text[STORE_SHORT_SIZE];

	if (!odd)
		return;
	store_shorten(sql, text);
	mistake("%s: %s: the column %s is a text that is no number, and its field takes one: it is 0", store->driver->scheme,
	        text, odd);
}

/* Room for `size` zeroed bytes at `used` in the scratch memory. */
static void *scratch_at(struct store *store, size_t used, size_t size)
{
	if (used + size > store->scratch_room) {
		size_t room = 2 * (used + size) + 1024;
		store->scratch = realloc(store->scratch, room);
		if (!store->scratch)
			fatal();
		store->scratch_room = room;
	}
	return memset(store->scratch + used, 0, size);
}

static void scratch_rest(struct store *store)
{
	if (store->scratch_room <= SCRATCH_KEPT)
		return;
	free(store->scratch);
	store->scratch = NULL;
	store->scratch_room = 0;
}

bool (store_find)(struct store *store, struct arena *arena, const char *sql, const struct shape *in,
                const void *params, const struct shape *out, struct rows *rows)
{
	struct span span;
	struct statement *statement = begin(store, &(struct query) { sql, in, params, out, false }, true, &span);
	enum step at;
	size_t used = 0;

	if (!statement)
		return false;
	bool writes = store->driver->writes(statement);
	/* Collected first and copied at the end: the arena gets one array of the right size. */
	while ((at = step(store, statement, writes)) == STEP_ROW) {
		read_row(store, sql, statement, arena, scratch_at(store, used, out->size));
		used += out->size;
	}
	end(store, statement);
	statement_span_end(&span, store, sql, at == STEP_FAILED, (int64_t)(used / out->size));
	if (at == STEP_DONE) {
		rows->first = used ? memcpy(arena_alloc_raw(arena, used), store->scratch, used) : NULL;
		rows->count = (int64_t)(used / out->size);
	}
	scratch_rest(store);
	return at == STEP_DONE;
}

int (store_find_one)(struct store *store, struct arena *arena, const char *sql,
                   const struct shape *in, const void *params, const struct shape *out, void *row)
{
	struct span span;
	struct statement *statement = begin(store, &(struct query) { sql, in, params, out, false }, true, &span);

	if (!statement)
		return -1;
	bool writes = store->driver->writes(statement);
	enum step at = step(store, statement, writes);
	bool found = at == STEP_ROW;
	if (found)
		read_row(store, sql, statement, arena, scratch_at(store, 0, out->size));
	/* "insert ... returning" is committed by its last step. */
	while (at == STEP_ROW && writes)
		at = step(store, statement, writes);
	end(store, statement);
	statement_span_end(&span, store, sql, at == STEP_FAILED, found);
	if (at == STEP_FAILED)
		return -1;
	if (found)
		memcpy(row, store->scratch, out->size);
	scratch_rest(store);
	return found;
}

bool (store_each)(struct store *store, const char *sql, const struct shape *in, const void *params,
                const struct shape *out, store_row_fn *each, void *context)
{
	struct span span;
	struct statement *statement = begin(store, &(struct query) { sql, in, params, out, true }, true, &span);
	int64_t rows = 0;
	enum step at;

	if (!statement)
		return false;
	bool writes = store->driver->writes(statement);
	void *row = malloc(out->size);
	if (!row)
		fatal();
	span_enter(&span);
	while ((at = step(store, statement, writes)) == STEP_ROW) {
		read_row(store, sql, statement, NULL, memset(row, 0, out->size));
		rows++;
		if (!each(context, row))
			break;
	}
	span_leave(&span);
	/* What writes is done, and committed, by its last step. */
	while (at == STEP_ROW && writes)
		at = step(store, statement, writes);
	free(row);
	end(store, statement);
	statement_span_end(&span, store, sql, at == STEP_FAILED, rows);
	return at != STEP_FAILED;
}

bool (store_queue)(struct store *store, const char *sql, const struct shape *in, const void *params)
{
	if (!store_there(store))
		return false;
	if (!store->transacting) {
		store_misused(store, sql, "store_queue() outside of store_transact()");
		return false;
	}
	if (!store->driver->queue)
		return (store_change)(store, sql, in, params) >= 0;
	struct query query = { sql, in, params, NULL, false };
	if (!is_whole(store, &query, false) || store->failed)
		return false;
	struct span span;
	span_begin(&span);
	bool queued = store->driver->queue(store, &query);
	statement_span_end(&span, store, sql, !queued, -1);
	if (queued)
		note_change(store);
	return queued;
}

int64_t (store_change)(struct store *store, const char *sql, const struct shape *in,
                     const void *params)
{
	struct span span;
	struct statement *statement = begin(store, &(struct query) { sql, in, params, NULL, false }, false, &span);
	enum step at;

	if (!statement)
		return -1;
	bool writes = store->driver->writes(statement);
	if (!writes) {
		end(store, statement);
		store_misused(store, sql, "store_change() of a statement that does not write");
		return -1;
	}
	while ((at = step(store, statement, writes)) == STEP_ROW)
		;
	int64_t changed = at == STEP_DONE ? store->driver->changed(store, statement) : -1;
	end(store, statement);
	statement_span_end(&span, store, sql, at == STEP_FAILED, -1);
	return changed;
}
