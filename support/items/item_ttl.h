/* item_ttl.h - when DynamoDB may let an item go by itself: the net below the job that erases (erase.h). Only for this room.
 *
 * The job erases a conversation HISTORY_DAYS after its latest message, whole, and tells its followers; what it does not, for no process runs
 * any more or it is not let, DynamoDB does ITEM_MARGIN_DAYS later, item by item, and late by days: so nobody is shown what is over. A
 * conversation's head is written anew with each message, and its time with it. Its messages are not: `kept_to` is the time of the first of
 * them, and where that comes before the conversation's own end they are given a later one, which is once in ITEM_MARGIN_DAYS. */
#ifndef ITEM_TTL_H
#define ITEM_TTL_H

#include "items.h"

#define ITEM_MARGIN_DAYS 90

/* In seconds, as DynamoDB has it; 0: never. */
int64_t item_ttl(void);
/* The attribute `ttl`, where there is one. */
void item_put_ttl(struct json *json, int64_t ttl);
bool item_is_over(yyjson_val *item);

/* After a transaction of this conversation: gives its messages a later time where they would go before it does. */
void item_renew(struct store *store, const struct conversation *head);

#endif
