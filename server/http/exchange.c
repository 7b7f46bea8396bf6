/* exchange.c - one request and its answer, as the layer above sees it. */
#include <arpa/inet.h>
#include <assert.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

#include "fatal.h"
#include "inside.h"

enum http_method exchange_method(const struct exchange *x)
{
	return x->method;
}

void exchange_set_user(struct exchange *x, void *user)
{
	x->user = user;
}

void *exchange_user(const struct exchange *x)
{
	return x->user;
}

struct loop *exchange_loop(const struct exchange *x)
{
	return exchange_connection(x)->loop;
}

bool exchange_is_spare(const struct exchange *x)
{
	return exchange_connection(x)->spare;
}

int exchange_status(const struct exchange *x)
{
	return x->status;
}

int64_t exchange_began_us(const struct exchange *x)
{
	return x->began_us;
}

static void print_four(const struct in_addr *address, char *text)
{
	inet_ntop(AF_INET, address, text, INET6_ADDRSTRLEN);
}

static void print_six(const struct in6_addr *address, char *text)
{
	struct in_addr four;

	if (!IN6_IS_ADDR_V4MAPPED(address)) {
		inet_ntop(AF_INET6, address, text, INET6_ADDRSTRLEN);
		return;
	}
	memcpy(&four, address->s6_addr + 12, sizeof(four));
	print_four(&four, text);
}

/* As it was when it was accepted: who has left by now had one all the same. */
static void print_peer(struct connection *c)
{
	const union MHD_ConnectionInfo *info =
		c->mhd ? MHD_get_connection_info(c->mhd, MHD_CONNECTION_INFO_CLIENT_ADDRESS) : NULL;
	const void *address = info ? info->client_addr : NULL;
	int family = address ? ((const struct sockaddr *)address)->sa_family : AF_UNSPEC;

	c->address = malloc(INET6_ADDRSTRLEN);
	if (!c->address)
		fatal();
	strcpy(c->address, "-");
	if (family == AF_INET)
		print_four(&((const struct sockaddr_in *)address)->sin_addr, c->address);
	else if (family == AF_INET6)
		print_six(&((const struct sockaddr_in6 *)address)->sin6_addr, c->address);
}

str exchange_peer(const struct exchange *x)
{
	struct connection *c = exchange_connection(x);

	if (!c->address)
		print_peer(c);
	return str_of(c->address);
}

/* ---- Answering ---- */

struct arena *exchange_arena(struct exchange *x)
{
	if (!x->arena)
		x->arena = arena_create();
	return x->arena;
}

void exchange_add_header(struct exchange *x, const char *name, const char *value)
{
	struct added_header **place = &x->added;

	while (*place)
		place = &(*place)->next;
	*place = arena_new(exchange_arena(x), struct added_header);
	**place = (struct added_header) {
		.name = name, .value = arena_copy(x->arena, str_of(value)) };
}

void exchange_name(struct exchange *x, const char *id)
{
	x->id = id;
}

static void add(struct MHD_Response *response, const char *name, const char *value)
{
	enum MHD_Result added = MHD_add_response_header(response, name, value);

	assert(added == MHD_YES);
	(void)added;
}

/* The answer is the last on its connection. With a lenient libmicrohttpd that leaves nothing for a
 * request hidden in another one, where proxies could send the two on one connection. */
static bool closes(const struct exchange *x)
{
	const struct http *http = exchange_connection(x)->loop->http;

	return http_leaving() || exchange_is_spare(x) ||
	       (http->lenient && (http->set.proxied || x->length < 0));
}

void exchange_respond(struct exchange *x, int status, const char *type, str body,
                      enum MHD_ResponseMemoryMode memory)
{
	/* libmicrohttpd does not write to what it keeps. */
	void *bytes = body.size ? (void *)(uintptr_t)body.at : (void *)(uintptr_t)"";
	struct MHD_Response *response = MHD_create_response_from_buffer(body.size, bytes,
		body.size ? memory : MHD_RESPMEM_PERSISTENT);

	if (!response)
		fatal();
	if (type)
		add(response, "Content-Type", type);
	if (x->id)
		add(response, "X-Request-Id", x->id);
	for (struct added_header *header = x->added; header; header = header->next)
		add(response, header->name, header->value);
	if (closes(x))
		add(response, "Connection", "close");
	x->status = (uint16_t)status;
	x->response = response;
	exchange_connection(x)->loop->counted.bytes_out += (long long)body.size;
	if (x->parked)
		exchange_unpark(x);
}

void exchange_answer(struct exchange *x, int status, const char *type, str body)
{
	assert(x->status == 0 && !x->stream && !x->over);
	exchange_respond(x, status, type, body, MHD_RESPMEM_PERSISTENT);
}

str exchange_head(struct arena *arena, const struct exchange *x, int status, const char *own)
{
	char date[40];
	time_t now = time(NULL);
	struct tm parts;

	gmtime_r(&now, &parts);
	strftime(date, sizeof(date), "%a, %d %b %Y %H:%M:%S GMT", &parts);
	const char *head = arena_print(arena, "HTTP/1.1 %d %s\r\nDate: %s\r\nConnection: close\r\n%s", status,
	                               MHD_get_reason_phrase_for((unsigned)status), date, own);
	for (const struct added_header *header = x->added; header; header = header->next)
		head = arena_print(arena, "%s%s: %s\r\n", head, header->name, header->value);
	return str_of(arena_print(arena, "%s\r\n", head));
}

/* ---- Parking ---- */

void exchange_park(struct exchange *x, gone_fn *gone)
{
	struct connection *c = exchange_connection(x);

	assert(!x->parked && x->status == 0);
	x->gone = gone;
	x->parked = true;
	connection_enter(c, PHASE_PARKED);
	MHD_suspend_connection(c->mhd);
	connection_watch(c);
}

void exchange_queue(struct exchange *x)
{
	struct connection *c = exchange_connection(x);

	connection_enter(c, PHASE_SENDING);
	x->queued = MHD_queue_response(c->mhd, x->status, x->response) == MHD_YES;
	x->drop |= !x->queued;
	MHD_destroy_response(x->response);
	x->response = NULL;
}

void exchange_unpark(struct exchange *x)
{
	struct connection *c = exchange_connection(x);

	x->parked = false;
	connection_enter(c, PHASE_SENDING);
	if (x->response && x->stage != STAGE_HELD)
		exchange_queue(x);
	MHD_resume_connection(c->mhd);
	c->loop->resumed = true;
}

void exchange_finish(struct exchange *x)
{
	struct loop *loop = exchange_connection(x)->loop;

	if (!x->announced || x->over)
		return;
	x->over = true;
	loop->exchanges--;
	loop->http->set.handler.finished(x);
}

void exchange_go_on(struct exchange *x)
{
	assert(x->parked && x->stage == STAGE_HELD);
	exchange_unpark(x);
}

void exchange_leave(struct exchange *x)
{
	gone_fn *gone = x->gone;
	void *user = x->user;

	count(&http_counters.gone_clients, 1);
	x->drop = true;
	exchange_finish(x);
	gone(user);
	exchange_unpark(x);
}
