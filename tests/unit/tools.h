/* tools.h - runs the tools of a program without a server, on a real database: what mcp.h promises them
 * is in tools.c. Arguments and answers are JSON, as a client's; in arguments ' stands for ".
 *
 *     yyjson_val *answer = does(&products, "get_product", "{'sku': 'TEA'}");
 *     ck_assert_int_eq(number(answer, "/stock"), 5);
 *
 * The database is a file of SQLite, or, where POSTGRES_URL is set (tests/postgres.sh does), a schema
 * of its own. It is made once and emptied before each test by begin(). */
#ifndef TOOLS_H
#define TOOLS_H

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>

#include "json.h"
#include "mcp.h"
#include "suite.h"

#define MINUTE INT64_C(60000)
#define DAY (24 * 60 * MINUTE)

struct tool {
	const char *name;
	mcp_tool_fn *run;
	const struct shape *in, *out;
};

/* A program: its tools and its database. */
struct program {
	const char *name;
	const struct tool *tools;
	const struct migration *migrations;
	const char *empty;              /* SQL that takes every row away */
	const char *empty_sqlite;       /* and this, only on SQLite; or NULL */
	struct store *store;
	char url[256];
};
extern struct program products, orders;

/* ---- Calling ---- */

enum outcome { DID, REFUSED, WAITS, DIED };

struct said {
	enum outcome outcome;
	const char *words;              /* of a refusal, or a plain text */
	yyjson_val *value;
};

extern const char *caller;      /* who calls: "anonymous" from begin() on */
extern const char *called_for;  /* for whom: NULL from begin() on */
extern bool customer_only;      /* it has no scope for more than that one's; false from begin() on */
extern struct arena *arena;     /* of the test */

struct said call_tool(struct program *program, const char *tool, const char *arguments, ...)
	PRINTF(3, 4);
/* The same of what must succeed: its answer. */
yyjson_val *does(struct program *program, const char *tool, const char *arguments, ...)
	PRINTF(3, 4);
/* The same by a store as an event loop has it, which must not give up; on PostgreSQL by the other. */
yyjson_val *does_on_loop(struct program *program, const char *tool, const char *arguments, ...)
	PRINTF(3, 4);
/* And of what must be refused: in which words. */
const char *refuses(struct program *program, const char *tool, const char *arguments, ...)
	PRINTF(3, 4);

/* What completes an argument: each value followed by "|". */
const char *completes(struct program *program, mcp_complete_fn *complete, const char *argument,
                      const char *value);
/* How many complete it by a store as an event loop has it, which must not give up; on PostgreSQL by the
 * other. */
int count_completed_on_loop(struct program *program, mcp_complete_fn *complete, const char *argument,
                            const char *value);
extern const char *chosen_argument, *chosen_value;      /* chosen before, or NULL; see begin() */

#define ck_assert_says(words, part) \
	ck_assert_msg(strstr(words, part), "\"%s\" does not say \"%s\"", words, part)

/* What is at a JSON pointer of an answer. */
int64_t number(yyjson_val *answer, const char *pointer);
const char *text(yyjson_val *answer, const char *pointer);      /* NULL: it is not there */
bool truth(yyjson_val *answer, const char *pointer);
int64_t length(yyjson_val *answer, const char *pointer);        /* of a list */

/* ---- Around the calls ---- */

/* URIs that changed since begin(), or since forget_changes(), each followed by a space. */
const char *changes(void);
void forget_changes(void);
extern const char *noted;               /* what mcp_note() was told since begin(): "order=ORD-1 " ... */
extern int notices;                     /* what mcp_notice() was told */
int64_t counted(int counter);           /* what mcp_count() came to since begin() */

extern enum mcp_reply person;           /* what a person answers: MCP_UNAVAILABLE from begin() on */
extern const char *person_says;         /* and with MCP_ACCEPTED, as JSON */
extern char question[512];              /* what they were asked last, and by which form */
extern const struct shape *form;
extern int progress_until;              /* progress is wanted that often; then the call is cancelled */
extern int progress_told;
extern double progress_done, progress_total;     /* and how it was told last */
extern char progress_text[256];
extern int64_t time_left_ms;

extern bool runs_elsewhere;             /* each run of a call is in another process: nothing is kept from the one before */

/* Ends the call that runs, as the end of its process would. Not within a transaction. */
/* What the call waits for is there: its tool is run again when it returned MCP_WAITING. */
void run_again(struct mcp_call *call);
void die(void);

/* ---- The database ---- */

void begin(void);
void end(void);
void empty_program(struct program *program);
void run_sql(struct program *program, const char *format, ...) PRINTF(2, 3);
/* The one number that a query gives; 0 for none. */
int64_t find_number(struct program *program, const char *format, ...) PRINTF(2, 3);

/* ---- Chance, for tests of many sequences: SEED in the environment repeats one that failed ---- */

void chance_begin(const char *what);
int chance(int below);                  /* 0 up to below - 1 */

#endif
