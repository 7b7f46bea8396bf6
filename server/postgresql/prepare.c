/* prepare.c - looks at a statement that is not run: the server says what it is, and what it would give. */
#include "statement.h"

#include <stdatomic.h>

/* NULL: the connection was lost. */
static PGresult *answer(struct postgres *postgres, int sent)
{
	atomic_fetch_add(&store_counters.prepared, 1);
	if (sent)
		return link_answer(&postgres->link, postgres_until(postgres));
	link_explain(&postgres->link, "the connection was lost");
	link_lost(&postgres->link);
	return NULL;
}

/* Without a name it takes the place of the one before. */
static PGresult *describe(struct postgres *postgres, struct statement *statement)
{
	PGresult *result = answer(postgres, PQsendPrepare(postgres->link.connection, "", statement->text,
	                                                  statement->parameters, statement->types));

	if (PQresultStatus(result) != PGRES_COMMAND_OK)
		return result;
	PQclear(result);
	return answer(postgres, PQsendDescribePrepared(postgres->link.connection, ""));
}

static bool look(struct postgres *postgres, struct statement *statement, struct store_why *why)
{
	PGresult *result = describe(postgres, statement);

	if (PQresultStatus(result) == PGRES_COMMAND_OK) {
		statement->result = result;
		(void)!statement_map(statement, why);
		return true;
	}
	if (!postgres_refuses(result)) {
		postgres_failed(postgres, statement->kept.sql, result);
		return false;
	}
	char words[POSTGRES_WHY];
	store_wrong(why, "%s", postgres_words(postgres, statement->kept.sql, result, words));
	PQclear(result);
	return true;
}

static bool try(struct postgres *postgres, const struct query *query, bool changes, struct store_why *why)
{
	struct statement *statement = statement_make(postgres, query, why);

	if (!statement)
		return true;
	bool said = look(postgres, statement, why);
	if (changes && !statement->writes && !*why->text)
		store_wrong(why, STORE_NO_CHANGE);
	statement_free(statement);
	return said;
}

bool postgres_prepare(struct store *store, const struct query *query, bool changes, struct store_why *why)
{
	if (!postgres_borrow(store, query->sql))
		return false;
	struct postgres *postgres = postgres_of(store);
	bool ready = link_ready(&postgres->link);
	if (!ready)
		store_failed(store, postgres_told(postgres, query->sql), STORE_AWAY, postgres->link.why);
	bool said = ready && try(postgres, query, changes, why);
	postgres_give_back(store, store->running);
	return said;
}
