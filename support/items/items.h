/* items.h - structs as items of DynamoDB, by the shapes that describe them; the keys of the one table; what is asked of it. Only for this room.
 *
 *     pk               sk        what
 *     c#ID             head      the conversation, with `version`, which every write of it adds to
 *     c#ID             m#SEQ     a message
 *     k#CALL           call      which message a call wrote
 *     k#ROLE#AUTHOR    KEY       which message an idempotency key is of
 *     u#CUSTOMER       c#ID      that the conversation is the customer's, from its first message on
 *     u#CUSTOMER       t#HOUR    tokens that models took for the customer in that hour
 *
 * The table, with its indexes, is table.json; how they are filled in item_index.h. */
#ifndef ITEMS_H
#define ITEMS_H

#include "dynamodb.h"
#include "json.h"
#include "rows.h"

struct items {
	struct dynamodb *dynamodb;
	const char *table;
	int64_t days;                   /* that a conversation is kept, see item_ttl.h; 0: for ever */
};
extern struct items items;

/* ---- Attributes ---- */

/* One of an object that is being written: "name":{"S":"text"}; a text that is NULL is left out. */
void item_text(struct json *json, const char *name, const char *text);
void item_int(struct json *json, const char *name, int64_t number);
/* All that are not absent, and not zero. */
void item_put(struct json *json, const struct shape *shape, const void *from);
/* Of an object of attributes; what the shape does not know is left out. */
void item_take(struct arena *arena, const struct shape *shape, yyjson_val *item, void *to);
/* Whether it has all that one of its kind always has; it is logged where not, for then another program wrote it, or another version. */
MUST_USE bool item_is_ours(bool has_all);
/* A conversation. False: it is none, see above. */
MUST_USE bool item_take_conversation(struct arena *arena, yyjson_val *item, struct conversation *conversation);
/* 0: it has none; .at NULL: it has none. */
int64_t item_number(yyjson_val *item, const char *name);
str item_word(yyjson_val *item, const char *name);

/* ---- Keys ---- */

const char *item_pk(struct arena *arena, const char *id);
const char *item_sk(struct arena *arena, int64_t seq);
const char *item_call_pk(struct arena *arena, int64_t call);
const char *item_key_pk(struct arena *arena, const struct message *by);
const char *item_customer_pk(struct arena *arena, const char *customer);
const char *item_hour_sk(struct arena *arena, int64_t at_ms);
/* "Key" of a request. */
void json_key_of(struct json *json, const char *pk, const char *sk);
/* A member that is a text, as most of a request are. */
void json_member_of(struct json *json, const char *key, const char *text);

/* ---- Requests ---- */

/* A request begun: {"TableName":…; what else is in it comes behind. */
struct json items_ask(struct arena *arena);
/* Ends it, and asks on behalf of this store: on an event loop nothing is asked, see store_may_wait(). */
MUST_USE enum dynamodb_outcome items_asked(struct store *store, struct json *json, enum dynamodb_action action, yyjson_val **said);

/* Of one item, as it is now: 1; 0: there is none, or its time is over; -1: it failed. */
MUST_USE int items_get(struct store *store, struct arena *arena, const char *pk, const char *sk, yyjson_val **item);

/* A Query of which each item is handed out whose time is not over, until `each` returns false or there is no more: true, or false: it
 * failed, or took too long. `json` is a request without its end; it may be sent many times, with where the page before ended. An item is gone with its page. */
typedef bool item_fn(void *context, yyjson_val *item);
MUST_USE bool query_each(struct store *store, const struct json *json, item_fn *each, void *context);
/* The same of one partition of the table, as it is now, of those whose sk begin so. */
MUST_USE bool query_partition(struct store *store, struct arena *arena, const char *pk, const char *begin, item_fn *each, void *context);

#endif
