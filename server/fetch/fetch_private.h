/* fetch_private.h - what the files of the outbound engine share. */
#ifndef FETCH_PRIVATE_H
#define FETCH_PRIVATE_H

#include "counted.h"
#include "curl_library.h"
#include "fetch.h"

#define HOST_MOST 2048                  /* requests in flight to one host */
#define DIALLING_MOST 64                /* of them, those whose connection is being made */
#define IN_FLIGHT_MOST 4096             /* to all, where so many files may be open */
#define WAITING_MOST 4096               /* for all; for one host half of it */
#define CONNECTIONS_KEPT 128            /* idle ones */
#define CONNECTION_IDLE_S 60
#define HEAD_MAX (64 * 1024)            /* bytes of an answer's headers */

extern const struct counted fetch_counted[];     /* the counters, for /metrics */

enum phase { PHASE_NEW, PHASE_PAUSING, PHASE_IN_LINE, PHASE_IN_FLIGHT, PHASE_OVER };

/* Its arena, of which it is a part, is whoever's it is now: the starter's, the outbound thread's, and the owner's
 * when it is over. */
struct fetch {
	struct arena *arena;
	struct fetch_request request;
	struct fetch_events events;
	void *owner;
	bool has_room;                  /* beside what was kept when it was made */

	/* Under the engine's lock. */
	struct fetch *next_ordered;
	bool ordered;                   /* the thread is to look at it */
	bool silenced;                  /* no event begins any more */
	bool dropped;                   /* its owner has let go of it: the thread frees it, where it is not finished */
	bool resumed, withdrawn, finished;

	/* The thread's. */
	enum phase phase;
	struct fetch *before, *after;   /* of all that are not over */
	struct fetch *before_in_line, *after_in_line;
	struct line *line;              /* where it waits */
	struct host *host;
	int64_t total_at_ms;            /* when its whole time is over */
	int64_t head_at_ms;             /* when its head is to be whole; INT64_MAX: by no time */
	int64_t heard_ms;               /* the latest byte */
	int64_t due_ms;                 /* when it has to be looked at; INT64_MAX: not by the clock */
	bool dialling, paused;
	CURL *easy;
	struct curl_slist *headers;
	char words[CURL_ERROR_SIZE];    /* libcurl's, on a failure */
	const char *why;                /* ours; NULL: libcurl's words say it */
	char *head, *body;              /* of malloc() */
	size_t head_size, head_room, body_size, body_room, heard_bytes;
	size_t charged;                 /* to the budgets */
	bool head_over;
	struct fetch_answer answer;
};

/* ---- engine.c ---- */

/* False: nobody wants to hear of it any more. Else event_end() comes after the event. */
bool event_begin(struct fetch *fetch);
void event_end(struct fetch *fetch);
/* Tells of its end. From then on it is its owner's, who may be just now about to drop it. */
void engine_finish(struct fetch *fetch);

/* For the thread: false: something is ordered, so it does not wait. */
bool engine_falls_asleep(void);
void engine_is_awake(void);

/* ---- request.c ---- */

struct fetch *request_copy(const struct fetch_request *request);
void request_release(struct fetch *fetch);
/* False: there is no room for so much. */
bool request_take_memory(struct fetch *fetch, char **at, size_t *room, size_t size, size_t size_max);

/* ---- flights.c, with what follows for the thread alone: from its start to its end ---- */

void flights_begin(void);
void flight_begin(struct fetch *fetch);
void flight_resume(struct fetch *fetch);
bool flight_withdraw(struct fetch *fetch);      /* false: it is out */
void flight_end(struct fetch *fetch, CURLcode code);    /* tells its owner */
void flight_leave(struct fetch *fetch, CURLcode code);  /* wherever it is; tells nobody */
void flights_go(void);                          /* whose turn it is */
void flights_run_due(void);
int64_t flights_due(void);                      /* when that is to be called */
bool flights_fail(const char *why);             /* all; false: there was none */

/* ---- multi.c: libcurl's multi interface ---- */

void multi_open(int waker);
void multi_close(void);
void multi_add(struct fetch *fetch);
void multi_remove(struct fetch *fetch, CURLcode code);
/* What it kept back comes within this call. Not CURLE_OK: that was not taken, and libcurl itself ends nothing for it. */
MUST_USE CURLcode multi_resume(struct fetch *fetch);
/* Waits until something comes, or is due, and sees to it. */
void multi_turn(int64_t due_ms);

/* This machine, or its link: never by way of a proxy. */
bool fetch_is_near(const char *url);

/* ---- hosts.c: who goes next ---- */

struct host {
	struct host *next;
	char *name;                     /* "https://shop.example:8443" */
	bool is_near;
	int in_flight, dialling, in_line;
	struct line *lines;             /* of those that wait, the next one first */
};

void hosts_begin(int most);
void hosts_end(void);
/* It waits for its turn. False: too many do. */
bool host_add(struct fetch *fetch);
void host_remove(struct fetch *fetch);          /* it waits no longer */
/* The next one, which is in flight from now on; NULL: none may go. */
struct fetch *hosts_take(void);
void host_dialled(struct fetch *fetch);         /* its connection is there */
void host_leave(struct fetch *fetch);           /* it is in flight no longer */

/* ---- transfer.c: one request and its answer, by libcurl ---- */

/* A new handle: what is the same for all requests. */
void transfer_set_up(const struct curl_library *curl, CURL *easy);
void transfer_begin(struct fetch *fetch, const struct curl_library *curl, CURL *easy);
/* What came of it; lets go of what libcurl was given, but for the handle. */
void transfer_end(struct fetch *fetch, const struct curl_library *curl, CURLcode code);

#endif
