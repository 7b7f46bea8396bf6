/* inside.h - what the files of this layer share: loops, connections, exchanges, streams.
 *
 * A connection is libmicrohttpd's until a stream is opened on it. Then its socket is taken out (a
 * duplicate is kept, libmicrohttpd closes its own) and the stream reads and writes it by itself: so
 * an idle stream costs a few hundred bytes instead of libmicrohttpd's pool, and none of its walks
 * over all suspended connections. */
#ifndef INSIDE_H
#define INSIDE_H

#include <microhttpd.h>
#include <pthread.h>
#include <sys/epoll.h>

#include "http.h"

static inline void count(atomic_llong *counter, long long more)
{
	atomic_fetch_add_explicit(counter, more, memory_order_relaxed);
}

/* ---- Connections ---- */

/* What a connection waits for. Each phase has its time: its list is in the order of deadlines. */
enum phase {
	PHASE_NEW,              /* its first request */
	PHASE_IDLE,             /* its next request */
	PHASE_HEADERS,          /* the rest of the headers */
	PHASE_BODY,             /* the rest of the body */
	PHASE_SENDING,          /* the client taking the answer */
	PHASE_LEFT,             /* what came before its client left; see connection_enter() */
	PHASE_PARKED,           /* the answer; no deadline of ours */
	PHASE_COUNT,
	PHASE_NONE = PHASE_COUNT
};

enum stage {
	STAGE_NONE,             /* there is no request */
	STAGE_HEADERS,          /* its request line is in */
	STAGE_HELD,             /* its headers are in, and it was parked */
	STAGE_BODY,             /* its headers are in, and were looked at */
	STAGE_REQUEST,          /* it was handed to the handler */
};

struct header {
	const char *name, *value;       /* in libmicrohttpd's pool; of several lines in the arena */
	uint32_t name_size : 31;        /* 0: it is part of the first of its name */
	bool repeats : 1;
	uint32_t value_size;
};

struct added_header {
	struct added_header *next;
	const char *name, *value;
};

struct exchange {
	void *user;
	struct arena *arena;            /* of what the answer needs; NULL: nothing yet */
	const char *target;
	struct budget *requests, *streams;      /* of what is kept of the body; on its stream */
	char *body;                     /* NULL: there is none yet, or it was taken */
	size_t body_size, body_room;
	size_t swallowed;               /* of a body that is too large */
	size_t unsent;                  /* of `streams`, until libmicrohttpd has sent the answer */
	int64_t length;                 /* Content-Length; -1: chunked */
	int64_t began_us;
	struct added_header *added;
	const char *id;                 /* X-Request-Id; NULL: it has none */
	struct MHD_Response *response;  /* to be queued */
	gone_fn *gone;
	struct stream *stream;
	uint32_t path_size, target_size;        /* target: with the query */
	uint32_t host_size;                     /* in the target, behind the scheme */
	uint16_t status;
	uint8_t method, stage, trouble, scheme_size;    /* scheme_size 0: the target is a path */
	bool http_1_0;
	bool expects;                   /* the client waits for 100 Continue */
	bool announced;                 /* the handler knows it */
	bool over;                      /* the handler was told that it ended */
	bool unread;                    /* answered before its body was read */
	bool parked;
	bool queued;                    /* the answer is libmicrohttpd's */
	bool drop;                      /* libmicrohttpd is to close the connection */
};

struct connection {
	struct watch watch;             /* for its client leaving */
	struct loop *loop;
	struct MHD_Connection *mhd;     /* NULL once libmicrohttpd has closed it */
	struct connection *next, *previous;             /* in its phase */
	struct peer *peer;
	struct connection *next_idle, *previous_idle;   /* of its peer's */
	struct header *headers;
	int64_t since_ms;               /* in its phase */
	uint64_t bytes;                 /* received at the last sweep */
	int fd;
	uint8_t phase;
	bool swept, trickling;
	bool left;                      /* its client */
	bool makes_way;                 /* for a new one: it is being closed */
	bool spare;                     /* there were too many when it came */
	bool repeats;                   /* two headers, one name even, may belong in one place */
	uint16_t header_count, header_room;
	uint8_t places[HEADER_PLACES];  /* one more than the first header there; 0: none */
	char *address;                  /* as text; NULL: nobody has asked */
	struct exchange exchange;
};

static inline struct connection *exchange_connection(const struct exchange *x)
{
	return (struct connection *)((char *)(uintptr_t)x - offsetof(struct connection, exchange));
}

struct connection *connection_create(struct loop *loop, struct MHD_Connection *mhd);
/* libmicrohttpd is done with it: frees it, unless a stream has its socket. */
void connection_closed(struct connection *connection);
void connection_free(struct connection *connection);
void connection_enter(struct connection *connection, enum phase phase);
/* It is parked: tells also if its client left before. */
void connection_watch(struct connection *connection);
void connection_unwatch(struct connection *connection);
/* Goes on reading what its client still sends, so that the answer is not lost in a reset. */
void connection_linger(struct connection *connection);
/* Closes one that waits for no answer, for the good of a new one. */
void connection_make_way(struct connection *connection);
/* Cuts those whose time is over. */
void connections_check(struct loop *loop);
int64_t connections_next_ms(const struct loop *loop);
void stragglers_check(struct loop *loop);
int64_t stragglers_next_ms(const struct loop *loop);
void stragglers_close(struct loop *loop);

/* ---- Whose they are (crowd.c) ---- */

#define CROWDS 32

struct crowds *crowds_create(void);
void crowds_destroy(struct crowds *crowds);
void crowd_enter(struct connection *connection);
void crowd_leave(struct connection *connection);
/* It waits for its next request, or no longer does. */
void crowd_idle(struct connection *connection);
void crowd_busy(struct connection *connection);
/* Who makes way for somebody from that address; NULL: nobody can. */
struct connection *crowd_find(struct loop *loop, const struct sockaddr *address);

/* ---- Exchanges ---- */

/* libmicrohttpd's callbacks. */
void *exchange_begin(void *loop, const char *uri, struct MHD_Connection *mhd);
enum MHD_Result exchange_receive(void *loop, struct MHD_Connection *mhd, const char *url,
                                 const char *method, const char *version, const char *data,
                                 size_t *size, void **context);
void exchange_completed(void *loop, struct MHD_Connection *mhd, void **context,
                        enum MHD_RequestTerminationCode why);

void target_read(struct exchange *x, const char *target);
/* Not where it is a URL of nobody. */
bool target_has_host(const struct exchange *x);
/* Reads the headers into the connection's array. False: they are not fit to be served. */
bool headers_read(struct exchange *x, const char *method, const char *version, const char **why);
/* Of a libmicrohttpd before 1.0. Whether method, target, version and headers are all there is,
 * from the first byte to the last. */
bool lenient_is_seamless(const struct exchange *x, const char *method, const char *version);
/* It is about to refuse a request: answers those that it would answer twice. */
void lenient_refuse_lengths(struct loop *loop);
void body_receive(struct exchange *x, const char *data, size_t size);
/* Looks whether there can be room for it. */
void body_expect(struct exchange *x);
void body_release(struct exchange *x);

struct arena *exchange_arena(struct exchange *x);
/* Tells the handler that the exchange ended. */
void exchange_finish(struct exchange *x);
/* The client of a parked exchange left, or the loop stops. */
void exchange_leave(struct exchange *x);
/* Makes the answer; it is queued when the handler returns, or now if the exchange is parked. */
void exchange_respond(struct exchange *x, int status, const char *type, str body,
                      enum MHD_ResponseMemoryMode memory);
/* Hands the answer to libmicrohttpd. */
void exchange_queue(struct exchange *x);
/* The head of an answer that is sent here and the last on its connection: `own` lines, and what was added. */
str exchange_head(struct arena *arena, const struct exchange *x, int status, const char *own);
/* Resumes a parked exchange; libmicrohttpd closes it where there is no answer. */
void exchange_unpark(struct exchange *x);

/* ---- Streams ---- */

struct stream {
	struct watch watch;
	struct connection *connection;
	struct loop *loop;
	struct budget *budget;
	stream_sent_fn *sent_all;       /* who asked to be told; NULL: nobody */
	gone_fn *gone;
	void *user;
	struct stream *next, *previous; /* the longest silent first */
	struct stream *next_dirty;      /* also: the next dead one */
	char *backlog;
	size_t size, room, sent;
	int64_t silent_since_ms;
	int64_t taken_ms;               /* when its client last took something, or nothing waited */
	int fd;                         /* -1: the socket is still libmicrohttpd's */
	bool chunked, ending, overflowed, left, dirty, dead;
	bool released;                  /* its owner let go: `gone` is not called */
};

/* Bytes to send, as they are; and as a chunk where the answer is chunked. */
void stream_append(struct stream *s, const char *bytes, size_t size);
void stream_append_events(struct stream *s, const char *bytes, size_t size);
/* Sends what the socket takes; may end the stream. */
void stream_flush(struct stream *s);
/* Has it looked after at the end of the turn. */
void stream_make_dirty(struct stream *s);
/* Among the open ones of its loop, as the last that was heard. */
void stream_link(struct stream *s);
/* After the handler opened one: sends it as a plain answer if it ended already, else takes the
 * connection from libmicrohttpd. */
void stream_settle(struct stream *s);
/* Sends what was added in this turn. */
void streams_flush(struct loop *loop);
void streams_keep_alive(struct loop *loop);
int64_t streams_next_ms(const struct loop *loop);
/* The client left, or the loop stops. */
void stream_leave(struct stream *s);
void streams_bury(struct loop *loop);

/* ---- Loops ---- */

struct connection_list {
	struct connection *first, *last;
};

struct stream_list {
	struct stream *first, *last;
};

struct straggler;

struct loop {
	struct watch daemon_watch, mailbox_watch;
	struct http *http;
	struct MHD_Daemon *daemon;
	void *context;
	int index;
	int epoll, wake;                /* wake: an eventfd */
	int listener;
	bool daemon_ready, resumed, pending, stopping, failed;
	int64_t tick;

	_Atomic(struct message *) mailbox;      /* the latest first */
	struct message *finally, **finally_end; /* for the end of this turn, in order */
	atomic_bool asleep;

	struct timer **timers;          /* a binary heap from 1 */
	size_t timer_count, timer_room;

	struct connection_list phases[PHASE_COUNT];
	struct crowds *crowds;
	int connections;                /* libmicrohttpd's and streams' */
	int making_way;                 /* of these, being closed for new ones */
	int exchanges;                  /* the handler knows */
	atomic_int open;                /* the same, for others to see */
	bool active;                    /* libmicrohttpd had something to do since the last sweep */
	int64_t sweep_ms;               /* when to look for clients that trickle; 0: not */
	int64_t warned_ms;
	struct straggler *stragglers, *last_straggler;
	int straggler_count;

	struct stream_list streams;
	struct stream *dirty, *dead;

	struct {
		long long requests, bytes_in, bytes_out;
	} counted;                      /* in this turn */
	pthread_t thread;
};

void loop_create(struct loop *loop, struct http *http, int index, int listener);
void loop_destroy(struct loop *loop);
/* The life of its thread. */
void *loop_run(void *loop);
void messages_run(struct loop *loop);
void timers_run(struct loop *loop);
int64_t timers_next_ms(const struct loop *loop);

/* ---- The daemon of a loop ---- */

bool daemon_start(struct loop *loop);
void daemon_run(struct loop *loop);
void daemon_stop_listening(struct loop *loop);
/* Ends all exchanges and streams, then the daemon. */
void daemon_stop(struct loop *loop);

/* ---- All of it ---- */

struct http {
	struct http_settings set;
	int port;
	int connections_max;            /* of one loop */
	bool lenient;                   /* libmicrohttpd, about what a request is: see lenient.c */
	pthread_mutex_t lock;
	pthread_cond_t changed;
	int ready;                      /* loops that have started, well or not */
	int listening;                  /* loops that still do */
	int rounds;                     /* loops that came by since http_settle() asked */
	atomic_bool draining;
	_Atomic(int64_t) draining_since_ms;
	_Atomic(int64_t) hurry_ms;      /* how long a body or the taking of an answer may rest; 0: longer */
	struct loop loops[];
};

/* A loop tells whoever waits in http_start(), http_quiesce() or http_drained(). */
void http_tell(struct http *http, int *count, int change);

/* A listening socket on the settings' host and this port; a port of 0 becomes the one it got. `first`:
 * fails if somebody listens there already. -1: it has logged why, and what to do. */
int listen_open(const struct http_settings *set, int *port, bool first);
/* How many connections the limit of open files allows. */
int listen_connections_max(int wanted, int loops);

/* Of each loop, over connections_max: for probes, and with those that make way until they have. */
#define SPARE_CONNECTIONS 16
#define MORE_CONNECTIONS (SPARE_CONNECTIONS + 64)

#define LINGER_MS 2000
#define HURRY_MS 2000           /* at most, or a quarter of the time there is to stop */
#define SENDING_MS 300000
#define LEFT_MS 100             /* for what still came to be read and answered */
#define NEW_MS 60000

#endif
