/* statement_span.c - what a span says of a statement: OpenTelemetry's "Semantic conventions for database client spans".
 * The text of a statement stands in the program, and its values in none. */
#include "statement_span.h"

#include <ctype.h>

/* ---- What a statement does, to which table ---- */

struct summary {
	char operation[16];             /* "SELECT" */
	str table;
};

/* The next part of it that is no blank and no comment; .at NULL: the end. */
static str next_part(const char **sql, enum store_kind kind, bool *is_word)
{
	for (struct text_part part; (part = store_text_part(*sql, kind)).size > 0;) {
		str text = { *sql, part.size };
		*sql += part.size;
		*is_word = part.kind == TEXT_WORD || part.kind == TEXT_QUOTED;
		if (part.kind != TEXT_SPACE && part.kind != TEXT_COMMENT)
			return text;
	}
	return (str) { 0 };
}

/* Where a table is to stand may be a statement in brackets. */
static str next_table(const char *sql, enum store_kind kind)
{
	bool is_word = false;
	str part = next_part(&sql, kind, &is_word);

	return is_word ? part : (str) { 0 };
}

static struct summary summarise(const char *sql, enum store_kind kind)
{
	struct summary summary = { .table = { 0 } };
	bool is_word;
	str part = next_part(&sql, kind, &is_word);

	for (size_t i = 0; i < part.size && i < sizeof(summary.operation) - 1; i++)
		summary.operation[i] = (char)toupper((unsigned char)part.at[i]);
	const char *before = str_is_nocase(part, "insert") ? "into" : "from";
	if (!str_is_nocase(part, "update"))
		while ((part = next_part(&sql, kind, &is_word)).at && !str_is_nocase(part, before))
			;
	if (part.at)
		summary.table = next_table(sql, kind);
	return summary;
}

/* ---- Writing ---- */

const char *store_cause_word(enum store_cause cause)
{
	static const char *const words[STORE_CAUSES] = {
		[STORE_AWAY] = "away", [STORE_LOST] = "lost", [STORE_AGAIN] = "again", [STORE_UNABLE] = "unable",
		[STORE_UNFIT] = "unfit", [STORE_REFUSED] = "refused", [STORE_MISUSED] = "misused",
	};

	return words[cause] ? words[cause] : "gave_up";
}

static str system_name(const struct driver *driver)
{
	return driver->kind == STORE_POSTGRESQL ? STR("postgresql") : STR("sqlite");
}

void statement_span_write(const struct span *span, const struct driver *driver, const char *sql, const char *error,
                          int64_t rows)
{
	struct summary summary = summarise(sql, driver->kind);
	struct span_record record;

	span_record_begin(&record, &span->trace, SPAN_CLIENT, span->began_us, str_of(summary.operation), summary.table);
	span_text(&record, "db.system.name", system_name(driver));
	span_text(&record, "db.operation.name", str_of(summary.operation));
	span_text(&record, "db.collection.name", summary.table);
	span_text(&record, "db.query.text", str_of(sql));
	if (rows >= 0)
		span_int(&record, "db.response.returned_rows", rows);
	record.error = error;
	span_record_end(&record);
}

void transaction_span_write(const struct span *span, const struct store *store, const char *what)
{
	bool whole = strcmp(what, "transaction") == 0;
	struct span_record record;

	span_record_begin(&record, &span->trace, whole ? SPAN_INTERNAL : SPAN_CLIENT, span->began_us, str_of(what), (str) { 0 });
	span_text(&record, "db.system.name", system_name(store->driver));
	if (!whole)
		span_text(&record, "db.operation.name", str_of(what));
	if (store->failed)
		record.error = store_cause_word(store->cause);
	span_record_end(&record);
}
