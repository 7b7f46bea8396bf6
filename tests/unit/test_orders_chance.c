/* test_orders_chance.c - calls that get lost and processes that end, in any order: stock is lowered for
 * exactly the orders that there are, and none of them goes a forbidden way. */
#include "tools_orders.h"

#define KEYS 6

static enum trouble at_random(const char *tool UNUSED)
{
	static const enum trouble troubles[] = { LOST_ON_THE_WAY, LOST_ANSWER, DIES_BEFORE,
		DIES_AFTER };

	return chance(3) ? NO_TROUBLE : troubles[chance(COUNT(troubles))];
}

struct known { const char *id; bool cancelled; };

static void place_one(struct known *known)
{
	int key = chance(KEYS);
	struct said said = call_tool(&orders, "create_order", ORDER, arena_print(arena, "k%d", key),
	                             1 + key % 3);

	if (said.outcome != DID)
		return;
	if (known[key].id)
		ck_assert_str_eq(known[key].id, text(said.value, "/id"));
	known[key].id = text(said.value, "/id");
}

static void cancel_one(struct known *known)
{
	int key = chance(KEYS);
	if (!known[key].id)
		return;
	struct said said = call_tool(&orders, "cancel_order", "{'id': '%s', 'confirm': true}",
	                             known[key].id);
	known[key].cancelled = known[key].cancelled || said.outcome == DID || said.outcome == DIED;
}

static void age_all_reservations(void)
{
	run_sql(&products, "update reservation set expires_at = expires_at - %lld;"
	        " update reservation_item set expires_at = expires_at - %lld",
	        (long long)(20 * MINUTE), (long long)(20 * MINUTE));
}

/* As the job does it, but where a process may end. */
static void settle_some(void)
{
	ROWS(struct named) rows;

	if (chance(2))
		end_leases();
	if (chance(2))
		age_all_reservations();
	ck_assert(store_find(orders.store, arena, "select id from orders where lease_until is"
		" not null",
	                     NULL, NULL, named_shape, &rows));
	for (int64_t i = 0; i < rows.count; i++)
		call_tool(&orders, "settle an order", "{'id': '%s'}",
		          ((struct named *)rows.first)[i].id);
	ck_assert(store_find(orders.store, arena, "select id from errand", NULL, NULL, named_shape,
	                     &rows));
	for (int64_t i = 0; i < rows.count; i++)
		call_tool(&orders, "settle an errand", "{'id': '%s'}",
		          ((struct named *)rows.first)[i].id);
}

START_TEST(whatever_happens_stock_is_lowered_exactly_for_the_orders_there_are)
{
	chance_begin("recovery");
	for (int run = 0; run < 6; run++) {
		struct known known[KEYS] = { { 0 } };
		empty_program(&products);
		empty_program(&orders);
		PUT("TEA", 9);
		trouble_of = at_random;
		for (int i = 0; i < 25; i++) {
			int what = chance(8);
			if (what < 4)
				place_one(known);
			else if (what < 6)
				settle_some();
			else
				cancel_one(known);
			ck_assert_int_ge(available_of("TEA"), 0);
		}
		trouble_of = NULL;
		settle_everything();
		int64_t sold = find_number(&orders, "select coalesce(sum(quantity), 0) from"
			" order_line l"
		                           " join orders o on o.id = l.order_id where status ="
			" 'pending'");
		ck_assert_int_eq(stock_of("TEA"), 9 - sold);
		ck_assert_int_eq(find_number(&products, "select count(*) from reservation where"
		                             " state = 'held' and expires_at > %lld",
			(long long)now_ms()), 0);
		for (int key = 0; key < KEYS; key++)
			if (known[key].id)
				ck_assert_str_eq(text(does(&orders, "get_order", "{'id': '%s'}",
					known[key].id),
				                      "/status"), known[key].cancelled ?
					"cancelled" : "pending");
	}
}
END_TEST

/* ---- The steps of an order ---- */

static const char *const statuses[] = { STATUSES };
enum { PENDING, PAID, PACKED, SHIPPED, DELIVERED, CANCELLED, RETURNED };

#define RETURN "{'order_id': '%s', 'reason': 'too big', 'items': [%s]}"

static const char *status_of(const char *id)
{
	return text(does(&orders, "get_order", "{'id': '%s'}", id), "/status");
}

struct model {
	int status;
	int64_t tea_asked, tea_back;    /* of the two that were bought */
	const char *returns[8];
	int64_t units[8];
	int count, received;
};

static void step(struct model *m, const char *id)
{
	int to = PAID + chance(4);
	struct said said = call_tool(&orders, "update_order_status", "{'id': '%s', 'status':"
		" '%s'}", id,
	                             statuses[to]);
	bool can = m->status == to || (m->status < DELIVERED && m->status + 1 == to);
	ck_assert_int_eq(said.outcome == DID, can);
	m->status = can ? to : m->status;
}

static void cancel(struct model *m, const char *id)
{
	struct said said = call_tool(&orders, "cancel_order", "{'id': '%s', 'confirm': true}", id);
	bool can = m->status <= PACKED || m->status == CANCELLED;
	ck_assert_int_eq(said.outcome == DID, can);
	m->status = can ? CANCELLED : m->status;
}

static void ask_back(struct model *m, const char *id)
{
	int units = 1 + chance(2);
	struct said said = call_tool(&orders, "request_return", RETURN, id,
	                             arena_print(arena, "{'sku': 'TEA', 'quantity': %d}", units));
	bool can = m->status == DELIVERED && m->tea_asked + units <= 2;
	ck_assert_int_eq(said.outcome == DID, can);
	if (!can)
		return;
	m->tea_asked += units;
	m->units[m->count] = units;
	m->returns[m->count++] = text(said.value, "/id");
}

static void take_back(struct model *m)
{
	if (m->received == m->count)
		return;
	for (int i = 0; i <= chance(2); i++)
		does(&orders, "receive_return", "{'return_id': '%s'}", m->returns[m->received]);
	m->tea_back += m->units[m->received++];
	if (m->tea_back == 2)
		m->status = RETURNED;
}

START_TEST(whatever_is_done_an_order_goes_no_forbidden_way)
{
	chance_begin("states");
	for (int run = 0; run < 12; run++) {
		struct model m = { .status = PENDING };
		empty_program(&orders);
		empty_program(&products);
		PUT("TEA", 20);
		const char *id = text(does(&orders, "create_order", ORDER, "k", 2), "/id");
		for (int i = 0; i < 25; i++) {
			switch (chance(12)) {
			case 0:         cancel(&m, id); break;
			case 1: case 2: ask_back(&m, id); break;
			case 3: case 4: take_back(&m); break;
			default:        step(&m, id); break;
			}
			ck_assert_str_eq(status_of(id), statuses[m.status]);
			ck_assert_int_eq(stock_of("TEA"), m.status == CANCELLED ?
				20 : 18 + m.tea_back);
		}
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("orders");
	TCase *tcase = tcase_create("by chance");

	tcase_add_checked_fixture(tcase, begin_shop, end);
	tcase_add_test(tcase, whatever_is_done_an_order_goes_no_forbidden_way);
	tcase_add_test(tcase, whatever_happens_stock_is_lowered_exactly_for_the_orders_there_are);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
