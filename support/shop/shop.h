/* shop.h - what a model may do in the shop for a customer: tools of its own over those of products and orders.
 *
 * Whose orders they are is not the model's to say: each use is told its customer, and what is another's is not there. What is
 * found is cut to what a model needs, and is JSON that was written here: what stands in names and notes is a string in it.
 *
 * Nothing here fails the call. What went wrong is a result too, in words that a model can pass on. */
#ifndef SHOP_H
#define SHOP_H

#include "client.h"
#include "mcp.h"
#include "model.h"

/* In the order in which they are always told; the same bytes each time, a cache has them. */
extern const struct model_tool shop_tools[];
extern const size_t shop_tool_count;

#define SHOP_RESULT_MAX 4096            /* bytes of a result: what is more is left out as a whole, and it says so */

#define SHOP_SETTINGS \
	{ .name = "PRODUCTS_URL", .kind = SETTING_TEXT, .standard = "http://127.0.0.1:8081/mcp", \
	  .about = "Where products is reached" }, \
	{ .name = "PRODUCTS_KEY", .kind = SETTING_TEXT, \
	  .about = "The bearer key to call products with (products:read); a secret" }, \
	{ .name = "ORDERS_URL", .kind = SETTING_TEXT, .standard = "http://127.0.0.1:8082/mcp", \
	  .about = "Where orders is reached" }, \
	{ .name = "ORDERS_KEY", .kind = SETTING_TEXT, \
	  .about = "The bearer key to call orders with (orders:read orders:write); a secret" }

/* False: one of the URLs is unusable, it has said why. `version` is ours, as the others' logs have it. */
bool shop_start(const char *version);
void shop_stop(void);

/* Whether a tool of that name asks its person before it changes something. What led to it is written down before it is used. */
bool shop_asks(str tool);

struct shop_result {
	str text;                       /* for the model: JSON, or words */
	bool failed;
	const char *card;               /* for pages, a JSON object with `kind`: order, orders, products, stock, return; NULL: nothing to see */
	bool wants_person;              /* the conversation is to go to a person, and */
	const char *reason;             /* that is why */
};

enum shop_outcome {
	SHOP_DONE,
	SHOP_PENDING,                   /* return MCP_WAITING; it is used again in the call's next run, with the same key */
};

/* Uses a tool. `key` is of this use alone, whatever conversation it is in, and the same whichever call goes on with the turn:
 * "CNV-7H2K9QX4TN 12 3". All that is in the result is in the call's arena. */
enum shop_outcome shop_use(struct mcp_call *call, const char *customer, const char *key, const struct model_block *use,
                           struct shop_result *result);

/* What shop_use() said of a use whose result was written down since. */
struct shop_result shop_found(struct arena *arena, const struct model_block *use, const struct model_block *result);

#endif
