/* tools_orders.c - orders, as tools.h runs it: what it asks of products runs here too. */
#include "tools_orders.h"

#include "client.h"
#include "errand.h"
#include "placing.h"

/* What the job does with one order or errand, as tools: a process may end within a call. */
static enum mcp_answer settle_order(struct mcp_call *call, const void *in, struct store *store)
{
	bool fine = placing_settle(store, mcp_arena(call), ((const struct named *)in)->id);

	return mcp_say(call, "%d", fine);
}

static enum mcp_answer settle_errand(struct mcp_call *call, const void *in, struct store *store)
{
	bool fine = errand_settle(store, mcp_arena(call), ((const struct named *)in)->id);

	return mcp_say(call, "%d", fine);
}

static const struct tool tools[] = {
	{ "create_order", create_order, create_shape, order_shape },
	{ "get_order", get_order, order_named_shape, order_shape },
	{ "read_order", read_order, order_named_shape, order_shape },
	{ "list_orders", list_orders, list_shape, listed_shape },
	{ "cancel_order", cancel_order, cancel_shape, order_shape },
	{ "update_order_status", update_order_status, status_shape, order_shape },
	{ "track_order", track_order, track_shape, tracked_shape },
	{ "request_return", request_return, request_return_shape, return_shape },
	{ "receive_return", receive_return, receive_return_shape, return_shape },
	{ "sales_report", sales_report, report_shape, reported_shape },
	{ "settle an order", settle_order, order_named_shape, NULL },
	{ "settle an errand", settle_errand, order_named_shape, NULL },
	{ "explain_order", explain_order, explain_shape, NULL },
	{ "review_sales", review_sales, review_shape, NULL },
	{ "read_customer", read_customer, customer_named_shape, listed_shape },
	{ 0 },
};

struct program orders = {
	.name = "orders", .tools = tools, .migrations = order_migrations,
	.empty = "delete from errand; delete from return_line; delete from return_request;"
	         " delete from order_event; delete from order_line; delete from orders",
};

enum trouble (*trouble_of)(const char *tool);
int calls_to_products;
const char *strange_answer;
struct client_asked client_asked;
int clients;

/* ---- client.h, to a products in this process ---- */

struct client *client_create(const char *url, const char *key, const char *name,
                             const char *version)
{
	client_asked = (struct client_asked) { url, key, name, version };
	if (strncmp(url, "http", 4) != 0)
		return NULL;
	clients++;
	return (struct client *)&clients;
}

void client_destroy(struct client *client)
{
	clients -= client == (struct client *)&clients;
}

static enum client_outcome unreachable(const char **why)
{
	*why = "products can't be reached";
	return CLIENT_UNREACHABLE;
}

static struct said call_products(const char *tool, const struct shape *in, const void *arguments)
{
	const char *outer = caller;
	struct json json = json_begin(arena, 256);

	shape_write_input(&json, in, arguments);
	caller = "orders";
	struct said said = call_tool(&products, tool, "%.*s", STR_FORMAT(json_end(&json)));
	caller = outer;
	return said;
}

enum client_outcome (client_call)(struct client *client UNUSED, struct arena *of_answer,
                                  const char *tool, bool idempotent, const struct shape *in,
                                  const void *arguments, const struct shape *out, void *result,
                                  const char **why)
{
	enum trouble trouble = trouble_of ? trouble_of(tool) : NO_TROUBLE;

	calls_to_products++;
	ck_assert_msg(idempotent, "%s is repeated too", tool);
	if (trouble == LOST_ON_THE_WAY)
		return unreachable(why);
	if (trouble == DIES_BEFORE)
		die();
	struct said said = call_products(tool, in, arguments);
	if (trouble == LOST_ANSWER)
		return unreachable(why);
	if (trouble == DIES_AFTER)
		die();
	if (said.outcome == DID && strange_answer && strcmp(tool, "reserve_stock") == 0) {
		enum json_trouble bad;
		said.value = json_parse_copy(arena, str_of(strange_answer), 64, &bad);
	}
	if (said.outcome == DID) {
		*why = shape_read(out, said.value, 0, result, of_answer);
		return *why ? CLIENT_UNREACHABLE : CLIENT_ANSWERED;
	}
	*why = said.words;
	return CLIENT_REFUSED;
}

/* Sent in one run of a tool, and answered to the next. */
#define ASKED_MAX 8
static struct asked {
	int64_t call;
	const char *key;
	enum client_outcome outcome;
	void *result;
	const char *why;
} asked[ASKED_MAX];
static int asked_latest;

static const struct asked *find_asked(int64_t call, const char *key)
{
	for (int i = 0; i < ASKED_MAX; i++)
		if (asked[i].call == call && strcmp(asked[i].key, key) == 0)
			return &asked[i];
	return NULL;
}

enum client_outcome (client_ask)(struct mcp_call *call, struct client *client, const char *key, const char *tool,
                                 bool idempotent, const struct shape *in, const void *arguments,
                                 const struct shape *out, void *result, const char **why)
{
	const struct asked *known = find_asked(mcp_call_number(call), key);

	if (known) {
		if (known->outcome == CLIENT_ANSWERED)
			memcpy(result, known->result, out->size);
		*why = known->why;
		return known->outcome;
	}
	struct asked now = { mcp_call_number(call), key, CLIENT_PENDING, arena_alloc(arena, out->size), NULL };
	now.outcome = (client_call)(client, arena, tool, idempotent, in, arguments, out, now.result, &now.why);
	asked[asked_latest++ % ASKED_MAX] = now;
	run_again(call);
	return CLIENT_PENDING;
}

/* ---- Around the tests ---- */

void begin_shop(void)
{
	begin_shelf();
	empty_program(&orders);
	trouble_of = NULL;
	calls_to_products = 0;
	strange_answer = NULL;
}

void end_leases(void)
{
	run_sql(&orders, "update orders set lease_until = 1 where lease_until is not null;"
	        " update errand set lease_until = 1");
}

void settle_everything(void)
{
	for (int i = 0; i < 20; i++) {
		end_leases();
		if (recover(orders.store) > 5000
		 && !find_number(&orders, "select count(*) from errand")
		 && !find_number(&orders, "select count(*) from orders where lease_until is not"
			" null"))
			return;
	}
	ck_abort_msg("there is always something left to settle");
}
