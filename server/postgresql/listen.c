/* listen.c - a connection that hears what is told with NOTIFY. */
#include "fatal.h"
#include "postgresql_private.h"

#include <stdlib.h>

unsigned postgres_connection(const struct store *store)
{
	const struct postgres_link *link = &((const struct postgres_store *)store)->at->link;

	return link->connection ? link->number : 0;
}

int postgres_socket(const struct store *store)
{
	const struct postgres_link *link = &((const struct postgres_store *)store)->at->link;

	return link->connection ? PQsocket(link->connection) : -1;
}

bool postgres_listen(struct store *store, const char *channel)
{
	struct postgres *postgres = postgres_of(store);
	char sql[128];

	if (!link_ready(&postgres->link))
		return false;
	char *name = PQescapeIdentifier(postgres->link.connection, channel, strlen(channel));
	if (!name)
		fatal();
	snprintf(sql, sizeof(sql), "listen %s", name);
	PQfreemem(name);
	PGresult *result = postgres_run(postgres, sql);
	PQclear(result);
	postgres->link.listens = result;
	return result;
}

bool postgres_heard(struct store *store, struct store_notice *notice)
{
	struct postgres_link *link = &postgres_of(store)->link;

	if (!link->connection)
		return false;
	PGnotify *heard = PQnotifies(link->connection);
	if (!heard && !PQconsumeInput(link->connection)) {
		link_explain(link, "the connection was lost");
		link_lost(link);
		return false;
	}
	if (!heard)
		heard = PQnotifies(link->connection);
	if (!heard)
		return false;
	*notice = (struct store_notice) { .channel = heard->relname, .words = heard->extra, .owned = heard,
		.mine = heard->be_pid == PQbackendPID(link->connection) };
	return true;
}

void postgres_heard_free(struct store_notice *notice)
{
	PQfreemem(notice->owned);
}
