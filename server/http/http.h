/* http.h - bytes in and out: libmicrohttpd inside our loops. Knows nothing of JSON or MCP.
 *
 * All the rules of libmicrohttpd are kept in here:
 * 1. A daemon is run by one loop, and everything about its connections happens on that loop.
 * 2. A suspended connection does not notice its client leaving: the loop watches its socket.
 * 3. Any resume walks all suspended connections, so only parked requests are suspended. A stream
 *    takes its socket out of libmicrohttpd: idle, it costs half a KiB and no walks.
 * 4. Never its internal epoll thread.
 * 5. Resume everything before stopping the daemon. */
#ifndef HTTP_H
#define HTTP_H

#include "charged.h"
#include "core.h"
#include "counted.h"
#include "header.h"
#include "loop.h"

/* ---- Exchanges: one request and its answer ---- */

/* Its loop owns it: every function here is called on that loop. It ends when the answer or stream
 * is out or the client left; `finished` is called last. */
struct exchange;

enum http_method { HTTP_GET, HTTP_POST, HTTP_DELETE, HTTP_OPTIONS, HTTP_HEAD, HTTP_OTHER };

struct http_handler {
	/* The headers are in, the body is not: may answer (a refusal), then `request` is not called
	 * and the body not kept; may say with exchange_charge() which budget the body counts in; may
	 * park, and then nothing of the body is read until exchange_go_on() or an answer. */
	void (*headers)(struct exchange *x);
	/* The whole request is in, except that only a POST's body is read: must answer, park or open a
	 * stream. */
	void (*request)(struct exchange *x);
	/* The exchange ends: for the log and the counters. exchange_user() is still there. */
	void (*finished)(struct exchange *x);
};

enum http_method exchange_method(const struct exchange *x);
str exchange_path(const struct exchange *x);       /* without the query */
str exchange_host(const struct exchange *x);       /* whom it is for: of the target, else of Host */
str exchange_peer(const struct exchange *x);       /* the address of the socket's other end */
char *exchange_body(struct exchange *x, size_t *size);     /* writable, 4 spare bytes behind it */
/* An arena with nothing but the body in it, the receiver's: the bytes stay where they are. */
struct arena *exchange_take_body(struct exchange *x);
void exchange_set_user(struct exchange *x, void *user);    /* the layer above's; NULL at first */
void *exchange_user(const struct exchange *x);
struct loop *exchange_loop(const struct exchange *x);
/* It came on one of the few connections over connections_max: only who asks how the server is should
 * get more than a refusal. The connection is closed after the answer. */
bool exchange_is_spare(const struct exchange *x);
int exchange_status(const struct exchange *x);             /* what was answered; 0: nothing yet */
/* Whose shares of http_settings.requests and .streams what is kept of the body, and what waits on its
 * stream, are taken from. NULL is fine. It holds them. */
void exchange_charge(struct exchange *x, struct budget *requests, struct budget *streams);
int64_t exchange_began_us(const struct exchange *x);       /* tick_us() when the headers were in */

/* Adds a header to the answer to come. The name must live for ever, the value is copied; CR, LF and
 * other control characters in it are a programmer's error. */
void exchange_add_header(struct exchange *x, const char *name, const char *value);

/* What the answer's X-Request-Id says, fit for a header; not copied: it must live until the exchange is
 * answered, or its stream opened. */
void exchange_name(struct exchange *x, const char *id);

/* Answers. The body is not copied: it must live until `finished`, which is called when it was sent
 * or can't be. `type` NULL: no Content-Type. */
void exchange_answer(struct exchange *x, int status, const char *type, str body);

/* Answer later: suspends the connection and watches for its client leaving. Then `gone` is called,
 * once, and the exchange must not be used after it returns (`finished` is called first). */
typedef void gone_fn(void *user);
void exchange_park(struct exchange *x, gone_fn *gone);
/* Of one that was parked when its headers were in: as if they had just been looked at. */
void exchange_go_on(struct exchange *x);

/* ---- Streams: a server-sent-events answer ---- */

struct stream;

/* Answers with status 200, text/event-stream, no-cache, X-Accel-Buffering: no, and the headers
 * added before. The exchange belongs to the stream now, its body is released unless taken. A
 * comment goes out at once, so that proxies pass the headers on; another whenever the stream was
 * silent for keep_alive_ms. `gone` is called when the client left or its backlog overflowed, after
 * `finished`; then the stream is no more.
 * A stream that is ended in the same turn is sent as a plain answer with a Content-Length, at the
 * price of one; any other is the last answer on its connection. */
struct stream *stream_open(struct exchange *x, gone_fn *gone, void *user);
/* Sends bytes that are whole events (the caller frames them): copied. As long as what waits is within
 * http_settings.backlog_max more is taken, however large. False: it was not, or all streams have too
 * much, so this one is being ended, `gone` follows from the loop; send nothing more. */
bool stream_send(struct stream *s, str events);
size_t stream_backlog(const struct stream *s);          /* bytes not yet taken by the socket */
/* Calls `sent` from the loop, once, when all that was sent to it is with the socket: so whoever has
 * more for the client gives as much as it takes. */
typedef void stream_sent_fn(void *user);
void stream_when_sent(struct stream *s, stream_sent_fn *sent);
/* Ends it once everything is out. `gone` is not called; do not use it any more. */
void stream_end(struct stream *s);
struct loop *stream_loop(const struct stream *s);

/* ---- Serving ---- */

struct http_settings {
	const char *host;               /* "127.0.0.1", "0.0.0.0", "::" ... */
	int port;                       /* 0: any free one, see http_port() */
	/* What an operator sets them by, for the words where they can't be had: "HOST", "PORT", and "PORT
	 * (--port N; 0 takes any free one)". */
	const char *host_set_by, *port_set_by, *other_port_by;
	int loops;
	size_t connection_bytes;        /* libmicrohttpd's pool: the header limit */
	size_t body_max;                /* over it the handler answers: exchange_body_trouble() */
	struct budget *requests;        /* what all keep together, likewise; NULL: no bound */
	size_t backlog_max;             /* of one stream, before the last that was sent */
	struct budget *streams;         /* what waits for all their clients; NULL: no bound */
	bool proxied;                   /* proxies may stand between it and its clients */
	int connections_max;            /* all loops together; over it idle ones are closed */
	int64_t header_deadline_ms;     /* from a request's first bytes to the end of its headers */
	int64_t body_deadline_ms;       /* from there to the end of its body */
	int64_t idle_ms;                /* a connection kept open between requests */
	int64_t keep_alive_ms;          /* the pause after which a silent stream sends a comment */
	struct http_handler handler;
	/* Opens what a loop's thread needs (its store): on that thread, before it serves. NULL: it
	 * failed. */
	void *(*open)(void *context, struct loop *loop);
	void (*close)(void *loop_context);
	void *context;
};

/* Counters anyone may read; each loop adds to them. */
struct http_counters {
	atomic_llong connections, streams;                      /* now open */
	atomic_llong requests, bytes_in, bytes_out;             /* in all; bytes of bodies */
	atomic_llong refused_bodies, refused_headers, slow_clients;
	atomic_llong overflowed_streams, gone_clients;
	atomic_llong closed_idle;               /* connections, to make room for new ones */
	atomic_llong refused_connections;       /* or served as spare ones: there was no room */
};
extern struct http_counters http_counters;
extern const struct counted http_counted[];     /* the same, for /metrics */

struct http;
/* Binds, opens the loops, starts serving. NULL: it has logged why (the address in use ...). */
struct http *http_start(const struct http_settings *settings);
int http_port(const struct http *http);
int http_loops(const struct http *http);
struct loop *http_loop(const struct http *http, int index);
/* Answers from now on carry Connection: close, so that clients go elsewhere. */
void http_leave_soon(void);
bool http_leaving(void);
/* Stops listening too: new connections are refused. */
void http_quiesce(struct http *http);
bool http_quiesced(void);
/* Within that time no exchange and no stream is to be open: clients that send half a body, or take nothing
 * of their answer, are cut before. */
void http_drain(struct http *http, int64_t within_ms);
/* Waits for that, at most timeout_ms: true if none is open. */
bool http_drained(struct http *http, int64_t timeout_ms);
/* Waits until the loops have done what they were told so far, and what it led to. */
void http_settle(struct http *http);
/* Ends what is left, stops the loops, closes. NULL is fine. */
void http_stop(struct http *http);

/* Why the body was not read, known when `request` is called: the handler answers. */
enum body_trouble { BODY_FINE, BODY_TOO_LARGE, BODY_NO_ROOM };
enum body_trouble exchange_body_trouble(const struct exchange *x);

#endif
