/* postgres_listen.c - what other processes say: LISTEN on a connection of its own. */
#include "postgres.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "log.h"

#define CHECK_MS 2000                   /* for the answer to a check */

struct store_listener {
	struct postgres_link link;
	const char *const *channels;
};

struct store_listener *store_listener_open(const char *url, const char *const *channels)
{
	const char *colon = strchr(url, ':');

	if (!colon || strncmp(url, "postgres", 8) != 0)
		return NULL;
	struct store_listener *listener = calloc(1, sizeof(*listener));
	if (!listener)
		abort();
	listener->channels = channels;
	if (link_open(&listener->link, colon + 1))
		return listener;
	store_listener_close(listener);
	return NULL;
}

void store_listener_close(struct store_listener *listener)
{
	if (!listener)
		return;
	link_close(&listener->link);
	free(listener);
}

static bool run(struct postgres_link *link, const char *sql)
{
	PGresult *result = NULL;

	atomic_fetch_add(&store_counters.statements, 1);
	if (PQsendQuery(link->connection, sql))
		result = link_answer(link, tick_ms() + CHECK_MS);
	bool fine = PQresultStatus(result) == PGRES_COMMAND_OK
	            || PQresultStatus(result) == PGRES_TUPLES_OK;
	PQclear(result);
	if (!fine && link->connection)
		link_lost(link);
	return fine;
}

static bool listen_to(struct postgres_link *link, const char *channel)
{
	char sql[160];
	char *quoted = PQescapeIdentifier(link->connection, channel, strlen(channel));

	if (!quoted)
		abort();
	snprintf(sql, sizeof(sql), "listen %s", quoted);
	PQfreemem(quoted);
	return run(link, sql);
}

bool store_listener_connect(struct store_listener *listener)
{
	struct postgres_link *link = &listener->link;

	if (link->connection)
		return true;
	bool due = tick_ms() >= link->next_try_ms;
	bool connected = link_ready(link);
	/* Said once an attempt, since nobody else will. */
	if (!connected && due)
		log_error("store: not listening for changes: %s", link->why);
	for (const char *const *channel = listener->channels; connected && *channel; channel++)
		connected = listen_to(link, *channel);
	return connected;
}

int store_listener_fd(const struct store_listener *listener)
{
	return listener->link.connection ? PQsocket(listener->link.connection) : -1;
}

int64_t store_listener_pause_ms(const struct store_listener *listener)
{
	int64_t pause_ms = listener->link.next_try_ms - tick_ms();

	return listener->link.connection || pause_ms < 0 ? 0 : pause_ms;
}

static void hand_over(struct postgres_link *link, store_heard_fn *heard, void *context)
{
	PGnotify *note;

	while (link->connection && (note = PQnotifies(link->connection))) {
		heard(context, note->relname, note->extra);
		PQfreemem(note);
	}
}

bool store_listener_read(struct store_listener *listener, store_heard_fn *heard, void *context)
{
	struct postgres_link *link = &listener->link;

	if (!link->connection)
		return false;
	bool alive = PQconsumeInput(link->connection) && PQstatus(link->connection) == CONNECTION_OK;
	hand_over(link, heard, context);
	if (!alive) {
		link_explain(link, "the connection was lost");
		log_warning("store: not listening for changes any more, until it is connected again: %s",
		            link->why);
		link_lost(link);
	}
	return alive;
}

bool store_listener_check(struct store_listener *listener, store_heard_fn *heard, void *context)
{
	if (!listener->link.connection)
		return false;
	if (!run(&listener->link, "select 1")) {
		log_warning("store: not listening for changes any more, until it is connected again: %s",
		            listener->link.why);
		return false;
	}
	hand_over(&listener->link, heard, context);
	return true;
}
