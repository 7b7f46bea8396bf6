/* shop.c - see shop.h: the tools, as they are told to a model, and which of them is meant. */
#include "shop.h"

#include <stdio.h>

#include "using.h"

struct client *shop_products, *shop_orders;

#define ITEMS(about) \
	"\"items\":{\"type\":\"array\",\"description\":\"" about "\",\"items\":{\"type\":\"object\",\"properties\":{" \
	"\"sku\":{\"type\":\"string\",\"description\":\"The product's SKU, as another tool told it\"}," \
	"\"quantity\":{\"type\":\"integer\",\"description\":\"How many units, from 1\"}},\"required\":[\"sku\",\"quantity\"]}}"
#define ORDER_ID "\"order_id\":{\"type\":\"string\",\"description\":\"Number of the order, such as ORD-7H2K9QX4TN\"}"

const struct model_tool shop_tools[] = {
	{ "find_product", "Finds products of the shop by words, with price and how many can be ordered now.",
	  "{\"type\":\"object\",\"properties\":{"
	  "\"words\":{\"type\":\"string\",\"description\":\"One to three words of its name or kind; each must match\"},"
	  "\"price_max\":{\"type\":\"integer\",\"description\":\"Highest price in pence or cents: 1500 is 15.00\"},"
	  "\"in_stock\":{\"type\":\"boolean\",\"description\":\"True: only what can be ordered now\"}},"
	  "\"required\":[\"words\"]}" },
	{ "check_stock", "Says whether so many units of products can be ordered now. It holds nothing.",
	  "{\"type\":\"object\",\"properties\":{" ITEMS("The products, up to 20") "},\"required\":[\"items\"]}" },
	{ "my_orders", "Lists this customer's own orders, the newest first. Use it where they give no number.",
	  "{\"type\":\"object\",\"properties\":{"
	  "\"status\":{\"type\":\"string\",\"description\":\"Only those with this status\",\"enum\":[\"pending\",\"paid\",\"packed\","
	  "\"shipped\",\"delivered\",\"cancelled\",\"returned\"]}},\"required\":[]}" },
	{ "track_my_order", "Tells where one of this customer's own orders is, what is in it and what was returned.",
	  "{\"type\":\"object\",\"properties\":{" ORDER_ID "},\"required\":[\"order_id\"]}" },
	{ "start_return", "Announces that items of one of this customer's own delivered orders come back. The customer is asked"
	  " to confirm it first.",
	  "{\"type\":\"object\",\"properties\":{" ORDER_ID "," ITEMS("What comes back, up to 20") ","
	  "\"reason\":{\"type\":\"string\",\"description\":\"Why, in the customer's words\"}},"
	  "\"required\":[\"order_id\",\"items\",\"reason\"]}" },
	{ "ask_a_person", "Gives the conversation to a person of the shop. Use it where the customer asks for one, or where none of the"
	  " other tools can do what is needed.",
	  "{\"type\":\"object\",\"properties\":{"
	  "\"reason\":{\"type\":\"string\",\"description\":\"What the person should know, in a sentence\"}},"
	  "\"required\":[\"reason\"]}" },
};
const size_t shop_tool_count = sizeof(shop_tools) / sizeof(*shop_tools);

/* ---- ask_a_person ---- */

struct person { const char *reason; };

static SHAPE(person_shape, struct person,
	TEXT(struct person, reason, "", .required = true, AT_LEAST(1), AT_MOST(1000)));

static void want_person(struct using *using, const struct person *person)
{
	using->result->wants_person = true;
	using->result->reason = arena_copy(using->arena, text_cut(using->arena, person->reason, STRING_MAX));
}

static enum shop_outcome use_ask_a_person(struct using *using)
{
	struct person person;

	if (!using_takes(using, person_shape, &person))
		return SHOP_DONE;
	want_person(using, &person);
	return using_says(using, "A person of the shop will answer in this conversation. Tell the customer so.");
}

/* ---- Which is meant ---- */

static const struct { const char *name; using_fn *run; bool asks; } uses[] = {
	{ "find_product", use_find_product, false },
	{ "check_stock", use_check_stock, false },
	{ "my_orders", use_my_orders, false },
	{ "track_my_order", use_track_my_order, false },
	{ "start_return", use_start_return, true },
	{ "ask_a_person", use_ask_a_person, false },
};
#define USES (sizeof(uses) / sizeof(*uses))

bool shop_asks(str tool)
{
	for (size_t i = 0; i < USES; i++)
		if (str_is(tool, uses[i].name))
			return uses[i].asks;
	return false;
}

enum shop_outcome shop_use(struct mcp_call *call, const char *customer, const char *key, const struct model_block *use,
                           struct shop_result *result)
{
	struct using using = {
		.call = call, .arena = mcp_arena(call), .customer = customer, .key = key, .input = use->text, .result = result,
	};

	*result = (struct shop_result) { 0 };
	if (!customer)
		return using_fails(&using, "It is not known which customer this is.");
	for (size_t i = 0; i < USES; i++)
		if (str_is(use->name, uses[i].name))
			return uses[i].run(&using);
	return using_fails(&using, "There is no tool %s.", str_quote(use->name, 64).text);
}

/* ---- What was found before ---- */

/* What there is to see is the result itself, see using_shows(). */
struct shop_result shop_found(struct arena *arena, const struct model_block *use, const struct model_block *result)
{
	struct shop_result found = { .text = result->text, .failed = result->failed }, said = { 0 };
	struct using using = { .arena = arena, .input = use->text, .result = &said };
	struct person person;

	if (found.failed)
		return found;
	if (str_starts(found.text, "{\"kind\":"))
		found.card = arena_copy(arena, found.text);
	if (!str_is(use->name, "ask_a_person") || !using_takes(&using, person_shape, &person))
		return found;
	using.result = &found;
	want_person(&using, &person);
	return found;
}

/* ---- Start and stop ---- */

static struct client *client_of(const char *url, const char *key, const char *version)
{
	struct client *client = client_create(setting_text(url), setting_text(key), "support", version);

	if (!client)
		fprintf(stderr, "mcp-support: %s, \"%s\", can't be called, for the reason that the log has; it is such as"
		        " http://127.0.0.1:8081/mcp\n", url, setting_text(url));
	return client;
}

bool shop_start(const char *version)
{
	shop_products = client_of("PRODUCTS_URL", "PRODUCTS_KEY", version);
	shop_orders = client_of("ORDERS_URL", "ORDERS_KEY", version);
	return shop_products && shop_orders;
}

void shop_stop(void)
{
	client_destroy(shop_products);
	client_destroy(shop_orders);
	shop_products = shop_orders = NULL;
}
