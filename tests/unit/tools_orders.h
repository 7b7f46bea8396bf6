/* tools_orders.h - what may happen between orders and products, which tools_orders.c runs in one
 * process: calls that never arrive, answers that never come, the end of the process before or after. */
#ifndef TOOLS_ORDERS_H
#define TOOLS_ORDERS_H

#include "order.h"
#include "shelf.h"

enum trouble {
	NO_TROUBLE,
	LOST_ON_THE_WAY,        /* products never hears of it */
	LOST_ANSWER,            /* it did, but nobody hears the answer */
	DIES_BEFORE,            /* orders' process ends as it is about to call */
	DIES_AFTER,             /* ... or just after it had its effect */
};

/* The arguments of create_order: a key, and how much TEA. */
#define ORDER "{'customer': 'ann', 'idempotency_key': '%s', 'shipping_address': {'name': 'Ann'," \
	" 'line1': '1', 'city': 'L', 'postal_code': '1', 'country': 'GB'}," \
	" 'items': [{'sku': 'TEA', 'quantity': %d}]}"

/* What happens to a call of this tool; NULL: nothing. */
extern enum trouble (*trouble_of)(const char *tool);
extern int calls_to_products;
/* What reserve_stock answers in place of the truth, which was done: JSON; NULL: the truth. */
extern const char *strange_answer;

/* What client_create() was asked for; and how many there are. */
struct client_asked { const char *url, *key, *name, *version; };
extern struct client_asked client_asked;
extern int clients;

/* Orders and products, empty. */
void begin_shop(void);
/* What the job does when all leases have ended, until there is nothing left to do. */
void settle_everything(void);
/* Ends the leases of all orders and errands. */
void end_leases(void);

#endif
