/* support_fixture.h - the support server in its test's own process, and conversations put into its database. */
#ifndef SUPPORT_FIXTURE_H
#define SUPPORT_FIXTURE_H

#include <stdlib.h>

#include "suite.h"

#include "keeping.h"
#include "mcp_test.h"
#include "queue.h"
#include "support.h"
#include "support_table.h"

#define IN_DATABASE .database = getenv("POSTGRES_URL") ? MCP_TEST_POSTGRESQL : MCP_TEST_SQLITE
#define DATABASE IN_DATABASE, .settings = (const char *const[]) { history_at(), NULL }

static const char *const revisions[] = { "2026-07-28", "2025-11-25" };

#define MINUTE_MS INT64_C(60000)

struct saying { struct arena *arena; struct conversation begun; struct message message; };

static inline bool begin_saying(struct store *store, void *context)
{
	struct saying *saying = context;
	struct conversation conversation = saying->begun;

	return conversation_make(store, &conversation) && message_add(store, saying->arena, &conversation, &saying->message) &&
	       conversation_keep(store, &conversation);
}

/* A conversation of one message, said at that time. */
static inline void begin_at(struct mcp_test *test, const char *id, const char *customer, int64_t at)
{
	struct saying saying = {
		.arena = mcp_test_arena(test), .begun = { .id = id, .customer = customer, .status = "open", .started_at = at },
		.message = { .at = at, .role = "customer", .author = customer,
		             .text = arena_print(mcp_test_arena(test), "Where is my teapot? I am %s.", customer) },
	};

	ck_assert_int_eq(history_transact(mcp_test_store(test), begin_saying, &saying), STORE_COMMITTED);
}

static inline void begin(struct mcp_test *test, const char *id, const char *customer)
{
	begin_at(test, id, customer, now_ms());
}

/* One message more, of whoever it is. */
struct more { struct arena *arena; const char *id; struct message message; };

static inline bool add_more(struct store *store, void *context)
{
	struct more *more = context;
	struct conversation conversation;

	return conversation_find(store, more->arena, more->id, NULL, &conversation) == FOUND &&
	       message_add(store, more->arena, &conversation, &more->message) && conversation_keep(store, &conversation);
}

static inline void say_more(struct mcp_test *test, const char *id, const struct message *message)
{
	struct more more = { mcp_test_arena(test), id, *message };

	ck_assert_int_eq(history_transact(mcp_test_store(test), add_more, &more), STORE_COMMITTED);
}

static inline struct conversation conversation_now(struct mcp_test *test, const char *id)
{
	struct conversation conversation;

	ck_assert_int_eq(conversation_find(mcp_test_store(test), mcp_test_arena(test), id, NULL, &conversation), FOUND);
	return conversation;
}

/* Writes down what a test made of what conversation_now() gave. */
static inline bool keep_it(struct store *store, void *context)
{
	return conversation_keep(store, context);
}

static inline void keep(struct mcp_test *test, struct conversation *conversation)
{
	ck_assert_int_eq(history_transact(mcp_test_store(test), keep_it, conversation), STORE_COMMITTED);
}

#endif
