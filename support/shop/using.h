/* using.h - one use of a tool, and what its files share. Only for this room. */
#ifndef USING_H
#define USING_H

#include "json.h"
#include "shop.h"

#define STRING_MAX 200                  /* characters of what others wrote */

struct using {
	struct mcp_call *call;
	struct arena *arena;
	const char *customer;
	const char *key;
	str input;
	struct shop_result *result;
};

typedef enum shop_outcome using_fn(struct using *using);
using_fn use_find_product, use_check_stock, use_my_orders, use_track_my_order, use_start_return;

extern struct client *shop_products, *shop_orders;

/* ---- Arguments ---- */

/* False: the result says what is wrong with them. */
MUST_USE bool using_takes(struct using *using, const struct shape *shape, void *in);
#define using_takes(using, shape, in) (using_takes)(using, shape, POINTS_TO_(shape##_describes, shape, in))
/* The key of one of its requests, or of its question. */
const char *using_key(struct using *using, const char *what);

/* ---- Results: each ends the use ---- */

enum shop_outcome using_says(struct using *using, const char *words, ...) PRINTF(2, 3);
enum shop_outcome using_fails(struct using *using, const char *words, ...) PRINTF(2, 3);
/* What another server did not do: `down` where it can't be reached, else its own words, as a string in JSON. */
enum shop_outcome using_failed(struct using *using, enum client_outcome outcome, const char *why, const char *down);
/* Something to see: the JSON that using_begin() began, which is the card too. */
struct json using_begin(struct using *using, const char *kind);
enum shop_outcome using_shows(struct using *using, struct json *json);

/* ---- JSON, of what others wrote: members that are absent are left out ---- */

void put_text(struct json *json, const char *name, const char *text);
void put_int(struct json *json, const char *name, int64_t value);
void put_time(struct json *json, const char *name, int64_t at);
void put_money(struct json *json, const char *name, const struct money *money);

/* A list of `count` items, as many as there is room for; of the others it says how many they are. */
typedef void put_item_fn(struct json *json, const void *item);
void put_list(struct json *json, const char *name, const void *items, int64_t count, size_t size, put_item_fn *put);

/* At most so many characters of it, with … where there were more. */
str text_cut(struct arena *arena, const char *text, size_t characters);

#endif
