/* receive.c - the steps of a request, as libmicrohttpd calls them.
 *
 * It calls exchange_begin() with the request line, then exchange_receive() with the headers, for
 * each piece of the body, and at its end. For an exchange that was parked it calls again when that is
 * resumed: with the headers, where it had no more yet, else to drop it if there is no answer.
 * exchange_completed() when all is over. */
#include <stdlib.h>
#include <sys/socket.h>

#include "inside.h"
#include "log.h"

/* A body up to this size is read although its request was refused: the connection can stay. */
#define UNWANTED_MAX (64 * 1024)

void *exchange_begin(UNUSED void *cls, const char *uri, struct MHD_Connection *mhd)
{
	struct connection *c =
		MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
	struct exchange *x = &c->exchange;

	*x = (struct exchange) { .stage = STAGE_HEADERS,
	                         .requests = c->loop->http->set.requests,
	                         .streams = c->loop->http->set.streams };
	target_read(x, uri);
	connection_enter(c, PHASE_HEADERS);
	return x;
}

/* ---- Handing it over ---- */

/* Within libmicrohttpd's call. */
static enum MHD_Result send_answer(struct exchange *x)
{
	exchange_queue(x);
	return x->queued ? MHD_YES : MHD_NO;
}

static enum MHD_Result hand_over(struct exchange *x)
{
	struct connection *c = exchange_connection(x);

	x->stage = STAGE_REQUEST;
	connection_enter(c, PHASE_NONE);
	c->loop->http->set.handler.request(x);
	if (x->stream && !x->parked)
		stream_settle(x->stream);
	if (x->response)
		return send_answer(x);
	if (x->parked || x->queued)
		return MHD_YES;         /* queued: it was parked and answered at once */
	if (!x->drop)
		log_often(LOG_ERROR, "a request was neither answered nor parked");
	return MHD_NO;                  /* or its socket is a stream's now */
}

/* ---- Headers ---- */

static uint8_t read_method(const char *method)
{
	static const char *const names[] = {
		[HTTP_GET] = "GET", [HTTP_POST] = "POST", [HTTP_DELETE] = "DELETE",
		[HTTP_OPTIONS] = "OPTIONS", [HTTP_HEAD] = "HEAD"
	};

	for (uint8_t i = 0; i < HTTP_OTHER; i++)
		if (strcmp(method, names[i]) == 0)
			return i;
	return HTTP_OTHER;
}

static enum MHD_Result refuse_headers(struct exchange *x, const char *why)
{
	count(&http_counters.refused_headers, 1);
	exchange_add_header(x, "Connection", "close");
	exchange_answer(x, 400, "text/plain", str_of(why));
	x->unread = true;
	return send_answer(x);
}

/* libmicrohttpd closes a connection whose request was answered before its body was read. */
static enum MHD_Result after_refusal(struct exchange *x)
{
	if (x->length == 0 || (x->length > 0 && x->length <= UNWANTED_MAX && !x->expects)) {
		connection_enter(exchange_connection(x), PHASE_BODY);
		return MHD_YES;
	}
	x->unread = true;
	return send_answer(x);
}

static enum MHD_Result headers_done(struct exchange *x)
{
	if (x->response)
		return after_refusal(x);
	/* Only a POST says something with its body: nobody else's takes room, or is waited for. */
	if (x->method != HTTP_POST && x->length != 0) {
		x->unread = true;
		return hand_over(x);
	}
	body_expect(x);
	if (x->trouble != BODY_FINE) {
		x->unread = true;
		return hand_over(x);
	}
	connection_enter(exchange_connection(x), PHASE_BODY);
	return MHD_YES;
}

static enum MHD_Result headers_in(struct exchange *x, const char *method, const char *version)
{
	struct loop *loop = exchange_connection(x)->loop;
	const char *why;

	x->stage = STAGE_BODY;
	x->method = read_method(method);
	x->began_us = tick_us();
	loop->counted.requests++;
	if (!headers_read(x, method, version, &why))
		return refuse_headers(x, why);
	x->announced = true;
	loop->exchanges++;
	loop->http->set.handler.headers(x);
	if (x->parked) {
		x->stage = STAGE_HELD;
		return MHD_YES;
	}
	return headers_done(x);
}

static enum MHD_Result go_on(struct exchange *x)
{
	x->stage = STAGE_BODY;
	return x->drop ? MHD_NO : headers_done(x);
}

/* ---- Body, end ---- */

static enum MHD_Result body_in(struct exchange *x, const char *data, size_t *size)
{
	size_t most = exchange_connection(x)->loop->http->set.body_max * 2;

	body_receive(x, data, *size);
	*size = 0;
	x->drop = x->swallowed > most && x->swallowed > UNWANTED_MAX;
	return x->drop ? MHD_NO : MHD_YES;
}

/* Whether the client may still be sending while an answer is on its way to it: ours, or one that
 * libmicrohttpd made (431, 400). */
static bool is_still_sending(const struct exchange *x, enum MHD_RequestTerminationCode why)
{
	if (why == MHD_REQUEST_TERMINATED_COMPLETED_OK)
		return x->unread;
	return why == MHD_REQUEST_TERMINATED_WITH_ERROR && x->stage < STAGE_REQUEST && !x->drop;
}

/* libmicrohttpd has the head of an answer in one piece of memory with the request's, and closes where they do
 * not fit. Then nothing was sent, and a refusal is said here all the same. (Whoever was not refused was served,
 * which nobody may call undone.) On a socket that failed this goes nowhere. */
static bool say_without_words(struct exchange *x, enum MHD_RequestTerminationCode why)
{
	if (why != MHD_REQUEST_TERMINATED_WITH_ERROR || !x->queued || x->status < 400)
		return false;
	str head = exchange_head(exchange_arena(x), x, x->status, "Content-Length: 0\r\n");
	return send(exchange_connection(x)->fd, head.at, head.size, MSG_NOSIGNAL | MSG_DONTWAIT) > 0;
}

enum MHD_Result exchange_receive(UNUSED void *cls, UNUSED struct MHD_Connection *mhd,
                                 UNUSED const char *url, const char *method, const char *version,
                                 const char *data, size_t *size, void **context)
{
	struct exchange *x = *context;

	switch (x->stage) {
	case STAGE_HEADERS:
		return headers_in(x, method, version);
	case STAGE_HELD:
		return go_on(x);
	case STAGE_BODY:
		if (*size > 0)
			return body_in(x, data, size);
		return x->response ? send_answer(x) : hand_over(x);
	default:
		return x->drop ? MHD_NO : MHD_YES;
	}
}

void exchange_completed(UNUSED void *cls, UNUSED struct MHD_Connection *mhd, void **context,
                        enum MHD_RequestTerminationCode why)
{
	struct exchange *x = *context;
	struct connection *c;

	if (!x || x->stage == STAGE_NONE)
		return;
	c = exchange_connection(x);
	connection_enter(c, x->stream ? PHASE_NONE : PHASE_IDLE);
	if (x->stream)                  /* which goes on */
		return;
	if (x->announced && !x->over && why != MHD_REQUEST_TERMINATED_COMPLETED_OK)
		count(&http_counters.gone_clients, 1);
	exchange_finish(x);
	if (say_without_words(x, why) || is_still_sending(x, why))
		connection_linger(c);
	if (x->response)                /* made, but the client left before it was queued */
		MHD_destroy_response(x->response);
	budget_give(x->streams, x->unsent);
	body_release(x);
	exchange_charge(x, NULL, NULL);
	arena_destroy(x->arena);
	x->arena = NULL;
	x->stage = STAGE_NONE;
}
