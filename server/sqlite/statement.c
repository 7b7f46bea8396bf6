/* statement.c - statements of a connection: prepared once, bound, stepped and read. */
#include <stdlib.h>

#include "fatal.h"
#include "sqlite_private.h"

struct statement {
	struct kept kept;
	sqlite3_stmt *handle;
	bool writes;
	bool alone;                     /* it writes, outside a transaction: it has the turn itself */
	int64_t changes_before;
	int parameters, columns;
	struct slot slots[];            /* of the parameters, then of the columns */
};

/* ---- Keeping ---- */

static void destroy(struct statement *statement)
{
	sqlite3_finalize(statement->handle);
	free(statement);
}

static void drop(struct sqlite_connection *connection, struct statement *statement)
{
	kept_remove(&connection->kept, &statement->kept);
	destroy(statement);
}

static void keep(struct sqlite_connection *connection, struct statement *statement, const struct query *query)
{
	struct kept *surplus;

	kept_add(&connection->kept, &statement->kept, query);
	while ((surplus = kept_surplus(&connection->kept)))
		destroy((struct statement *)surplus);
}

void sqlite_connection_forget(struct sqlite_connection *connection)
{
	struct kept *kept;

	while ((kept = kept_take(&connection->kept)))
		destroy((struct statement *)kept);
}

/* ---- Preparing ---- */

static bool map_parameters(struct statement *statement, const struct shape *in, struct store_why *why)
{
	for (int i = 0; i < statement->parameters; i++) {
		const char *name = sqlite3_bind_parameter_name(statement->handle, i + 1);
		if (!name || *name != ':')
			return store_wrong(why, "parameters are written as :name");
		if (!slot_find(in, name + 1, &statement->slots[i]))
			return store_wrong(why, "no field for the parameter %s", name);
	}
	return true;
}

static const char *column_name(const void *handle, int column)
{
	return sqlite3_column_name((sqlite3_stmt *)handle, column);
}

static struct statement *statement_create(sqlite3_stmt *handle, const struct query *query)
{
	int parameters = sqlite3_bind_parameter_count(handle);
	int columns = query->out ? sqlite3_column_count(handle) : 0;
	struct statement *statement = calloc(1, sizeof(*statement)
		+ (size_t)(parameters + columns) * sizeof(struct slot));

	if (!statement)
		fatal();
	statement->handle = handle;
	statement->writes = !sqlite3_stmt_readonly(handle);
	statement->parameters = parameters;
	statement->columns = columns;
	return statement;
}

/* NULL: `code` is SQLite's failure, or else it is the program's, told in `why`. */
static struct statement *make(struct sqlite *sqlite, const struct query *query, int *code, struct store_why *why)
{
	sqlite3_stmt *handle;
	const char *rest;

	*code = sqlite3_prepare_v3(sqlite->connection->db, query->sql, -1, SQLITE_PREPARE_PERSISTENT, &handle, &rest);
	if (*code != SQLITE_OK)
		return NULL;
	const char *wrong = !handle || !store_text_ends(rest, STORE_SQLITE) ? "one statement at a time"
		: store_text_wrong(query->sql, STORE_SQLITE);
	if (wrong) {
		sqlite3_finalize(handle);
		store_wrong(why, "%s", wrong);
		return NULL;
	}
	struct statement *statement = statement_create(handle, query);
	if (map_parameters(statement, query->in, why)
	    && slots_of_columns(query->out, column_name, handle, statement->slots + statement->parameters,
	                        statement->columns, why))
		return statement;
	destroy(statement);
	return NULL;
}

static struct statement *prepare(struct sqlite *sqlite, const struct query *query)
{
	struct store_why why;
	int code;
	struct statement *statement = make(sqlite, query, &code, &why);

	if (!statement) {
		if (code == SQLITE_OK)
			store_misused(&sqlite->store, query->sql, "%s", why.text);
		else if (code == SQLITE_ERROR)
			store_unfit(&sqlite->store, query->sql, sqlite3_errmsg(sqlite->connection->db));
		else
			sqlite_failed(sqlite, query->sql, code);
		return NULL;
	}
	keep(sqlite->connection, statement, query);
	return statement;
}

/* ---- Looking at one that is not run ---- */

/* A connection knows the tables as they were when it last ran something: to prepare alone does not look whether they are
 * still so. */
static int read_tables(sqlite3 *db)
{
	return sqlite3_exec(db, "select 1 from sqlite_schema limit 1", NULL, NULL, NULL);
}

static bool try(struct sqlite *sqlite, const struct query *query, bool changes, struct store_why *why)
{
	int code = read_tables(sqlite->connection->db);
	struct statement *statement = code == SQLITE_OK ? make(sqlite, query, &code, why) : NULL;

	if (!statement && code != SQLITE_OK && code != SQLITE_ERROR) {
		sqlite_failed(sqlite, query->sql, code);
		return false;
	}
	if (code == SQLITE_ERROR)
		store_wrong(why, "%s", sqlite3_errmsg(sqlite->connection->db));
	if (!statement)
		return true;
	if (changes && !statement->writes)
		store_wrong(why, STORE_NO_CHANGE);
	destroy(statement);
	return true;
}

bool sqlite_prepare(struct store *store, const struct query *query, bool changes, struct store_why *why)
{
	struct sqlite *sqlite = sqlite_of(store);
	bool lent = !sqlite->connection;

	if (lent && !sqlite_lend_reader(sqlite))
		return false;
	bool said = try(sqlite, query, changes, why);
	if (lent)
		sqlite_give_back(sqlite);
	return said;
}

/* ---- Running ---- */

static int bind_slot(sqlite3_stmt *handle, int number, const struct slot *slot, const void *of)
{
	if (slot_absent(slot, of))
		return sqlite3_bind_null(handle, number);
	if (slot->kind == SLOT_TEXT)    /* NULL binds NULL */
		return sqlite3_bind_text(handle, number, slot_text(slot, of), -1, SQLITE_STATIC);
	if (slot->kind == SLOT_REAL)
		return sqlite3_bind_double(handle, number, slot_real(slot, of));
	return sqlite3_bind_int64(handle, number, slot_int(slot, of));
}

static bool bind(struct sqlite *sqlite, struct statement *statement, const void *params)
{
	int code = SQLITE_OK;

	for (int i = 0; i < statement->parameters && code == SQLITE_OK; i++)
		code = bind_slot(statement->handle, i + 1, &statement->slots[i], params);
	if (code != SQLITE_OK)
		sqlite_failed(sqlite, statement->kept.sql, code);
	return code == SQLITE_OK;
}

static struct statement *kept_or_prepared(struct sqlite *sqlite, const struct query *query)
{
	struct kept *kept = kept_find(&sqlite->connection->kept, query);

	if (!kept)
		return prepare(sqlite, query);
	if (!kept_is_other(kept, query))
		return (struct statement *)kept;
	drop(sqlite->connection, (struct statement *)kept);
	store_misused(&sqlite->store, query->sql, "another statement was at this address: pass string literals");
	return NULL;
}

/* On the connection at hand; `statement` NULL: it could not be prepared. */
static struct statement *begin_prepared(struct sqlite *sqlite, struct statement *statement,
                                        const struct query *query)
{
	struct store *store = &sqlite->store;

	if (!statement || !bind(sqlite, statement, query->params))
		return NULL;
	if (statement->writes && !store_may_write(store, query->sql))
		return NULL;
	if (!statement->writes && !store->transacting && !sqlite_reads_in_place(sqlite))
		return NULL;
	if (statement->writes)
		statement->changes_before = sqlite3_total_changes64(sqlite->connection->db);
	statement->alone = false;
	statement->kept.runs = true;
	return statement;
}

static struct statement *begin_here(struct sqlite *sqlite, const struct query *query)
{
	return begin_prepared(sqlite, kept_or_prepared(sqlite, query), query);
}

/* One that writes, outside of a transaction: one of its own. */
static struct statement *begin_alone(struct sqlite *sqlite, const struct query *query)
{
	if (!store_may_write(&sqlite->store, query->sql) || !sqlite_group_begin(sqlite, query->sql))
		return NULL;
	struct statement *statement = begin_here(sqlite, query);
	if (statement) {
		statement->alone = true;
		sqlite->alone = *query;
		sqlite->ended = false;
	} else {
		(void)sqlite_group_end(sqlite, false);
	}
	return statement;
}

/* Another text may come to be at the address of one that was made. */
static void note_writes(struct sqlite *sqlite, const char *sql)
{
	if (store_text_is_constant(sql))
		sqlite_file_note_writes(sqlite->file, sql);
}

/* A reader can prepare any statement, and so tells whether it writes. */
static struct statement *begin_lent(struct sqlite *sqlite, const struct query *query)
{
	if (sqlite_file_writes(sqlite->file, query->sql))
		return begin_alone(sqlite, query);
	if (!sqlite_lend_reader(sqlite))
		return NULL;
	struct statement *statement = kept_or_prepared(sqlite, query);
	bool writes = statement && statement->writes;
	if (writes) {
		note_writes(sqlite, query->sql);
		drop(sqlite->connection, statement);
	} else {
		statement = begin_prepared(sqlite, statement, query);
	}
	if (writes || !statement)
		sqlite_give_back(sqlite);
	return writes ? begin_alone(sqlite, query) : statement;
}

/* Each statement takes a lock of the file and gives it back, two system calls, so a call that reads twice
 * reads on in a transaction. */
static void read_on(struct sqlite *sqlite)
{
	if (++sqlite->reads == 2)
		(void)sqlite_connection_do(sqlite->connection, BEGIN_READING);
}

void sqlite_end_call(struct store *store)
{
	struct sqlite *sqlite = sqlite_of(store);

	if (sqlite->reads >= 2 && !sqlite3_get_autocommit(sqlite->connection->db)) {
		store->budget = INT64_MAX;      /* to end it is not to be interrupted */
		if (sqlite_connection_do(sqlite->connection, COMMIT) != SQLITE_DONE)
			(void)sqlite_connection_do(sqlite->connection, ROLLBACK);
	}
	sqlite->reads = 0;
}

struct statement *sqlite_begin(struct store *store, const struct query *query)
{
	struct sqlite *sqlite = sqlite_of(store);

	if (store->use == STORE_READS && store->in_call)
		read_on(sqlite);
	return sqlite->connection ? begin_here(sqlite, query) : begin_lent(sqlite, query);
}

static void note_changes(struct sqlite *sqlite, const struct statement *statement)
{
	sqlite3 *db = sqlite->connection->db;

	/* SQLite's count is that of the latest statement that changed rows, not always this one. */
	sqlite->changed = sqlite3_total_changes64(db) == statement->changes_before
		? 0 : sqlite3_changes64(db);
}

/* Its transaction ends with it, and then both the statement and the connection are others'. */
static enum ended end_alone(struct sqlite *sqlite, struct statement *statement, bool done)
{
	sqlite3_reset(statement->handle);
	statement->kept.runs = false;
	sqlite->ended = true;
	return sqlite_group_end(sqlite, done);
}

/* Once more, after it went with another's, and then alone: where nobody has seen rows of it. */
static struct statement *begin_once_more(struct sqlite *sqlite)
{
	struct query query = sqlite->alone;

	if (query.out) {
		store_failed(&sqlite->store, query.sql, STORE_AGAIN, SQLITE_SPOILT);
		return NULL;
	}
	sqlite->store.running--;        /* its own first run is none that reads meanwhile */
	struct statement *statement = begin_alone(sqlite, &query);
	sqlite->store.running++;
	sqlite->ended = !statement;
	return statement;
}

static enum step step_alone(struct sqlite *sqlite, struct statement *statement)
{
	while (statement) {
		int code;
		do
			code = sqlite3_step(statement->handle);
		while (code == SQLITE_ROW && !statement->kept.out);
		if (code == SQLITE_ROW)
			return STEP_ROW;
		if (code == SQLITE_DONE)
			note_changes(sqlite, statement);
		else
			sqlite_failed(sqlite, statement->kept.sql, code);
		enum ended ended = end_alone(sqlite, statement, code == SQLITE_DONE);
		if (ended != ENDED_AGAIN)
			return ended == ENDED_WELL ? STEP_DONE : STEP_FAILED;
		statement = begin_once_more(sqlite);
	}
	return STEP_FAILED;
}

enum step sqlite_step(struct store *store, struct statement *statement)
{
	struct sqlite *sqlite = sqlite_of(store);

	if (statement->alone)
		return step_alone(sqlite, statement);
	int code = sqlite3_step(statement->handle);
	if (code == SQLITE_ROW)
		return STEP_ROW;
	if (code == SQLITE_DONE) {
		if (statement->writes)
			note_changes(sqlite, statement);
		return STEP_DONE;
	}
	sqlite_failed(sqlite, statement->kept.sql, code);
	if (!store->transacting)
		notices_settle(sqlite->notices, false);
	return STEP_FAILED;
}

int64_t sqlite_changed(struct store *store, UNUSED struct statement *statement)
{
	return sqlite_of(store)->changed;
}

bool sqlite_writes(const struct statement *statement)
{
	return statement->writes;
}

void sqlite_end(struct store *store, struct statement *statement)
{
	struct sqlite *sqlite = sqlite_of(store);

	if (sqlite->ended) {
		sqlite->ended = false;
		return;
	}
	if (statement->alone) {
		(void)end_alone(sqlite, statement, true);
		sqlite->ended = false;
		return;
	}
	sqlite3_reset(statement->handle);
	if (!store->transacting)
		notices_settle(sqlite->notices, true);
	/* The progress handler has charged whole grains. */
	if (store->use == STORE_READS)
		store->budget -= sqlite3_stmt_status(statement->handle, SQLITE_STMTSTATUS_VM_STEP, 1)
		                 % BUDGET_GRAIN;
	statement->kept.runs = false;
	if (sqlite->reading && store->running == 1)
		sqlite_give_back(sqlite);
}

/* ---- Reading ---- */

/* False: a text stands where the field takes a number, and is none. */
static bool read_column(sqlite3_stmt *handle, int column, int type, const struct slot *slot, void *row)
{
	if (slot->kind == SLOT_TEXT)
		slot_set_text(slot, row, (const char *)sqlite3_column_text(handle, column));
	else if (type == SQLITE_TEXT || type == SQLITE_BLOB)
		return slot_set_number(slot, row, (const char *)sqlite3_column_text(handle, column));
	else if (slot->kind == SLOT_REAL)
		slot_set_real(slot, row, sqlite3_column_double(handle, column));
	else
		slot_set_int(slot, row, sqlite3_column_int64(handle, column));
	return true;
}

/* Fills in everything, text where SQLite has it; `size`: the bytes of that text with its NULs. A column that is no number
 * where the field takes one; -1: none. */
static int read_columns(const struct statement *statement, void *row, size_t *size)
{
	const struct slot *slots = statement->slots + statement->parameters;
	sqlite3_stmt *handle = statement->handle;
	int odd = -1;

	for (int i = 0; i < statement->columns; i++) {
		int type = sqlite3_column_type(handle, i);

		if (type == SQLITE_NULL)
			continue;
		if (!read_column(handle, i, type, &slots[i], row))
			odd = i;
		if (slots[i].kind == SLOT_TEXT)
			*size += (size_t)sqlite3_column_bytes(handle, i) + 1;
	}
	return odd;
}

static void keep_texts(const struct statement *statement, struct arena *arena, void *row, size_t size)
{
	const struct slot *slots = statement->slots + statement->parameters;
	char *at = arena_alloc_raw(arena, size);

	for (int i = 0; i < statement->columns; i++) {
		const char *text = slots[i].kind == SLOT_TEXT ? slot_text(&slots[i], row) : NULL;
		if (!text)
			continue;
		size_t bytes = (size_t)sqlite3_column_bytes(statement->handle, i);
		memcpy(at, text, bytes + 1);
		slot_set_text(&slots[i], row, at);
		at += bytes + 1;
	}
}

const char *sqlite_read(struct statement *statement, struct arena *arena, void *row)
{
	size_t size = 0;
	int odd = read_columns(statement, row, &size);

	if (arena && size)
		keep_texts(statement, arena, row, size);
	return odd < 0 ? NULL : sqlite3_column_name(statement->handle, odd);
}
