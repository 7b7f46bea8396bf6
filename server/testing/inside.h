/* inside.h - what the files of testing/ know of each other. mcp_test.h is what tests see. */
#ifndef TESTING_INSIDE_H
#define TESTING_INSIDE_H

#include "json.h"
#include "mcp_test.h"
#include "serving.h"

/* A server that runs, with its first client. There is one in a process at a time. */
struct trial {
	struct serving serving;
	struct arena *arena;            /* what tests are given, and all that is below */
	struct mcp_test *clients;       /* the latest first */
	struct fresh *fresh;            /* its database; NULL: it needs none */
	struct store *store;            /* the test's own; NULL until it is asked for */
	const char *keys;               /* API_KEYS as it is now */
	int64_t requests;               /* ids that were given */
	int64_t counted[MCP_COUNTERS];  /* before it: they are the process's */
};

struct mcp_test {
	struct mcp_test *next;
	struct trial *trial;
	const char *revision;
	bool sessions;                  /* of the era that has them */
	bool cannot_ask, knows_tasks;
	const char *key;
	const char *session;            /* NULL: none yet */
	const char *begun;              /* the one that the latest answer named */
	struct wire *wire;              /* a request that is on its way; NULL: none */
	struct expected *expected;      /* questions that are to come */
	mcp_test_person_fn *person;
	void *person_context;
	const char *asked;              /* the latest question's params, JSON */
	struct notice *notices;         /* that nobody has looked at yet */
	struct stream *streams;         /* that listen */
};

/* ---- Failing (fail.c) ---- */

void fail_at(const char *file, int line, mcp_test_fail_fn *fail);      /* where the test is */
_Noreturn void fail_say(const char *format, ...) PRINTF(1, 2);

/* ---- Databases (fresh.c) ---- */

struct fresh;

/* NULL: there is no PostgreSQL. */
struct fresh *fresh_create(enum mcp_test_database kind);
const char *fresh_url(const struct fresh *fresh);
void fresh_destroy(struct fresh *fresh);                                /* NULL is fine */

/* ---- JSON as tests write it (words.c) ---- */

yyjson_val *words_read(struct arena *arena, const char *format, va_list list);
yyjson_val *words_parse(struct arena *arena, str text);                 /* what the server said */
const char *words_plain(struct arena *arena, const char *text);         /* what a test wrote, without its ' */
const char *words_of(struct arena *arena, yyjson_val *value);          /* as text; NULL for NULL */
/* NULL: `came` has all that is wanted. Else what differs, and where. */
const char *words_differ(struct arena *arena, yyjson_val *wanted, yyjson_val *came);

/* ---- HTTP (wire.c) ---- */

struct wire;

struct header { const char *name, *value; };

/* A request to the server on a connection of its own, and the head of its answer. `headers` ends with an empty
 * one. */
struct wire *wire_ask(struct mcp_test *test, const char *method, const struct header *headers, str body);
int wire_status(const struct wire *wire);
const char *wire_header(const struct wire *wire, const char *name);    /* NULL: it is not there */
/* The next message: the body, or the data of an event. .at NULL: there is none any more, or nothing came for so
 * long. */
str wire_message(struct wire *wire, int64_t wait_ms);
void wire_close(struct wire *wire);

/* ---- Requests (request.c) ---- */

/* A stream that listens, by a request or (NULL) by GET. */
struct wire *request_listen(struct mcp_test *test, const char *method, yyjson_val *params);
struct mcp_said request_make(struct mcp_test *test, const char *method, yyjson_val *params);
/* The same of what a response has: "result", or "error". */
struct mcp_said request_said(struct mcp_test *test, yyjson_val *response);
/* Of a client that ends, maybe amid one. */
void request_end(struct mcp_test *test);

/* ---- Tasks (task.c) ---- */

/* Where it was told of a task, what became of that; else the same. */
struct mcp_said task_outcome(struct mcp_said said);

/* ---- The person (person.c), and what is told (notice.c) ---- */

/* The result of a question, JSON; NULL: it is refused. */
const char *person_answers(struct mcp_test *test, yyjson_val *request);
/* inputResponses to inputRequests, JSON. */
const char *person_answers_all(struct mcp_test *test, yyjson_val *requests);
void person_is_done(struct mcp_test *test);     /* nothing is expected any more */
void notice_keep(struct mcp_test *test, yyjson_val *message);
void notice_end(struct mcp_test *test);

#endif
