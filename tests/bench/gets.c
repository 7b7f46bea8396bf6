/* gets.c - the references of a read of PostgreSQL, with libpq alone.
 *
 *     bench-gets URL threads      a thread for each client, each with a connection that blocks
 *     bench-gets URL pipeline     one thread and one connection in pipeline mode for all of them
 *
 * It takes the arguments of get_product and reads the products' own rows. Prints its port. */
#include <libpq-fe.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "reference.h"

#define SKU_MAX 100
#define PEERS_MAX 1024

static const char get[] =
	"select p.sku, p.name, p.description, p.category, p.price, p.price_currency, p.stock, p.version,"
	" coalesce((select sum(h.quantity) from reservation_item h where h.product_id = p.id and h.held = 1),"
	" 0) from product p where p.sku_key = lower($1)";

static const char *url;

static PGconn *connect_and_prepare(void)
{
	PGconn *connection = PQconnectdb(url);
	PGresult *prepared = PQprepare(connection, "get", get, 1, NULL);

	if (PQresultStatus(prepared) != PGRES_COMMAND_OK) {
		fprintf(stderr, "PostgreSQL: %s\n", PQerrorMessage(connection));
		exit(1);
	}
	PQclear(prepared);
	return connection;
}

static void take_sku(const char *body, char *sku)
{
	if (!json_text(body, "\"sku\":\"", sku, SKU_MAX))
		exit(1);
}

static size_t say_product(PGresult *result, char *json, size_t room)
{
	static const char *const names[] = { "sku", "name", "description", "category", "price", "currency", "stock",
	                                     "version", "held" };
	size_t size = (size_t)snprintf(json, room, "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"id\":1");

	if (PQresultStatus(result) != PGRES_TUPLES_OK || PQntuples(result) != 1) {
		fprintf(stderr, "PostgreSQL: %s\n", PQresultErrorMessage(result));
		exit(1);
	}
	for (int i = 0; i < PQnfields(result); i++)
		size += (size_t)snprintf(json + size, room - size, i < 4 || i == 5 ? ",\"%s\":\"%s\"" : ",\"%s\":%s",
		                         names[i], PQgetvalue(result, 0, i));
	PQclear(result);
	return size + (size_t)snprintf(json + size, room - size, "}}");
}

/* ---- A thread each ---- */

static void *begin(void)
{
	return connect_and_prepare();
}

static size_t answer(void *own, const char *body, char *json, size_t room)
{
	char sku[SKU_MAX];
	const char *const values[] = { sku };

	take_sku(body, sku);
	return say_product(PQexecPrepared(own, "get", 1, values, NULL, NULL, 0), json, room);
}

/* ---- One loop ---- */

struct client {
	struct peer peer;
	bool waits, left;
};

static PGconn *shared;
static int poller;
static struct client *line[PEERS_MAX];          /* whose statements were sent, a ring */
static size_t line_first, line_size;
static bool sent;                               /* something, since the last Sync */

static void leave(struct client *client)
{
	client->left = true;
	if (client->waits)
		return;
	close(client->peer.socket);
	free(client);
}

static void hear(struct client *client)
{
	char sku[SKU_MAX];
	const char *body, *const values[] = { sku };
	enum heard heard = peer_read(&client->peer, &body);

	if (heard == PEER_LEFT) {
		epoll_ctl(poller, EPOLL_CTL_DEL, client->peer.socket, NULL);
		leave(client);
	}
	if (heard != PEER_ASKED)
		return;
	take_sku(body, sku);
	if (line_size == PEERS_MAX || !PQsendQueryPrepared(shared, "get", 1, values, NULL, NULL, 0))
		exit(1);
	client->waits = sent = true;
	line[(line_first + line_size++) % PEERS_MAX] = client;
}

static void answer_first(PGresult *result)
{
	static char json[ANSWER_MAX];
	struct client *client = line[line_first];
	size_t size = say_product(result, json, sizeof(json));

	line_first = (line_first + 1) % PEERS_MAX;
	line_size--;
	client->waits = false;
	if (client->left)
		leave(client);
	else
		peer_answer(&client->peer, json, size);
}

static void read_results(void)
{
	PGresult *result;

	if (!PQconsumeInput(shared))
		exit(1);
	while (line_size && !PQisBusy(shared)) {
		result = PQgetResult(shared);
		if (result && PQresultStatus(result) == PGRES_TUPLES_OK)
			answer_first(result);
		else if (result && PQresultStatus(result) != PGRES_PIPELINE_SYNC)
			exit(1);
		else
			PQclear(result);                /* NULL: between two */
	}
}

static void greet(int listener)
{
	struct client *client = calloc(1, sizeof(*client));
	struct epoll_event event = { .events = EPOLLIN, .data.ptr = client };

	if (!client || (client->peer.socket = accept(listener, NULL, NULL)) < 0)
		exit(1);
	epoll_ctl(poller, EPOLL_CTL_ADD, client->peer.socket, &event);
}

/* What one turn has sent has one Sync, and one send(). */
static void serve_on_one(void)
{
	struct epoll_event events[256], server, listening = { .events = EPOLLIN, .data.ptr = NULL };
	int listener = reference_listen();

	shared = connect_and_prepare();
	if (!PQenterPipelineMode(shared) || PQsetnonblocking(shared, 1) != 0)
		exit(1);
	poller = epoll_create1(EPOLL_CLOEXEC);
	server = (struct epoll_event) { .events = EPOLLIN, .data.ptr = &shared };
	epoll_ctl(poller, EPOLL_CTL_ADD, listener, &listening);
	epoll_ctl(poller, EPOLL_CTL_ADD, PQsocket(shared), &server);
	for (;;) {
		int ready = epoll_wait(poller, events, 256, -1);
		for (int i = 0; i < ready; i++) {
			if (!events[i].data.ptr)
				greet(listener);
			else if (events[i].data.ptr == &shared)
				read_results();
			else
				hear(events[i].data.ptr);
		}
		if (sent && !PQpipelineSync(shared))
			exit(1);
		sent = false;
	}
}

int main(int argc, char **argv)
{
	if (argc != 3)
		return 2;
	url = argv[1];
	if (strcmp(argv[2], "pipeline") == 0)
		serve_on_one();
	serve_with_threads(&(struct service) { .begin = begin, .answer = answer });
}
