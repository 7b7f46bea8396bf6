/* mcp_test.h - tests of a server, in C: it is served in the test's own process, to a client that the test holds.
 *
 *     struct mcp_test *test = mcp_test_open(&guestbook);
 *
 *     mcp_test_says(mcp_test_call(test, "sign", "{'name': 'Ada', 'words': 'Hello'}"), "Thank you, Ada.");
 *     mcp_test_answers(mcp_test_call(test, "latest", "{'limit': 1}"), "{'entries': [{'name': 'Ada'}]}");
 *     mcp_test_refuses(mcp_test_call(test, "sign", "{}"), "name is required");
 *     mcp_test_close(test);
 *
 * Real     What answers is the runtime that serves in production, over HTTP on a port of loopback's: protocol,
 *          checks, store and migrations. The database is fresh, and gone when the test is closed.
 * JSON     What stands in a test may have ' in place of each ". What is expected has to be contained in what
 *          came: more members are fine, and items of a list that were not named; [] is an empty list, null is
 *          what is absent.
 * Failure  ends the test: with Check (include check.h before this file) as its assertions do, else the process.
 *          It says what was expected, what came, and where.
 * Settings are those the test gives, and the defaults: the environment does not count.
 * Memory   What comes of a test lives until it is closed.
 * Threads  One thread tests, one server at a time. Open it in a test or in a checked fixture, not before Check
 *          forks. */
#ifndef MCP_TEST_H
#define MCP_TEST_H

#include "mcp.h"

struct mcp_test;                        /* a server that runs, and a client of it */

/* How a failure ends a test; does not return. */
typedef void mcp_test_fail_fn(const char *file, int line, const char *text);

/* ---- Opening ---- */

enum mcp_test_database {
	MCP_TEST_SQLITE,
	MCP_TEST_POSTGRESQL,            /* a schema of its own in the database that POSTGRES_URL names */
};

/* What mcp_test_open() takes behind the server, as .name = value. */
struct mcp_test_with {
	const char *file;
	int line;
	mcp_test_fail_fn *fail;
	const struct mcp_server *server;
	const char *revision;           /* the client's: "2025-11-25", or an older one; NULL: "2026-07-28" */
	const char *caller;             /* the name of its key; NULL: "tester" */
	const char *scopes;             /* of its key, separated by spaces, each one that the server has; NULL: all */
	const char *customer;           /* on whose behalf it calls (mcp_customer()); NULL: nobody's */
	bool cannot_ask;                /* a client without a person */
	bool knows_tasks;               /* what .runs_long comes to it as a task (2026-07-28), which it follows to its end */
	enum mcp_test_database database;
	const char *const *settings;    /* "NAME=value" each, ending with NULL */
};

/* Serves. NULL only where PostgreSQL is asked for and there is none (it says so in a line):
 *
 *     struct mcp_test *test = mcp_test_open(&guestbook, .revision = "2025-11-25", .scopes = "guests:read"); */
struct mcp_test *mcp_test_start(const struct mcp_test_with *with);
/* Another client of the same server, somebody else perhaps: mcp_test_also(test, .caller = "bob"). It is closed with
 * the first. */
struct mcp_test *mcp_test_join(struct mcp_test *test, const struct mcp_test_with *with);
/* Ends it; NULL is fine. */
void mcp_test_close(struct mcp_test *test);

/* ---- Calling ---- */

struct mcp_said {
	struct mcp_test *test;
	bool failed;                    /* isError: mcp_fail(), or arguments that do not fit */
	const char *text;               /* the first text of its content, or an error's message; "": none */
	const char *json;               /* what a tool returned (structuredContent), a resource's text, the values of a
	                                   completion, any other request's result; NULL: none */
	int error;                      /* code of a JSON-RPC error; 0: none */
	const char *result;             /* all of it, as JSON: the result, or the error */
	const char *task;               /* the id of the task that it was; NULL: it was none */
};

/* Calls a tool with arguments as JSON. */
struct mcp_said mcp_test_call(struct mcp_test *test, const char *tool, const char *arguments, ...) PRINTF(3, 4);
struct mcp_said mcp_test_read(struct mcp_test *test, const char *uri);       /* as it stands: no format */
struct mcp_said mcp_test_prompt(struct mcp_test *test, const char *name, const char *arguments, ...) PRINTF(3, 4);
/* What completes an argument of a prompt, or a name of a template, with those that are there so far: a list.
 *
 *     mcp_test_answers(mcp_test_complete(test, "thank", "name", "{'name': 'A'}"), "['Ada']");
 *     mcp_test_answers(mcp_test_complete(test, "guestbook://by/{name}", "name", "{'name': 'X'}"), "[]"); */
struct mcp_said mcp_test_complete(struct mcp_test *test, const char *of, const char *argument,
                                  const char *arguments, ...) PRINTF(4, 5);
/* A command of the program's own, with the words behind it. It is refused where its exit status is not 0; what it
 * prints is the text.
 *
 *     mcp_test_says(mcp_test_command(test, "import", "book.csv", "--dry-run"), "3 entries"); */
struct mcp_said mcp_test_command(struct mcp_test *test, const char *name, ...) __attribute__((sentinel));
/* Any other request, such as tools/list; or tools/call, to hold the task itself ("tasks/get", "tasks/cancel"). */
struct mcp_said mcp_test_request(struct mcp_test *test, const char *method, const char *params, ...) PRINTF(3, 4);

/* ---- Expecting ---- */

/* It succeeded, with JSON that has this in it. */
void mcp_test_answers(struct mcp_said said, const char *json, ...) PRINTF(2, 3);
/* It succeeded, with a text that has this in it. */
void mcp_test_says(struct mcp_said said, const char *part);
/* It did not, in words that have this in them. */
void mcp_test_refuses(struct mcp_said said, const char *part);
/* The struct that it answered, as the test's shape describes it: what is .required there has come, or the test
 * fails; all else may be absent, which is NULL, 0 or no items (shape.h). */
void mcp_test_take(struct mcp_said said, const struct shape *shape, void *out);

/* Any JSON text has this in it, such as said.result. */
void mcp_test_json(struct mcp_test *test, const char *came, const char *json, ...) PRINTF(3, 4);

/* ---- Questions: mcp_ask() and the others ---- */

/* The next question, which has this in it (NULL: whichever), is answered so. What is accepted has JSON: the form's
 * fields, or of mcp_sample() and mcp_roots() the result; of a page (mcp_ask_url) NULL. It is said beforehand; a
 * question that nobody answers ends the test, and so does an answer that nobody asked for, as it is closed.
 *
 *     mcp_test_when_asked(test, "Cancel order 7?", MCP_ACCEPTED, "{'sure': true}");
 *     mcp_test_when_asked(test, NULL, MCP_DECLINED, NULL); */
void mcp_test_when_asked(struct mcp_test *test, const char *part, enum mcp_reply reply, const char *json, ...)
	PRINTF(4, 5);
/* Or by a function, where nothing was said beforehand: `params` as the client got them, JSON. */
typedef enum mcp_reply mcp_test_person_fn(void *context, const char *question, const char *params,
                                          const char **json);
void mcp_test_person(struct mcp_test *test, mcp_test_person_fn *person, void *context);
/* The params of the latest question, with its form, JSON; NULL: there was none. */
const char *mcp_test_asked(struct mcp_test *test);

/* ---- Notices: what a server tells on its own ---- */

/* Follows a resource, so that resources/updated tells of its changes; NULL: the lists (list_changed). What changes
 * at that moment may be told twice: never too seldom. */
void mcp_test_follow(struct mcp_test *test, const char *uri);
/* A notification of that name came, or comes within seconds, with params that have this in them; it is taken. Also
 * those that a call tells on its way: "progress", "message" (mcp_log).
 *
 *     mcp_test_notice(test, "progress", "{'progress': 2, 'total': 3}");
 *     mcp_test_notice(test, "resources/updated", "{'uri': 'order://7'}"); */
void mcp_test_notice(struct mcp_test *test, const char *name, const char *json, ...) PRINTF(3, 4);
/* None that was not taken. */
void mcp_test_quiet(struct mcp_test *test);

/* ---- Time ---- */

/* So much of it passes, at once: for now_ms() and tick_ms(), for waits and deadlines. What PostgreSQL calls now()
 * stays as it is. A session that was idle for too long is gone then; the client begins another. */
void mcp_test_pass(struct mcp_test *test, int64_t ms);
/* Runs a job, which in a test nobody else does: what it returns. */
int64_t mcp_test_job(struct mcp_test *test, const char *name);

/* ---- Around the calls ---- */

/* What mcp_count() made of a counter, by its name in counters[], since this server began. */
void mcp_test_counted(struct mcp_test *test, const char *counter, int64_t expected);

/* The server's database, to put rows into and to look at them. */
struct store *mcp_test_store(struct mcp_test *test);
struct arena *mcp_test_arena(struct mcp_test *test);

/* ---- What the macros are made of ---- */

struct mcp_test *mcp_test_at(struct mcp_test *test, const char *file, int line, mcp_test_fail_fn *fail);
struct mcp_said mcp_test_said_at(struct mcp_said said, const char *file, int line, mcp_test_fail_fn *fail);

#ifdef ck_abort_msg
static inline void mcp_test_fails_(const char *file, int line, const char *text)
{
	_ck_assert_failed(file, line, "Failed", "%s", text);
}
#define MCP_TEST_FAILS_ mcp_test_fails_
#else
#define MCP_TEST_FAILS_ NULL
#endif
#define MCP_TEST_HERE_ .file = __FILE__, .line = __LINE__, .fail = MCP_TEST_FAILS_
#define MCP_TEST_AT_(test) mcp_test_at(test, __FILE__, __LINE__, MCP_TEST_FAILS_)
#define MCP_TEST_SAID_(said) mcp_test_said_at(said, __FILE__, __LINE__, MCP_TEST_FAILS_)

#define mcp_test_open(...) mcp_test_start(&(struct mcp_test_with) { MCP_TEST_HERE_, .server = __VA_ARGS__ })
#define mcp_test_also(test, ...) mcp_test_join(test, &(struct mcp_test_with) { MCP_TEST_HERE_, __VA_ARGS__ })
#define mcp_test_close(test) (mcp_test_close)(MCP_TEST_AT_(test))
#define mcp_test_call(test, ...) (mcp_test_call)(MCP_TEST_AT_(test), __VA_ARGS__)
#define mcp_test_read(test, uri) (mcp_test_read)(MCP_TEST_AT_(test), uri)
#define mcp_test_prompt(test, ...) (mcp_test_prompt)(MCP_TEST_AT_(test), __VA_ARGS__)
#define mcp_test_complete(test, ...) (mcp_test_complete)(MCP_TEST_AT_(test), __VA_ARGS__)
#define mcp_test_command(test, ...) (mcp_test_command)(MCP_TEST_AT_(test), __VA_ARGS__, (char *)NULL)
#define mcp_test_counted(test, counter, expected) (mcp_test_counted)(MCP_TEST_AT_(test), counter, expected)
#define mcp_test_request(test, ...) (mcp_test_request)(MCP_TEST_AT_(test), __VA_ARGS__)
#define mcp_test_answers(said, ...) (mcp_test_answers)(MCP_TEST_SAID_(said), __VA_ARGS__)
#define mcp_test_says(said, part) (mcp_test_says)(MCP_TEST_SAID_(said), part)
#define mcp_test_refuses(said, part) (mcp_test_refuses)(MCP_TEST_SAID_(said), part)
#define mcp_test_json(test, ...) (mcp_test_json)(MCP_TEST_AT_(test), __VA_ARGS__)
#define mcp_test_when_asked(test, ...) (mcp_test_when_asked)(MCP_TEST_AT_(test), __VA_ARGS__)
#define mcp_test_person(test, ...) (mcp_test_person)(MCP_TEST_AT_(test), __VA_ARGS__)
#define mcp_test_follow(test, uri) (mcp_test_follow)(MCP_TEST_AT_(test), uri)
#define mcp_test_notice(test, ...) (mcp_test_notice)(MCP_TEST_AT_(test), __VA_ARGS__)
#define mcp_test_quiet(test) (mcp_test_quiet)(MCP_TEST_AT_(test))
#define mcp_test_pass(test, ms) (mcp_test_pass)(MCP_TEST_AT_(test), ms)
#define mcp_test_job(test, name) (mcp_test_job)(MCP_TEST_AT_(test), name)
#define mcp_test_take(said, shape, out) \
	(mcp_test_take)(MCP_TEST_SAID_(said), shape, POINTS_TO_(shape##_describes, shape, out))

#endif
