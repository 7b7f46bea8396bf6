/* state.h - what the processes of one service know together: sessions, the events of streams, calls
 * that wait for a person, tasks. It is kept in their database, so that any of them serves any client.
 *
 * One thread of each process does it all, on one connection: it carries out errands, listens to what
 * the database and the other processes tell, and says that this process lives. Loops never wait: an
 * errand comes back to its loop as a message. Nothing here knows JSON-RPC.
 *
 * Processes have numbers, never used twice. Each stream has a `home`, the process that writes it, and
 * `attached`, the process its client is connected to. Whoever is no longer the home of a stream can't
 * write to it any more, so a process that was taken for dead does no harm when it comes back. */
#ifndef STATE_H
#define STATE_H

#include "charged.h"
#include "core.h"
#include "counted.h"
#include "loop.h"
#include "store.h"

/* ---- The thread ---- */

/* What the layer above is told, on the state's thread. */
struct state_handler {
	/* A row changed, whoever changed it; the URI lives until this returns. */
	void (*changed)(const char *uri);
	/* A process said it, perhaps this one; peers.c knows the words. Of state_tell() any thread, where there is one process. */
	void (*told)(str what, str rest);
	/* What was told meanwhile is lost: read again what is cached. `reborn`: the others took this
	 * process for dead, so its streams are no longer its own. */
	void (*missed)(bool reborn);
	/* The ids of the sessions that were used lately, as a JSON array, the latest first. */
	str (*used)(struct arena *arena);
	/* For the clients of a process that died: an answer to each call of a JSON array of their ids.
	 * A JSON array of messages. */
	str (*last_words)(struct arena *arena, str ids);
	/* A call that waits has waited long enough: claim it on some loop. A task likewise. */
	void (*due)(int64_t call);
	void (*task_due)(str id);
	/* What becomes of the tasks of a process that died: a JSON-RPC error. */
	const char *task_last_words;
};

struct state_settings {
	const char *database;           /* the URL of the data; NULL: there is none */
	struct state_handler handler;
	int64_t session_idle_ms, resume_ms, task_ttl_ms;
	int sessions_max;
	int64_t stream_max;             /* bytes of events that are kept of one stream, about */
	int64_t kept_max;               /* and of all, of which a caller has at most half; 0: any number */
	const char *fresh_secret;       /* see state_secret(); NULL: none is wanted */
	struct budget *budget;          /* of what errands keep until they are done; NULL: not counted */
};

extern const struct migration state_migrations[];

/* Starts the thread and takes a number. False: the database can't; it has said why. */
MUST_USE bool state_start(const struct state_settings *settings);
/* Carries out what was asked for, as far as the database can, and ends the thread; what it can't is
 * logged. Errands that come later fail at once. The loops must still run. */
void state_stop(void);
/* What the first process that wanted one gave as fresh_secret: all that come after it have the same. */
const char *state_secret(void);
bool state_on(void);                           /* false: nothing is shared, this process is all */
bool state_healthy(void);                      /* the database answered lately */
int64_t state_me(void);                        /* this process's number */
int64_t state_number(void);                    /* never given twice, by no process; 0: off */

extern struct state_counters {
	atomic_llong evicted;           /* sessions, to make room for others */
	atomic_llong errands;           /* sent and not carried out */
} state_counters;
extern const struct counted state_counted[];   /* the same, for /metrics */

/* ---- Errands ---- */

/* Something for the state's thread, in an arena of its own that is destroyed after `done`. */
struct errand {
	struct message message;
	struct errand *next;
	const struct errand_kind *kind;
	struct loop *loop;
	struct arena *arena;            /* of it and all it points to */
	uint64_t party;                 /* whose turn it takes; 0: that of its key, or of nobody. Not of what
	                                   may be sent behind another of its key: that could overtake */
	uint64_t turn;
	uint64_t key;                   /* of a stream, a task: it waits behind earlier ones of that key
	                                   that the database could not do yet; 0: behind none */
	int tries;
	int64_t again_ms;               /* by tick_ms(), the next of them */
	bool failed;                    /* the database could not, or: */
	bool refused;                   /* it refused it, and would again */
	bool no_room;                   /* as much is kept as may be; tried again it would be the same */
	bool share_full;                /* of whose it is: others would have room */
};

struct errand_kind {
	/* On the state's thread. False: the database can't now. */
	bool (*work)(struct errand *errand, struct store *store);
	/* On the loop that sent it; NULL: nobody wants to know. */
	void (*done)(struct errand *errand);
	bool lasts;                     /* is tried until the database can, unless it refuses it */
	/* Instead of `work`: several that were sent one after the other, linked, as one statement. */
	bool (*work_all)(struct errand *first, int count, struct store *store);
	const char *lost;               /* of one that lasts, what the database then has not: many of them, in words */
};

/* A zeroed struct that begins with its errand. */
void *errand_create(const struct errand_kind *kind, size_t size);
#define errand_new(kind, T) ((T *)errand_create((kind), sizeof(T)))
void errand_send(struct errand *errand);        /* from a loop, to which it comes back */
void errand_send_from(struct errand *errand, struct loop *loop);        /* from any thread */

/* ---- Words between processes ---- */

/* Tells all processes, this one too, that what a URI names changed; where there are several nothing is
 * to be done if `database_tells` it, by triggers. Where there is one it is told at once, by the thread
 * that calls: nothing is kept of it, so no disk and nobody's errand is waited for. Of a URI that is
 * too long for words processes are told("missed"): anything may have changed. */
void state_changed(const char *uri, bool database_tells);
/* Has all processes told() something that holds for a moment, this one too, each in the same order; where there is one at once, by the thread
 * that calls. What the database can't take just now is lost. At most 7,000 bytes. */
void state_tell(const char *words);

#endif
