/* prompts.h - what the prompts share, and what completes them. */
#ifndef PROMPTS_H
#define PROMPTS_H

#include "product.h"

enum { COMPARED_MAX = 10 };

const char *or_unknown(const char *text);
/* A line for each product: SKU, name, price, what is available, and what it is. */
const char *describe_all(struct arena *arena, const struct product *products, int64_t count);

/* Takes the next SKU off a list with separators between them; "" at its end. */
#define SKU_SEPARATORS ", \t\r\n;"
const char *next_sku(struct arena *arena, const char **list);

#endif
