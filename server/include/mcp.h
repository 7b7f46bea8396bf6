/* mcp.h - write an MCP server as a few const tables and a function per tool.
 *
 * A server is a struct mcp_server, run by mcp_main(). The runtime speaks Streamable HTTP in every
 * supported revision; a tool cannot tell which.
 *
 * Threads  A tool that may block says so and runs on a worker; others run on an event loop, where
 *          their store only reads. Each thread has its own `store`, so no two calls ever share one.
 * Memory   What a call hands out (arguments, answers, mcp_arena) lives until the tool returns,
 *          and what it keeps (mcp_keep) until the call is over. There is nothing to free.
 * Again    A tool may be run again from the top: when a person answered its question, when what it
 *          waits for changed, or when a read was too long for the event loop. So look and ask
 *          first, act after; and keep nothing from one run to the next but by mcp_keep().
 * Errors   A tool ends by returning one of the answers below; the runtime encodes and logs it.
 * Mistakes What is wrong with the tables is told before anything is served. A tool that gives no answer, or not
 *          the one it declares, ends its call, and in a debug build the process (docs/mistakes.md). */
#ifndef MCP_H
#define MCP_H

#include "core.h"
#include "mcp_version.h"
#include "setting.h"
#include "shape.h"
#include "store.h"

struct mcp_call;                  /* one call in progress */

/* What a tool returns, made by the functions under "Answering" and "Waiting". */
enum mcp_answer { MCP_ANSWERED, MCP_WAITING };

/* `in` is a struct of the tool's input shape, checked and with defaults filled in. */
typedef enum mcp_answer mcp_tool_fn(struct mcp_call *call, const void *in, struct store *store);

/* ---- Describing a server ---- */

/* The scope of a tool that changes something and that any caller may run all the same. */
#define MCP_ANYONE ""

struct mcp_tool {
	const char *name;
	const char *title;
	const char *about;            /* the description the model reads */
	const struct shape *in;       /* NULL: takes no arguments */
	const struct shape *out;      /* NULL: answers in plain text */
	const char *in_schema;        /* instead of `in`: JSON Schema 2020-12; `in` is then a const char *,
	                                 the arguments as JSON. An object's has `properties`, if only {}:
	                                 OpenAI's API refuses it without */
	const char *scope;            /* NULL: any caller may run it. "a b": who has a or b may. One that
	                                 changes something has one, or says MCP_ANYONE */
	bool changes;                 /* false: clients are told it only reads (readOnlyHint) */
	bool destroys;                /* it may undo or overwrite something (destructiveHint) */
	bool idempotent;              /* of a change: twice is the same as once (idempotentHint) */
	bool reaches_out;             /* it deals with the world outside this shop (openWorldHint) */
	bool blocks;                  /* it may wait, write or scan, so it runs on a worker */
	bool runs_long;               /* it may take longer than a request should: clients that know
	                                 tasks are given one, others wait for the answer as ever */
	bool asks_first;              /* the same, but its task begins at mcp_begin_task() */
	bool needs_task;              /* and clients that do not know tasks are refused */
	int64_t deadline_ms;          /* of running time; 0: the setting CALL_DEADLINE. A task has 10
	                                 minutes at least */
	mcp_tool_fn *run;
	const char *icons;            /* a JSON array; NULL: none */
	const char *meta;             /* its _meta, a JSON object; NULL: none. A page that shows its answers:
	                                 {"ui":{"resourceUri":"ui://shop/stock"}}. It and icons may be ""
	                                 until the server's start() fills them in */
	const char *out_schema;       /* instead of `out`: JSON Schema 2020-12 of what mcp_return_json() is
	                                 given. Only what is "type":"object" is known before 2026-07-28 */
};

/* Completes what a person types: adds what fits `value` with mcp_suggest(), the likeliest first. Choices
 * (ONE_OF) complete by themselves. */
typedef void mcp_complete_fn(struct mcp_call *call, const char *argument, const char *value,
                             struct store *store);

/* Whether this caller sees the resource of a template: 1, 0, or -1: the store failed. */
typedef int mcp_sees_fn(struct mcp_call *call, const void *in, struct store *store);

/* Something to read. A `uri` with {names} is a template: they are the fields of `in`, texts or whole
 * numbers (TEXT, INT). */
struct mcp_resource {
	const char *uri;
	const char *name;
	const char *title;
	const char *about;
	const char *mime;             /* of what it answers: "application/json" with mcp_return(), of a page
	                                 (ui://) "text/html;profile=mcp-app" */
	const struct shape *in;       /* the template's names; NULL: a static resource */
	const struct shape *out;      /* what it answers by mcp_return(); NULL: it answers by mcp_say() */
	const char *scope;
	bool blocks;
	mcp_tool_fn *run;
	mcp_complete_fn *complete;    /* of a template's names; NULL: nothing is suggested */
	const char *icons;
	const char *meta;             /* of the entry in the list and of its contents */
	bool database_tells;          /* on PostgreSQL a trigger says pg_notify('mcp_changed', URI) when a row
	                                 of it changed, whoever changed it; mcp_changed() then leaves it alone */
	mcp_sees_fn *sees;            /* who sees some only may subscribe to those; `run` answers for others that there is no
	                                 such. Asked once, and then so for that mcp_customer(). NULL: who may read one sees each */
	const char *sees_all;         /* a scope of those who see each: they are not asked about */
	bool tells_followers;         /* who follows it is known on all processes: mcp_followers() (presence.h) */
};

/* A prompt a person picks. Its arguments are the fields of `in`, texts or whole numbers. It adds messages with
 * mcp_message() and answers with mcp_say(), the last message from the user. */
struct mcp_prompt {
	const char *name;
	const char *title;
	const char *about;
	const struct shape *in;
	const char *scope;
	bool blocks;
	mcp_tool_fn *run;
	mcp_complete_fn *complete;
	const char *icons;
	const char *meta;
};

/* Work that nobody calls, on a worker: run at start, then again after the milliseconds it returned. Each
 * process of the service runs it. */
struct mcp_job {
	const char *name;
	int64_t (*run)(struct store *store);
};

/* A total of the program's own in /metrics: what it did, rather than what it was asked. mcp_count() adds to it; its place in the
 * table is its number. One whose name does not end in _total is a gauge, what there is now: mcp_gauge() sets it. */
#define MCP_COUNTERS 16
struct mcp_counter {
	const char *name;             /* "orders_placed_total" */
	const char *about;            /* one line */
};

/* A command of the program besides serving: `mcp-products import FILE`. argv[0] is its name.
 * The result is the exit status. */
struct mcp_command {
	const char *name;
	const char *usage;            /* "import FILE.csv [--dry-run]" */
	const char *about;            /* one line */
	int (*run)(struct store *store, int argc, char **argv);
	void (*help)(void);           /* prints what its words mean, for NAME --help; may be NULL */
};

/* A file that is part of the program; see cmake/embed_skills.cmake (and embed_files.cmake for one alone). */
struct mcp_file {
	const char *path;
	const void *bytes;
	size_t size;
};

/* Every table ends with an empty entry; a table that is NULL is empty. */
struct mcp_server {
	const char *name;             /* "products"; the program is mcp-products */
	const char *title;
	const char *version;
	const char *instructions;     /* how and when to use the tools, for the model */
	int port;                     /* the default of PORT */
	const struct mcp_tool *tools;
	const struct mcp_resource *resources;
	const struct mcp_prompt *prompts;
	const struct mcp_file *skills;          /* "choose-a-gift/SKILL.md" and its files; the setting SKILLS
	                                           names a folder that is served instead */
	const struct mcp_job *jobs;
	const struct mcp_command *commands;
	const struct mcp_counter *counters;     /* MCP_COUNTERS at most */
	const char *told;             /* those that CloudWatch is told of too (METRICS_EMF), where each costs: names and blanks */
	const struct setting *settings;         /* its own, beside the runtime's */
	const struct migration *migrations;     /* NULL: it has no store, tools are given NULL */
	const char *database;         /* the default of DATABASE_URL: "sqlite:products.db" */
	const char *scopes;           /* all there are: "entries:read entries:write", so that no table has another by
	                                 mistake; NULL: those of the tables */
	const char *own_scopes;       /* those of them under which a caller has its own things only: a key of these alone is made with customer=ID */
	const char *counts;           /* SQL that counts what it keeps, as `count`: for the command check */
	/* Called once before serving and after it. False stops the start; it has said why. */
	bool (*start)(void);
	void (*stop)(void);
	/* Of the command check, which does not call start(): looks at what the server needs beside its tables and its
	 * database, such as another service. Prints a line for each that is well; of what is not, on stderr, what is wrong
	 * and what to do. Whether all is well. It ends by itself, within seconds. Its log is of errors alone. */
	bool (*check)(void);
	/* NULL, or why it can't do what it is asked for want of what it needs beside its database: for the operator, in the
	 * arena. /readyz then says that. Asked every few seconds on a thread that may wait a few. */
	const char *(*why_not)(struct arena *arena);
	/* NULL, or what it keeps in another place than its database, a sentence in the arena: said behind what backup, restore and
	 * check say of that. By its settings alone, for start() is not called. */
	const char *(*elsewhere)(struct arena *arena);
};

/* Serves until SIGTERM, as configured by the environment and flags, or runs a command. Returns the
 * exit status of the process. */
int mcp_main(const struct mcp_server *server, int argc, char **argv);

/* ---- Answering: the last thing a tool does ---- */

/* Succeeds with what the output shape describes. */
enum mcp_answer mcp_return(struct mcp_call *call, const struct shape *shape, const void *out);

/* Succeeds with any JSON value, of the tool's out_schema. */
enum mcp_answer mcp_return_json(struct mcp_call *call, const char *value);

/* Succeeds with text. A mistake in a tool with .out or .out_schema: mcp_fail() says that there is nothing of it. */
enum mcp_answer mcp_say(struct mcp_call *call, const char *text, ...) PRINTF(2, 3);

/* Fails, in words that help the model try something else. */
enum mcp_answer mcp_fail(struct mcp_call *call, const char *why, ...) PRINTF(2, 3);

/* A resource or prompt that was asked for does not exist. */
enum mcp_answer mcp_not_found(struct mcp_call *call, const char *why, ...) PRINTF(2, 3);

/* A question was MCP_UNAVAILABLE, and there is another way. `instead` tells the model which, in every
 * revision: "Pass confirm: true once the customer agreed." */
enum mcp_answer mcp_cannot_ask(struct mcp_call *call, const char *instead, ...) PRINTF(2, 3);
/* The same where there is no other way: 2026-07-28 tells the client, as an error, what it lacks. */
enum mcp_answer mcp_must_ask(struct mcp_call *call);

/* One block of what a tool, resource or prompt answers, beside or instead of text. */
struct mcp_content {
	enum { MCP_TEXT, MCP_IMAGE, MCP_AUDIO, MCP_EMBEDDED, MCP_LINK } type;
	const char *text;             /* of a text, or of an embedded resource that is text */
	const void *bytes;            /* of an image or audio, or of an embedded resource that is not */
	size_t size;
	const char *mime;
	const char *uri;              /* of an embedded resource or link */
	const char *name, *title, *about;       /* of a link */
};

/* Adds a block to the answer; it is copied. A resource adds MCP_EMBEDDED: its contents. */
void mcp_add(struct mcp_call *call, const struct mcp_content *content);
/* Adds a message of a prompt, see mcp_message(). */
void mcp_add_message(struct mcp_call *call, const char *role, const struct mcp_content *content);
/* Succeeds with what was added; a mistake where mcp_say() is one. */
enum mcp_answer mcp_done(struct mcp_call *call);

/* Fails the request itself, as a JSON-RPC error; for what is nobody's bad news but a broken server. */
enum mcp_answer mcp_error(struct mcp_call *call, int code, const char *why, ...) PRINTF(3, 4);

/* ---- While running ---- */

/* Reports progress to a client that asked for it; it must grow, what does not is left out. A task
 * shows the latest text. False once the call is cancelled or past its deadline: tidy up and return
 * mcp_fail(). */
bool mcp_progress(struct mcp_call *call, double done, double total, const char *text, ...)
	PRINTF(4, 5);

/* False once the call is cancelled or past its deadline. */
bool mcp_wanted(const struct mcp_call *call);

enum mcp_level {
	MCP_DEBUG, MCP_INFO, MCP_NOTICE, MCP_WARNING, MCP_ERROR, MCP_CRITICAL, MCP_ALERT, MCP_EMERGENCY
};

/* A log message for the client, where it asked for that level. No secrets, nobody's data. */
void mcp_log(struct mcp_call *call, enum mcp_level level, const char *text, ...) PRINTF(3, 4);

/* A message of a prompt, in order: role "user" or "assistant". */
void mcp_message(struct mcp_call *call, const char *role, const char *text, ...) PRINTF(3, 4);

/* Of a completion: one more that fits. Clients see MCP_SUGGESTIONS_MAX at most; one beyond tells them that
 * there are more, so nobody need count them. */
#define MCP_SUGGESTIONS_MAX 100
void mcp_suggest(struct mcp_call *call, const char *text);
/* Of a completion: what was chosen for another argument before, or NULL. */
const char *mcp_chosen(struct mcp_call *call, const char *argument);

/* Tells clients that a list is not what it was. Any thread. */
enum mcp_list { MCP_TOOLS, MCP_PROMPTS, MCP_RESOURCES };
void mcp_list_changed(enum mcp_list list);

/* Ends the connection of this call's stream, but not the call: a client of 2025-11-25 comes back for
 * the rest. Without effect where the client could not. */
void mcp_close_stream(struct mcp_call *call);

/* Tells everyone who follows the resource (and every tool that waits for it) that it changed, on all
 * processes of the service. It counts which resource the URI names, not how it is spelt. A template's
 * names go into it by text_in_uri(). Call it after the change is committed. Any thread. */
void mcp_changed(const char *uri);

/* A line in the server's own log, for the operator. Any thread. */
void mcp_notice(const char *text, ...) PRINTF(1, 2);

/* What this call is about: a member of its line in the server's own log, and of every line that is logged while it
 * runs. So whoever looks for an order's number finds all that was done with it:
 *
 *     mcp_note(call, "order", id);
 *
 * A name is small letters and _; eight names are kept, the latest value of each, cut at 64 bytes. No secrets. In a
 * job: with NULL, for the lines of what it does from then on. */
void mcp_note(struct mcp_call *call, const char *name, const char *value);

const char *mcp_caller(const struct mcp_call *call);   /* the key's name; "anonymous" without keys */
/* What people call the caller, as its token has it: name, else preferred_username or email up to the @. Nothing but words to show: it may
 * change, and be somebody else's too. NULL: nobody says, as of a key. */
const char *mcp_called(const struct mcp_call *call);
/* One of some scopes, separated by a space, is enough; each is of the server's .scopes. */
bool mcp_may(const struct mcp_call *call, const char *scopes);
/* On whose behalf it calls: the customer of its key. NULL: nobody's. For a scope under which a caller has
 * its own things only. */
const char *mcp_customer(const struct mcp_call *call);
struct arena *mcp_arena(struct mcp_call *call);        /* for what the tool makes */
/* A number that no other call has, and each run of this one, after questions too: what a run wrote under it is its own to go on with. */
int64_t mcp_call_number(struct mcp_call *call);
/* What the next run of this call need not find out again; what was made in mcp_arena() for it lives until the call is over.
 * NULL: no run before this one kept anything, or that was in another process: then do as the first does. */
void mcp_keep(struct mcp_call *call, const void *what);
const void *mcp_kept(const struct mcp_call *call);

/* Adds to a total of the program's own, see struct mcp_counter. Any thread, also outside a call. */
void mcp_count(int counter, int64_t n);
void mcp_gauge(int counter, int64_t now);

/* ---- Asking and waiting: nothing ever blocks on a person ---- */

enum mcp_reply {
	MCP_PENDING,            /* asked: return MCP_WAITING now, the tool is run again with the reply */
	MCP_ACCEPTED,           /* `answer` is filled in */
	MCP_DECLINED,
	MCP_CANCELLED,          /* closed without an answer, or not answered in time */
	MCP_UNAVAILABLE,        /* this client can't ask: see mcp_cannot_ask() */
};

/* Asks the person behind the client to fill in a struct of some flat shape.
 *
 *     struct consent consent;
 *     switch (mcp_ask(call, "consent", consent_shape, &consent, "Cancel order %s?", id)) {
 *     case MCP_PENDING:     return MCP_WAITING;
 *     case MCP_ACCEPTED:    break;
 *     case MCP_UNAVAILABLE: return mcp_cannot_ask(call, "Pass confirm: true ...");
 *     default:              return mcp_fail(call, "Order %s was left as it is.", id);
 *     }
 *
 * Several questions may be asked in one round: ask them all, then return MCP_WAITING if any of them
 * is pending. */
MUST_USE enum mcp_reply mcp_ask(struct mcp_call *call, const char *key, const struct shape *shape,
                                void *answer, const char *question, ...) PRINTF(5, 6);

/* The same with a form as JSON Schema (a flat object), and the answer as JSON. */
MUST_USE enum mcp_reply mcp_ask_json(struct mcp_call *call, const char *key, const char *schema,
                                     const char *question, const char **answer);
/* Sends the person to a page, for what must not pass through the client (a secret, a payment).
 * MCP_ACCEPTED means that they went, not that they finished. */
MUST_USE enum mcp_reply mcp_ask_url(struct mcp_call *call, const char *key, const char *url,
                                    const char *question);
/* Asks the client's model. `params` is what sampling/createMessage takes, as JSON; `result` what it
 * answered, as JSON. */
MUST_USE enum mcp_reply mcp_sample(struct mcp_call *call, const char *key, const char *params,
                                   const char **result);
/* The folders the client works in: roots/list's result as JSON. */
MUST_USE enum mcp_reply mcp_roots(struct mcp_call *call, const char *key, const char **result);

/* Run the tool again when the resource changes (mcp_changed), or after the time given:
 *
 *     return mcp_wait(call, uri, 60000);
 *
 * A change since this run began counts, so none is missed between looking and waiting. Waiting uses the
 * deadline up: when it is over the tool runs a last time, and must answer. */
enum mcp_answer mcp_wait(struct mcp_call *call, const char *uri, int64_t timeout_ms);

/* Of a tool that asks_first: its questions are behind it, what comes takes long.
 *
 *     if (!mcp_begin_task(call))
 *         return MCP_WAITING;
 *
 * A client that knows tasks is given one now, and the tool is run again from the top as that task.
 * True: go on; it is one, or can't be. */
MUST_USE bool mcp_begin_task(struct mcp_call *call);

/* Time left until the deadline, not counting time spent waiting for a person. */
int64_t mcp_time_left_ms(const struct mcp_call *call);

/* ---- JSON, for what shapes alone do not say ---- */

/* A struct as JSON text. */
const char *mcp_json(struct mcp_call *call, const struct shape *shape, const void *in);
/* A struct from JSON text, members the shape does not know are ignored. False: it does not fit. */
MUST_USE bool mcp_read_json(struct mcp_call *call, const char *text, const struct shape *shape,
                            void *out);

/* ---- Cursors: opaque to clients, sealed so that only ours come back ---- */

/* `kind` names what the cursor is for ("search"); only a cursor of that kind opens. */
const char *mcp_cursor(struct mcp_call *call, const char *kind, const struct shape *shape,
                       const void *position);
MUST_USE bool mcp_cursor_open(struct mcp_call *call, const char *kind, const char *cursor,
                              const struct shape *shape, void *position);

/* ---- What the compiler holds them to: the struct is the one that the shape describes, see shape.h ---- */

#define mcp_return(call, shape, ...) \
	(mcp_return)(call, shape, POINTS_TO_(shape##_describes, shape, (__VA_ARGS__)))
/* The check stands behind: where gcc complains of the question's text, it names the latest line that it has seen. */
#define mcp_ask(call, key, shape, answer, ...) \
	__builtin_choose_expr(1, (mcp_ask)(call, key, shape, answer, __VA_ARGS__), FITS_(shape##_describes, shape, answer))
#define mcp_json(call, shape, ...) \
	(mcp_json)(call, shape, POINTS_TO_(shape##_describes, shape, (__VA_ARGS__)))
#define mcp_read_json(call, text, shape, out) \
	(mcp_read_json)(call, text, shape, POINTS_TO_(shape##_describes, shape, out))
#define mcp_cursor(call, kind, shape, ...) \
	(mcp_cursor)(call, kind, shape, POINTS_TO_(shape##_describes, shape, (__VA_ARGS__)))
#define mcp_cursor_open(call, kind, cursor, shape, position) \
	(mcp_cursor_open)(call, kind, cursor, shape, POINTS_TO_(shape##_describes, shape, position))

#endif
