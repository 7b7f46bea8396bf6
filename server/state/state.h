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

#include "core.h"
#include "counted.h"
#include "loop.h"
#include "store.h"

/* ---- The thread ---- */

/* What the layer above is told, on the state's thread. */
struct state_handler {
	/* A row changed, whoever changed it; the URI lives until this returns. */
	void (*changed)(const char *uri);
	/* Another process said it: state_tell(), or one of the words below. */
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
	struct budget *budget;          /* of what errands keep until they are done; NULL: not counted */
};

extern const struct migration state_migrations[];

/* Starts the thread and takes a number. False: the database can't; it has said why. */
MUST_USE bool state_start(const struct state_settings *settings);
/* Carries out what was asked for, as far as the database can, and ends the thread. Errands that come
 * later fail at once. The loops must still run. */
void state_stop(void);
bool state_on(void);                           /* false: nothing is shared, this process is all */
bool state_healthy(void);                      /* the database answered lately */
int64_t state_me(void);                        /* this process's number */
int64_t state_number(void);                    /* never given twice, by no process; 0: off */

extern struct state_counters {
	atomic_llong evicted;           /* sessions, to make room for others */
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
	uint64_t key;                   /* of a stream, a task: it waits behind earlier ones of that key
	                                   that the database could not do yet; 0: behind none */
	int tries;
	int64_t again_ms;               /* by tick_ms(), the next of them */
	bool failed;                    /* the database could not, or: */
	bool refused;                   /* it refused it, and would again */
	bool no_room;                   /* as much is kept as may be; tried again it would be the same */
};

struct errand_kind {
	/* On the state's thread. False: the database can't now. */
	bool (*work)(struct errand *errand, struct store *store);
	/* On the loop that sent it; NULL: nobody wants to know. */
	void (*done)(struct errand *errand);
	bool lasts;                     /* is tried until the database can, unless it refuses it */
	/* Instead of `work`: several that were sent one after the other, linked, as one statement. */
	bool (*work_all)(struct errand *first, int count, struct store *store);
};

/* A zeroed struct that begins with its errand. */
void *errand_create(const struct errand_kind *kind, size_t size);
#define errand_new(kind, T) ((T *)errand_create((kind), sizeof(T)))
void errand_send(struct errand *errand);        /* from a loop, to which it comes back */
void errand_send_from(struct errand *errand, struct loop *loop);        /* from any thread */

/* ---- Words between processes ---- */

/* PostgreSQL takes less than 8000 bytes. What clients say must not get into words by any length. */
#define STATE_WORDS_MAX 7000

/* Tells all other processes: told("what", "rest") there. Both together are no longer than that. */
void state_tell(const char *what, str rest);
/* Tells all processes, this one too, that what a URI names changed; where there are several nothing is
 * to be done if `database_tells` it, by triggers. Where there is one it is told at once, by the thread
 * that calls: nothing is kept of it, so no disk and nobody's errand is waited for. Of a URI that is
 * too long for words processes are told("missed"): anything may have changed. */
void state_changed(const char *uri, bool database_tells);

/* ---- Sessions ---- */

struct state_session {
	const char *id, *caller;
	int64_t revision, can, log_least;
	int64_t party;                  /* whose share it is of: whoever has most makes room */
	int64_t listener;               /* the stream that carries its messages; 0: none */
	const char *followed;           /* JSON array of URIs */
};

/* Each fills in the struct's rest; `there` false: there is no such session. Told to the others where
 * they may have it cached: told("session", id), told("follow", "ID URI"), told("unfollow", "ID URI"),
 * told("ended", id). */
struct session_errand {
	struct errand errand;
	struct state_session session;
	const char *uri;                /* to follow, or no longer */
	bool there;
};
bool session_row_insert(struct errand *errand, struct store *store);
bool session_row_load(struct errand *errand, struct store *store);
bool session_row_delete(struct errand *errand, struct store *store);
bool session_row_set_level(struct errand *errand, struct store *store);
bool session_row_follow(struct errand *errand, struct store *store);    /* there false: too many */
bool session_row_unfollow(struct errand *errand, struct store *store);

/* Ends all sessions of a caller, everywhere; where it is `gone` its tasks too. */
struct caller_errand {
	struct errand errand;
	const char *caller;
	bool gone;
};
bool caller_rows_end(struct errand *errand, struct store *store);

/* ---- Streams ---- */

struct state_event {
	int64_t number;
	const char *text;               /* the message */
};

/* Writes to a stream of which this process is the home; a `fresh` one is made first. What else is
 * attached is told: told("events", "SESSION NUMBER"). */
struct append_errand {
	struct errand errand;
	const char *session;
	int64_t stream;
	bool fresh, listens, over;
	const char *ids;                /* of the calls it will answer, JSON; NULL: as before */
	struct state_event *events;
	int64_t count, last;            /* the number of its latest event, now or before */
	int64_t attached;               /* after: the process its client is connected to */
	int64_t kept;                   /* after: bytes of the stream */
	bool lost;                      /* after: this process is not its home (any more) */
};
bool stream_rows_append(struct errand *first, int count, struct store *store);

/* A client comes back to a stream, or is still there and wants what came since `after`: the first of
 * it, as much as is good to have in memory. */
struct read_errand {
	struct errand errand;
	const char *session;
	int64_t stream, after;
	bool there;                     /* after: it is known, and nothing since `after` is gone */
	bool listens;
	bool over;                      /* it has ended, and these are the last events */
	int64_t last;                   /* the number of its latest event, which may not be among these */
	bool moved;                     /* it listens, and may have missed something: this process has become
	                                   its home, or events are gone, and `after` is behind them */
	int64_t home;
	const char *ids;
	struct rows events;             /* of struct state_event */
};
/* The client is connected to this process from now on. Who had it is told("detach", "SESSION NUMBER")
 * and whose home it was told("lost", ...). */
bool stream_rows_attach(struct errand *errand, struct store *store);
bool stream_rows_read(struct errand *errand, struct store *store);

/* A stream that only listens lost its client: another of the session carries messages, where there
 * is one. */
struct leave_errand {
	struct errand errand;
	const char *session;
	int64_t stream;
};
bool stream_rows_leave(struct errand *errand, struct store *store);

/* ---- Calls that wait for a person ----
 *
 * They and tasks that wait may take as many bytes (records, questions, answers) as requests keep at
 * most, and those of a caller half of it: errand.no_room. */

struct state_question {
	int64_t number;
	const char *key;
	const char *answer;             /* JSON; NULL: none */
	bool answered;
};

/* Files a call, to be gone on with by whichever process gets the last answer, or when it is due. Its
 * questions are the next events of its stream: should the process die before, the call ends with it.
 * `filed` false: its stream is over, or this process is not its home (any more). */
struct park_errand {
	struct errand errand;
	const char *session, *id;       /* its JSON-RPC id, as JSON */
	int64_t stream;
	const char *record;             /* all that is needed to run it again */
	int64_t expires_ms;             /* from now */
	struct state_question *questions;
	int64_t count;
	bool filed;
};
bool call_row_park(struct errand *errand, struct store *store);

/* Takes a call up. By an answer: `number` is the question's, `answer` JSON or NULL; `taken` false:
 * there is no such question, or others are still open, or its stream is over. By its id (cancelled), or
 * when it is due: `call`. This process is the home of its stream then. */
struct claim_errand {
	struct errand errand;
	const char *session, *id, *answer;
	int64_t number, call;
	int64_t token;                  /* state_number() */
	bool taken;
	int64_t stream, last;
	const char *ids, *record, *caller;
	struct rows questions;          /* of struct state_question */
};
bool call_row_answer(struct errand *errand, struct store *store);
bool call_row_cancel(struct errand *errand, struct store *store);
bool call_row_expire(struct errand *errand, struct store *store);

/* ---- Tasks ---- */

#define STATE_TASKS_MAX 1000
#define STATE_CALLER_TASKS_MAX 100
#define STATE_TASK_TOPIC "task:"       /* told as changed, with the id behind it */

struct state_task {
	const char *id, *caller;
	const char *status;             /* as the protocol calls it */
	const char *said;
	int64_t created, updated;
	const char *asked;              /* the requests that are open, by key: a JSON object */
	const char *outcome;            /* JSON: the result or the error; "": none */
};

/* `owner`, a process, runs it; nobody does while it waits for a person. Who is no longer the owner
 * can't change it any more, and what is over stays as it is. Each change but words is told. */
struct task_errand {
	struct errand errand;
	struct state_task task;
	int64_t owner;
	bool there;                     /* after: there is such a task of that caller */
	bool unclear;                   /* after an insert that failed: it may be there all the same */
};
bool task_row_insert(struct errand *errand, struct store *store);       /* there false: no room */
bool task_row_forget(struct errand *errand, struct store *store);       /* as if it had never been */
bool task_row_load(struct errand *errand, struct store *store);
bool task_row_say(struct errand *errand, struct store *store);
bool task_row_finish(struct errand *errand, struct store *store);
/* What runs it is told("task-cancelled", id), where that is another process. */
bool task_row_cancel(struct errand *errand, struct store *store);

/* Which of some tasks are the caller's. */
struct known_tasks_errand {
	struct errand errand;
	const char *caller;
	const char *ids;                /* a JSON array */
	struct rows tasks;              /* of struct state_task, of which only `id` */
};
bool task_rows_known(struct errand *errand, struct store *store);

struct state_request {
	const char *name;               /* what the tool calls it; the client is given a new key */
	const char *method, *params;    /* params: JSON */
};

/* Writes down a task that asks, to be gone on with by whichever process gets the last answer, or
 * when it is due. */
struct task_park_errand {
	struct errand errand;
	const char *id;
	int64_t owner;
	const char *record;             /* all that is needed to run it again */
	int64_t expires_ms;             /* from now */
	struct state_request *requests;
	int64_t count;
};
bool task_row_park(struct errand *errand, struct store *store);

struct state_answer {
	const char *key, *answer;       /* JSON */
};

struct task_answer_errand {
	struct errand errand;
	const char *id, *caller;
	struct state_answer *answers;
	int64_t count;
	bool there;
	bool ready;                     /* after: nothing is open any more, somebody is to claim it */
};
bool task_row_answer(struct errand *errand, struct store *store);

/* Takes up a task that is ready or due: this process is its owner then. */
struct task_claim_errand {
	struct errand errand;
	const char *id;
	int64_t token;                  /* state_number() */
	bool taken;
	int64_t owner;
	const char *caller, *record;
	struct rows questions;          /* of struct state_question: all it asked, the latest last */
};
bool task_row_claim(struct errand *errand, struct store *store);

#endif
