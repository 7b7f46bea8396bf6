/* statement.c - statements of a connection: kept, bound and read.
 *
 * Parameters are sent in binary, results come as text: what PostgreSQL computes with (numeric, for a
 * sum) then reads like any number. */
#include "statement.h"
#include "fatal.h"

#include <endian.h>
#include <stdlib.h>

enum type { TYPE_INT8 = 20, TYPE_TEXT = 25, TYPE_FLOAT8 = 701 };

/* ---- Keeping ---- */

void statement_free(struct statement *statement)
{
	PQclear(statement->result);
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

static void forget(struct postgres *postgres, struct statement *statement)
{
	statement_deallocate(postgres, statement);
	statement_free(statement);
}

/* What is queued is sent first. */
static void keep(struct postgres *postgres, struct statement *statement, const struct query *query)
{
	struct kept *surplus;

	kept_add(&postgres->kept, &statement->kept, query);
	while (!postgres->link.queued && (surplus = kept_surplus(&postgres->kept)))
		forget(postgres, (struct statement *)surplus);
}

void postgres_forget(struct postgres *postgres)
{
	struct kept *kept;

	while ((kept = kept_take(&postgres->kept)))
		statement_free((struct statement *)kept);
}

/* ---- Making ---- */

static Oid type_of(const struct slot *slot)
{
	return slot->kind == SLOT_TEXT ? TYPE_TEXT : slot->kind == SLOT_REAL ? TYPE_FLOAT8 : TYPE_INT8;
}

static bool map_parameters(struct statement *statement, const struct shape *in, const struct translated *from,
                           struct store_why *why)
{
	int count = statement->parameters = from->count;

	statement->bound = postgres_zeroed(count, sizeof(*statement->bound));
	statement->types = postgres_zeroed(count, sizeof(*statement->types));
	statement->values = postgres_zeroed(count, sizeof(*statement->values));
	statement->sizes = postgres_zeroed(count, sizeof(*statement->sizes));
	statement->formats = postgres_zeroed(count, sizeof(*statement->formats));
	statement->numbers = postgres_zeroed(count, sizeof(*statement->numbers));
	for (int i = 0; i < count; i++) {
		struct slot *slot = &statement->bound[i];
		if (!slot_find(in, from->names[i], slot))
			return store_wrong(why, "no field for the parameter :%s", from->names[i]);
		statement->types[i] = type_of(slot);
		statement->formats[i] = slot->kind != SLOT_TEXT;
	}
	return true;
}

void statement_rename(struct postgres *postgres, struct statement *statement)
{
	snprintf(statement->name, sizeof(statement->name), "s%u", ++postgres->names);
	/* "select *" may give others. */
	statement->columns = -1;
}

static struct statement *statement_create(struct postgres *postgres, const struct query *query,
                                          const struct translated *translated)
{
	struct statement *statement = postgres_zeroed(1, sizeof(*statement));

	statement->kept = (struct kept) { .sql = query->sql, .in = query->in, .out = query->out };
	statement->cursor = query->each && !translated->writes;
	statement->writes = translated->writes;
	statement_rename(postgres, statement);
	int size = statement->cursor
		? asprintf(&statement->text, "declare %s no scroll cursor for %s", statement->name,
		           translated->text)
		: asprintf(&statement->text, "%s", translated->text);
	if (size < 0)
		fatal();
	return statement;
}

struct statement *statement_make(struct postgres *postgres, const struct query *query, struct store_why *why)
{
	struct translated translated = translate(query->sql);
	struct statement *statement = NULL;

	if (translated.wrong)
		store_wrong(why, "%s", translated.wrong);
	else
		statement = statement_create(postgres, query, &translated);
	if (statement && !map_parameters(statement, query->in, &translated, why)) {
		statement_free(statement);
		statement = NULL;
	}
	translated_free(&translated);
	return statement;
}

static struct statement *make(struct postgres *postgres, const struct query *query)
{
	struct store_why why;
	struct statement *statement = statement_make(postgres, query, &why);

	if (!statement) {
		store_misused(postgres->store, query->sql, "%s", why.text);
		return NULL;
	}
	keep(postgres, statement, query);
	return statement;
}

struct statement *statement_for(struct postgres *postgres, const struct query *query)
{
	struct kept *kept = kept_find(&postgres->kept, query);

	if (!kept)
		return make(postgres, query);
	if (!kept_is_other(kept, query))
		return (struct statement *)kept;
	kept_remove(&postgres->kept, kept);
	forget(postgres, (struct statement *)kept);
	store_misused(postgres->store, query->sql, "another statement was at this address: pass string literals");
	return NULL;
}

static const char *column_name(const void *result, int column)
{
	return PQfname(result, column);
}

bool statement_map(struct statement *statement, struct store_why *why)
{
	int count = statement->columns = statement->kept.out ? PQnfields(statement->result) : 0;

	free(statement->slots);
	statement->slots = postgres_zeroed(count, sizeof(*statement->slots));
	return slots_of_columns(statement->kept.out, column_name, statement->result, statement->slots, count, why);
}

bool statement_map_columns(struct store *store, struct statement *statement)
{
	struct store_why why;

	if (statement_map(statement, &why))
		return true;
	statement->columns = -1;
	store_misused(store, statement->kept.sql, "%s", why.text);
	return false;
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

void statement_bind(struct statement *statement, const void *of)
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

/* ---- Reading ---- */

/* Fills in everything, text where libpq has it; `size`: the bytes of that text with its NULs. A column that is no number
 * where the field takes one; -1: none. */
static int read_columns(const struct statement *statement, void *row, size_t *size)
{
	int odd = -1;

	for (int i = 0; i < statement->columns; i++) {
		const struct slot *slot = &statement->slots[i];
		if (PQgetisnull(statement->result, statement->row, i))
			continue;
		char *text = PQgetvalue(statement->result, statement->row, i);
		if (slot->kind == SLOT_TEXT) {
			slot_set_text(slot, row, text);
			*size += (size_t)PQgetlength(statement->result, statement->row, i) + 1;
		} else if (!slot_set_number(slot, row, text)) {
			odd = i;
		}
	}
	return odd;
}

static void keep_texts(const struct statement *statement, struct arena *arena, void *row, size_t size)
{
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

const char *postgres_read(struct statement *statement, struct arena *arena, void *row)
{
	size_t size = 0;
	int odd = read_columns(statement, row, &size);

	if (arena && size)
		keep_texts(statement, arena, row, size);
	return odd < 0 ? NULL : PQfname(statement->result, odd);
}
