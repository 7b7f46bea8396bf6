/* own_order.h - an order of the customer's, as orders tells it. Only for this room. */
#ifndef OWN_ORDER_H
#define OWN_ORDER_H

#include "using.h"

#define BOOK_DOWN "The order book can't be reached just now."

struct portion {
	const char *sku;
	int64_t quantity;
};

struct line {
	const char *sku, *name;
	int64_t quantity;
	struct money unit_price;
};

struct event {
	int64_t at;
	const char *from_status, *to_status;
};

struct sent_back {
	const char *id, *state;
	int64_t requested_at, received_at;
	struct portion *items;
	int64_t item_count;
};

struct place { const char *city, *country; };

struct order {
	const char *id, *customer, *status;
	int64_t placed_at, delivered_at;
	int64_t units;
	struct money total;
	struct place *shipping_address;
	struct line *items;
	int64_t item_count;
	struct event *history;
	int64_t event_count;
	struct sent_back *returns;
	int64_t return_count;
};

extern SHAPE_OF(portion_shape, struct portion);
extern SHAPE_OF(sent_back_shape, struct sent_back);
extern SHAPE_OF(own_summary_shape, struct order);

enum own { OWN_FOUND, OWN_PENDING, OWN_NONE };
/* NONE: the result says that it is not theirs, or why nobody knows. */
enum own own_order(struct using *using, const char *id, struct order *order);

void put_portion(struct json *json, const void *item);
void put_sent_back(struct json *json, const void *item);

#endif
