/* postgres_statement.c - statements of a connection: prepared once, bound, run and read.
 *
 * A result is fetched whole, so that others may run while it is read; only the rows of store_each()
 * come through a cursor, some at a time. Parameters are sent in binary, results come as text: what
 * PostgreSQL computes with (numeric, for a sum) then reads like any number. */
#include <endian.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "postgres.h"

#define FETCHED 500                     /* rows of a cursor at a time */
#define TRIES_MAX 3
#define NAME_SIZE 16

enum type { TYPE_INT8 = 20, TYPE_TEXT = 25, TYPE_FLOAT8 = 701 };

/* One text with one pair of shapes. While it runs, a second run of the same gets another one. */
struct statement {
	struct statement *next;         /* in its bucket */
	const char *sql;
	const struct shape *in, *out;
	char *copy;                     /* of sql, to see that it stays what it was */
	char *text;                     /* as PostgreSQL takes it */
	char name[NAME_SIZE];
	unsigned prepared_on;           /* the number of a connection; 0: on none */
	bool writes, runs;
	bool each, open;                /* it is a cursor's; which is open */

	int parameters;
	struct slot *bound;
	Oid *types;
	const char **values;
	int *sizes, *formats;
	uint64_t *numbers;              /* what values[] points to, where it is no text */

	int columns;                    /* -1: not known yet */
	struct slot *slots;
	PGresult *result;
	int row;                        /* the one at hand */
};

/* ---- Keeping ---- */

static struct statement **bucket_of(struct postgres *postgres, const char *sql)
{
	uintptr_t address = (uintptr_t)sql;

	return &postgres->statements[(address ^ address >> 6 ^ address >> 12) % POSTGRES_BUCKETS];
}

static struct statement *kept(struct postgres *postgres, const struct query *query)
{
	struct statement *statement = *bucket_of(postgres, query->sql);

	while (statement && (statement->sql != query->sql || statement->runs
	                     || statement->in != query->in || statement->out != query->out
	                     || statement->each != query->each))
		statement = statement->next;
	if (statement && strcmp(statement->copy, query->sql) != 0)
		store_misused(query->sql, "another statement was at this address: pass string literals");
	return statement;
}

static void statement_free(struct statement *statement)
{
	PQclear(statement->result);
	free(statement->copy);
	free(statement->text);
	free(statement->bound);
	free(statement->types);
	free(statement->values);
	free(statement->sizes);
	free(statement->formats);
	free(statement->numbers);
	free(statement->slots);
	free(statement);
}

void postgres_forget(struct postgres *postgres)
{
	for (size_t i = 0; i < POSTGRES_BUCKETS; i++) {
		struct statement *statement;
		while ((statement = postgres->statements[i])) {
			postgres->statements[i] = statement->next;
			statement_free(statement);
		}
	}
}

/* ---- Making ---- */

static void *zeroed(int count, size_t size)
{
	void *made = calloc((size_t)count + 1, size);

	if (!made)
		abort();
	return made;
}

static Oid type_of(const struct slot *slot)
{
	return slot->kind == SLOT_TEXT ? TYPE_TEXT : slot->kind == SLOT_REAL ? TYPE_FLOAT8 : TYPE_INT8;
}

static void map_parameters(struct statement *statement, const struct translated *from)
{
	int count = statement->parameters = from->count;

	statement->bound = zeroed(count, sizeof(*statement->bound));
	statement->types = zeroed(count, sizeof(*statement->types));
	statement->values = zeroed(count, sizeof(*statement->values));
	statement->sizes = zeroed(count, sizeof(*statement->sizes));
	statement->formats = zeroed(count, sizeof(*statement->formats));
	statement->numbers = zeroed(count, sizeof(*statement->numbers));
	for (int i = 0; i < count; i++) {
		struct slot *slot = &statement->bound[i];
		if (!slot_find(statement->in, from->names[i], slot))
			store_misused(statement->sql, "no field for the parameter :%s", from->names[i]);
		statement->types[i] = type_of(slot);
		statement->formats[i] = slot->kind != SLOT_TEXT;
		free(from->names[i]);
	}
	free(from->names);
}

static struct statement *statement_create(struct postgres *postgres, const struct query *query)
{
	struct translated translated = translate(query->sql);
	struct statement *statement = zeroed(1, sizeof(*statement));

	statement->sql = query->sql;
	statement->in = query->in;
	statement->out = query->out;
	statement->each = query->each && !translated.writes;
	statement->writes = translated.writes;
	statement->columns = -1;
	snprintf(statement->name, sizeof(statement->name), "s%u", ++postgres->names);
	statement->copy = strdup(query->sql);
	int size = statement->each
		? asprintf(&statement->text, "declare %s no scroll cursor for %s", statement->name,
		           translated.text)
		: asprintf(&statement->text, "%s", translated.text);
	if (!statement->copy || size < 0)
		abort();
	free(translated.text);
	map_parameters(statement, &translated);

	struct statement **bucket = bucket_of(postgres, query->sql);
	statement->next = *bucket;
	*bucket = statement;
	return statement;
}

static void map_columns(struct statement *statement)
{
	int count = statement->columns = statement->out ? PQnfields(statement->result) : 0;

	free(statement->slots);
	statement->slots = zeroed(count, sizeof(*statement->slots));
	for (int i = 0; i < count; i++) {
		const char *name = PQfname(statement->result, i);
		if (!slot_find(statement->out, name, &statement->slots[i]))
			store_misused(statement->sql, "no field for the column %s", name);
		for (int j = 0; j < i; j++)
			if (strcmp(name, PQfname(statement->result, j)) == 0)
				store_misused(statement->sql, "two columns are called %s", name);
	}
}

/* ---- Binding ---- */

static void bind_number(struct statement *statement, int i, const void *of)
{
	const struct slot *slot = &statement->bound[i];
	uint64_t bits;

	if (slot->kind == SLOT_REAL) {
		double real = slot_real(slot, of);
		memcpy(&bits, &real, sizeof(bits));
	} else {
		bits = (uint64_t)slot_int(slot, of);
	}
	statement->numbers[i] = htobe64(bits);
	statement->values[i] = (const char *)&statement->numbers[i];
	statement->sizes[i] = sizeof(bits);
}

static void bind(struct statement *statement, const void *of)
{
	for (int i = 0; i < statement->parameters; i++) {
		const struct slot *slot = &statement->bound[i];
		if (slot_absent(slot, of))
			statement->values[i] = NULL;
		else if (slot->kind == SLOT_TEXT)       /* NULL binds NULL */
			statement->values[i] = slot_text(slot, of);
		else
			bind_number(statement, i, of);
	}
}

/* ---- Running ---- */

/* NULL: the connection was lost. */
static PGresult *answer(struct postgres *postgres, int sent)
{
	if (sent)
		return link_answer(&postgres->link, postgres_until(postgres));
	link_explain(&postgres->link, "the connection was lost");
	link_lost(&postgres->link);
	return NULL;
}

static bool is_fine(const PGresult *result)
{
	return PQresultStatus(result) == PGRES_COMMAND_OK || PQresultStatus(result) == PGRES_TUPLES_OK;
}

static PGresult *plain(struct postgres *postgres, const char *sql)
{
	/* A pipeline takes prepared statements only. */
	if (postgres->link.queued) {
		PGresult *result = link_answer(&postgres->link, postgres_until(postgres));
		if (!is_fine(result))
			return result;
		PQclear(result);
	}
	if (!postgres->link.connection)
		return NULL;
	atomic_fetch_add(&store_counters.statements, 1);
	return answer(postgres, PQsendQuery(postgres->link.connection, sql));
}

static PGresult *prepare(struct postgres *postgres, struct statement *statement)
{
	atomic_fetch_add(&store_counters.prepared, 1);
	return answer(postgres, PQsendPrepare(postgres->link.connection, statement->name,
	                                      statement->text, statement->parameters,
	                                      statement->types));
}

/* NULL: it is prepared; else why it isn't. False: the connection was lost. */
static bool be_prepared(struct postgres *postgres, struct statement *statement, PGresult **wrong)
{
	*wrong = NULL;
	if (statement->prepared_on == postgres->link.number)
		return true;
	PGresult *result = prepare(postgres, statement);
	if (!is_fine(result)) {
		*wrong = result;
		return result;
	}
	PQclear(result);
	statement->prepared_on = postgres->link.number;
	return true;
}

static int send(struct postgres *postgres, struct statement *statement)
{
	atomic_fetch_add(&store_counters.statements, 1);
	return PQsendQueryPrepared(postgres->link.connection, statement->name, statement->parameters,
	                           statement->values, statement->sizes, statement->formats, 0);
}

static PGresult *execute(struct postgres *postgres, struct statement *statement)
{
	PGresult *wrong;

	if (!be_prepared(postgres, statement, &wrong) || wrong)
		return wrong;
	return answer(postgres, send(postgres, statement));
}

/* ---- Cursors ---- */

static PGresult *fetch(struct postgres *postgres, const struct statement *statement)
{
	char sql[64];

	snprintf(sql, sizeof(sql), "fetch forward %d from %s", FETCHED, statement->name);
	return plain(postgres, sql);
}

/* A cursor lives in a transaction; outside of one it gets its own, which only reads. */
static PGresult *open_cursor(struct postgres *postgres, struct statement *statement)
{
	PGresult *result;

	if (!postgres->store.transacting && !postgres->reading) {
		result = plain(postgres, "begin isolation level repeatable read, read only");
		if (!is_fine(result))
			return result;
		PQclear(result);
		postgres->reading = true;
	}
	result = execute(postgres, statement);
	if (!is_fine(result))
		return result;
	PQclear(result);
	statement->open = true;
	postgres->cursors++;
	return fetch(postgres, statement);
}

/* The last cursor's end ends the transaction that was begun for it. */
static void end_reading(struct postgres *postgres)
{
	if (!postgres->reading || postgres->cursors)
		return;
	PQclear(plain(postgres, "rollback"));
	postgres->reading = false;
}

static void close_cursor(struct postgres *postgres, struct statement *statement)
{
	char sql[64];

	statement->open = false;
	postgres->cursors--;
	if (postgres->reading && !postgres->cursors) {
		end_reading(postgres);
	} else if (!postgres->store.failed || !postgres->store.transacting) {
		snprintf(sql, sizeof(sql), "close %s", statement->name);
		PQclear(plain(postgres, sql));
	}
}

/* ---- Beginning ---- */

/* Whether what failed had no effect, and may go better at once. Within a transaction nothing may be
 * repeated but all of it. */
static bool is_worth_repeating(struct postgres *postgres, struct statement *statement,
                               const PGresult *result, bool was_prepared)
{
	const char *state = postgres_state(result);

	if (postgres->store.transacting || postgres->cursors)
		return false;
	if (!result)
		return !statement->writes;
	/* The tables changed under a kept plan. */
	if (was_prepared && strcmp(state, "0A000") == 0) {
		statement->prepared_on = 0;
		snprintf(statement->name, sizeof(statement->name), "s%u", ++postgres->names);
		return !statement->each;
	}
	return strcmp(state, "40001") == 0 || strcmp(state, "40P01") == 0;
}

static PGresult *run_once(struct postgres *postgres, struct statement *statement)
{
	if (!postgres->store.transacting && !postgres->reading && !link_ready(&postgres->link))
		return NULL;
	if (!postgres->link.connection)
		return NULL;
	return (statement->each ? open_cursor : execute)(postgres, statement);
}

static bool start(struct postgres *postgres, struct statement *statement)
{
	PGresult *result;
	bool repeat;
	int tries = 0;

	do {
		bool was_prepared = statement->prepared_on == postgres->link.number;
		result = run_once(postgres, statement);
		if (is_fine(result)) {
			statement->result = result;
			statement->row = -1;
			return true;
		}
		if (statement->open)
			close_cursor(postgres, statement);
		end_reading(postgres);
		repeat = ++tries < TRIES_MAX
		         && is_worth_repeating(postgres, statement, result, was_prepared);
		if (repeat)
			PQclear(result);
	} while (repeat);
	postgres_failed(postgres, statement->sql, result);
	return false;
}

struct statement *postgres_begin(struct store *store, const struct query *query)
{
	struct postgres *postgres = postgres_of(store);

	/* Loops have no connection: their tools go to a worker. */
	if (store->use == STORE_READS) {
		store_give_up(store);
		return NULL;
	}
	struct statement *statement = kept(postgres, query);
	if (!statement)
		statement = statement_create(postgres, query);
	if (statement->writes && !store_may_write(store, query->sql))
		return NULL;
	bind(statement, query->params);
	if (!start(postgres, statement))
		return NULL;
	if (statement->columns < 0)
		map_columns(statement);
	statement->runs = true;
	return statement;
}

/* ---- Queueing ---- */

/* False: the connection fails. The texts are kept to name the one that failed. */
static bool send_queued(struct postgres *postgres, struct statement *statement)
{
	struct postgres_link *link = &postgres->link;

	if (!link->queue)
		link->queue = zeroed(POSTGRES_QUEUE, sizeof(*link->queue));
	if (!link->queued && !PQenterPipelineMode(link->connection))
		return false;
	link->queue[link->queued++] = statement->sql;
	return send(postgres, statement);
}

bool postgres_queue(struct store *store, const struct query *query)
{
	struct postgres *postgres = postgres_of(store);
	struct statement *statement = kept(postgres, query);
	PGresult *wrong = NULL;

	if (!statement)
		statement = statement_create(postgres, query);
	if (!statement->writes)
		store_misused(query->sql, "store_queue() of a statement that does not write");
	if (!store_may_write(store, query->sql))
		return false;
	bool prepared = postgres->link.connection && be_prepared(postgres, statement, &wrong) && !wrong;
	if (!prepared) {
		postgres_failed(postgres, query->sql, wrong);
		return false;
	}
	bind(statement, query->params);
	if (!send_queued(postgres, statement)) {
		link_explain(&postgres->link, "the connection was lost");
		link_lost(&postgres->link);
		postgres_failed(postgres, query->sql, NULL);
		return false;
	}
	return postgres->link.queued < POSTGRES_QUEUE || postgres_settle(postgres);
}

/* ---- Stepping ---- */

static enum step next_batch(struct postgres *postgres, struct statement *statement)
{
	/* Less than a batch was the last one. */
	if (!statement->each || PQntuples(statement->result) < FETCHED)
		return STEP_DONE;
	PQclear(statement->result);
	statement->result = fetch(postgres, statement);
	statement->row = 0;
	if (is_fine(statement->result))
		return PQntuples(statement->result) ? STEP_ROW : STEP_DONE;
	PGresult *result = statement->result;
	statement->result = NULL;
	postgres_failed(postgres, statement->sql, result);
	return STEP_FAILED;
}

enum step postgres_step(struct store *store, struct statement *statement)
{
	if (++statement->row < PQntuples(statement->result))
		return STEP_ROW;
	return next_batch(postgres_of(store), statement);
}

int64_t postgres_changed(struct store *store, struct statement *statement)
{
	(void)store;
	return strtoll(PQcmdTuples(statement->result), NULL, 10);
}

bool postgres_writes(const struct statement *statement)
{
	return statement->writes;
}

void postgres_end(struct store *store, struct statement *statement)
{
	if (statement->open)
		close_cursor(postgres_of(store), statement);
	PQclear(statement->result);
	statement->result = NULL;
	statement->runs = false;
}

/* ---- Reading ---- */

/* PostgreSQL has truth as a type of its own. */
static int64_t whole_number(const char *text)
{
	if (*text == 't')
		return 1;
	return strtoll(text, NULL, 10);
}

/* Fills in everything, text where libpq has it; gives the bytes of that text with its NULs. */
static size_t read_columns(const struct statement *statement, void *row)
{
	size_t size = 0;

	for (int i = 0; i < statement->columns; i++) {
		const struct slot *slot = &statement->slots[i];
		if (PQgetisnull(statement->result, statement->row, i))
			continue;
		char *text = PQgetvalue(statement->result, statement->row, i);
		if (slot->kind == SLOT_TEXT) {
			slot_set_text(slot, row, text);
			size += (size_t)PQgetlength(statement->result, statement->row, i) + 1;
		} else if (slot->kind == SLOT_REAL) {
			slot_set_real(slot, row, strtod(text, NULL));
		} else {
			slot_set_int(slot, row, whole_number(text));
		}
	}
	return size;
}

void postgres_read(struct statement *statement, struct arena *arena, void *row)
{
	size_t size = read_columns(statement, row);

	if (!arena || !size)
		return;
	char *at = arena_alloc_raw(arena, size);
	for (int i = 0; i < statement->columns; i++) {
		const struct slot *slot = &statement->slots[i];
		const char *text = slot->kind == SLOT_TEXT ? slot_text(slot, row) : NULL;
		if (!text)
			continue;
		size_t bytes = (size_t)PQgetlength(statement->result, statement->row, i) + 1;
		memcpy(at, text, bytes);
		slot_set_text(slot, row, at);
		at += bytes;
	}
}
