/* customer.h - customers, as the orders name them: found by what their name begins with. */
#ifndef CUSTOMER_H
#define CUSTOMER_H

#include "mcp.h"

/* What an order keeps beside its customer: the name as it is compared, and behind it as it is. */
const char *customer_key(struct arena *arena, const char *customer);
/* The same customer, in any case and with or without accents. */
bool customer_same(struct arena *arena, const char *a, const char *b);
/* A name that begins like this, in the same way. */
bool customer_begins(struct arena *arena, const char *customer, const char *typed);
/* The names that begin like this, in their order. False: the store failed. */
struct customer { const char *name; };
MUST_USE bool customers_find(struct store *store, struct arena *arena, const char *typed, int64_t limit,
                             struct rows *customers);

/* A job: gives their key to the orders of an earlier release. */
int64_t key_customers(struct store *store);

#endif
