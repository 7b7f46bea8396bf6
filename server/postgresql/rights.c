/* rights.c - what a role may not do, in words: which right is missing, and what gives it. */
#include "fatal.h"
#include "statement.h"

#include <ctype.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#define NAME_SIZE 132                   /* of 63 bytes, each of them a quotation mark, and the two around it */
#define FRESH_MS 1000                   /* a connection that was just made is to the best server there is */

static bool is(const PGresult *result, const char *state)
{
	return strcmp(postgres_state(result), state) == 0;
}

/* ---- Words ---- */

static const struct {
	const char *kind, *rights, *of;
} grants[] = {
	{ " for table ", NULL, "" },
	{ " for view ", NULL, "" },
	{ " for sequence ", "usage", "sequence " },
	{ " for schema ", "usage", "schema " },
	{ " for function ", "execute", "function " },
};

static bool only_reads(const char *sql)
{
	return sql && strncasecmp(store_text_begin(sql, STORE_POSTGRESQL), "select", 6) == 0
	       && !strcasestr(sql, " for update");
}

static const char *role_of(const PGconn *connection)
{
	const char *role = PQparameterStatus(connection, "session_authorization");

	return role ? role : "this role";
}

/* PostgreSQL's key words that are no name without quotes: pg_get_keywords()' of the categories R and T. */
static const char reserved[] =
	"all analyse analyze and any array as asc asymmetric authorization binary both case cast check collate collation column"
	" concurrently constraint create cross current_catalog current_date current_role current_schema current_time"
	" current_timestamp current_user default deferrable desc distinct do else end except false fetch for foreign freeze"
	" from full grant group having ilike in initially inner intersect into is isnull join lateral leading left like limit"
	" localtime localtimestamp natural not notnull null offset on only or order outer overlaps placing primary references"
	" returning right select session_user similar some symmetric system_user table tablesample then to trailing true union"
	" unique user using variadic verbose when where window with";

static bool is_plain(const char *name)
{
	return !isdigit((unsigned char)*name) && !name[strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_")]
	       && !str_lists(str_of(reserved), ' ', str_of(name));
}

/* As SQL has it: with quotes where there is a capital, a space or a hyphen in it, or it is a word of SQL's own. A log of
 * JSON has a backslash before each, so most go without. */
static void put_name(PGconn *connection, const char *name, char text[NAME_SIZE])
{
	char *quoted = is_plain(name) ? NULL : PQescapeIdentifier(connection, name, strlen(name));

	snprintf(text, NAME_SIZE, "%s", quoted ? quoted : name);
	PQfreemem(quoted);
}

/* What does not fit whole is left out: it would be of another table, or to another role. */
static void print_grant(PGconn *connection, const char *rights, const char *of, const char *name, char text[POSTGRES_WHY])
{
	char on[NAME_SIZE], to[NAME_SIZE];
	size_t size = strlen(text), room = POSTGRES_WHY - size;

	put_name(connection, name, on);
	put_name(connection, role_of(connection), to);
	if (snprintf(text + size, room, "; its owner gives it: grant %s on %s%s to %s", rights, of, on, to) >= (int)room)
		text[size] = '\0';
}

/* Behind what the server says, "permission denied for table NAME". */
static void add_grant(PGconn *connection, const char *sql, char text[POSTGRES_WHY])
{
	for (size_t i = 0; i < sizeof(grants) / sizeof(*grants); i++) {
		const char *kind = strstr(text, grants[i].kind);
		if (!kind)
			continue;
		const char *rights = grants[i].rights ? grants[i].rights
		                     : only_reads(sql) ? "select" : "select, insert, update, delete";
		print_grant(connection, rights, grants[i].of, kind + strlen(grants[i].kind), text);
		return;
	}
}

const char *postgres_words(const struct postgres *postgres, const char *sql, const PGresult *result, char text[POSTGRES_WHY])
{
	const char *words = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);

	snprintf(text, POSTGRES_WHY, "%s", words ? words : "the database gave no reason");
	if (words && is(result, "42501"))
		add_grant(postgres->link.connection, sql, text);
	if (words && is(result, "25006"))
		snprintf(text, POSTGRES_WHY, "%s: " POSTGRES_ONLY_READ, words);
	return text;
}

/* ---- What only can be read ---- */

static bool is_on(const PGconn *connection, const char *setting)
{
	const char *value = PQparameterStatus(connection, setting);

	return value && strcmp(value, "on") == 0;
}

bool postgres_is_fresh(const struct postgres *postgres)
{
	return tick_ms() - postgres->link.made_ms < FRESH_MS;
}

/* The server tells both unasked, and when they change. */
bool postgres_well(struct store *store, struct store_why *why)
{
	if (store->use == STORE_READS || !postgres_borrow(store, NULL))
		return true;
	struct postgres *postgres = postgres_of(store);
	const PGconn *connection = link_ready(&postgres->link) ? postgres->link.connection : NULL;
	bool only_read = connection && (is_on(connection, "in_hot_standby")
	                                || is_on(connection, "default_transaction_read_only"));
	postgres_give_back(store, store->running);
	return !only_read || store_wrong(why, "this database " POSTGRES_ONLY_READ);
}

/* ---- Looking at a statement that is not run ---- */

/* To explain one is to begin it and to do nothing: rights are looked at then, and not as it is prepared. */
static PGresult *explain(struct postgres *postgres, const struct statement *statement)
{
	char *text;
	PGresult *result = NULL;

	if (asprintf(&text, "explain %s", statement->text) < 0)
		fatal();
	atomic_fetch_add(&store_counters.prepared, 1);
	if (PQsendQueryParams(postgres->link.connection, text, statement->parameters, statement->types,
	                      statement->values, statement->sizes, statement->formats, 0))
		result = link_answer(&postgres->link, postgres_until(postgres));
	else
		link_lost(&postgres->link);
	free(text);
	return result;
}

static bool look(struct postgres *postgres, const struct statement *statement, struct store_why *why)
{
	PGresult *result = explain(postgres, statement);
	char text[POSTGRES_WHY];

	if (!result) {
		postgres_failed(postgres, statement->kept.sql, NULL);
		return false;
	}
	/* Whatever else it may be is not for this to say. */
	if (is(result, "42501"))
		store_wrong(why, "%s", postgres_words(postgres, statement->kept.sql, result, text));
	PQclear(result);
	return true;
}

bool postgres_may(struct store *store, const struct query *query, struct store_why *why)
{
	if (!postgres_borrow(store, query->sql))
		return false;
	struct postgres *postgres = postgres_of(store);
	struct statement *statement = statement_make(postgres, query, why);
	bool ready = statement && link_ready(&postgres->link);
	if (statement && !ready)
		store_failed(store, postgres_told(postgres, query->sql), STORE_AWAY, postgres->link.why);
	bool said = !statement || (ready && look(postgres, statement, why));
	if (statement)
		statement_free(statement);
	postgres_give_back(store, store->running);
	return said;
}
