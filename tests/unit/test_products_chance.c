/* test_products_chance.c - whatever is done to reservations and stock, in any order, the shelf adds up. */
#include "shelf.h"

#define SKUS 3
#define IDS 6

enum state { UNKNOWN, HELD, EXPIRED, COMMITTED, RELEASED };

/* What the shelf and the reservations must be. */
struct model {
	int64_t stock[SKUS], sold[SKUS], back[SKUS];
	struct { enum state state; int64_t quantity[SKUS]; } r[IDS];
};

static const char *const sku_of[SKUS] = { "A", "B", "C" };

static int64_t free_of(const struct model *m, int sku)
{
	int64_t left = m->stock[sku];
	for (int i = 0; i < IDS; i++)
		left -= m->r[i].state == HELD ? m->r[i].quantity[sku] : 0;
	return left;
}

static bool has_room(const struct model *m, int id)
{
	for (int sku = 0; sku < SKUS; sku++)
		if (m->r[id].quantity[sku] > free_of(m, sku))
			return false;
	return true;
}

static const char *items_of(const int64_t quantity[SKUS])
{
	const char *items = "";
	for (int sku = 0; sku < SKUS; sku++)
		if (quantity[sku])
			items = arena_print(arena, "%s%s{'sku': '%s', 'quantity': %d}", items,
			                    *items ? ", " : "", sku_of[sku], (int)quantity[sku]);
	return items;
}

static void try_reserve(struct model *m, int id)
{
	int64_t asked[SKUS] = { chance(4), chance(4), chance(4) };
	bool again = m->r[id].state != UNKNOWN && chance(3), fine;

	if (again)
		memcpy(asked, m->r[id].quantity, sizeof(asked));
	if (!asked[0] && !asked[1] && !asked[2])
		return;
	bool same = memcmp(asked, m->r[id].quantity, sizeof(asked)) == 0;
	switch (m->r[id].state) {
	case UNKNOWN:
		memcpy(m->r[id].quantity, asked, sizeof(asked));
		fine = has_room(m, id);
		break;
	case EXPIRED:  fine = same && has_room(m, id); break;
	case RELEASED: fine = false; break;
	default:       fine = same; break;
	}
	struct said said = call_tool(&products, "reserve_stock", "{'reservation_id': 'r%d',"
		" 'items':"
	                             " [%s]}", id, items_of(asked));
	ck_assert_msg((said.outcome == DID) == fine, "reserve r%d: %s", id, said.words);
	if (fine && m->r[id].state != COMMITTED)
		m->r[id].state = HELD;
	else if (m->r[id].state == UNKNOWN)
		memset(m->r[id].quantity, 0, sizeof(asked));
}

static void try_commit(struct model *m, int id)
{
	enum state was = m->r[id].state;
	bool fine = was == HELD || was == COMMITTED || (was == EXPIRED && has_room(m, id));
	struct said said = call_tool(&products, "commit_reservation", "{'reservation_id':"
		" 'r%d'}", id);

	ck_assert_msg((said.outcome == DID) == fine, "commit r%d: %s", id, said.words);
	if (!fine || was == COMMITTED)
		return;
	m->r[id].state = COMMITTED;
	for (int sku = 0; sku < SKUS; sku++) {
		m->stock[sku] -= m->r[id].quantity[sku];
		m->sold[sku] += m->r[id].quantity[sku];
	}
}

static void try_release(struct model *m, int id)
{
	bool fine = m->r[id].state != COMMITTED;
	struct said said = call_tool(&products, "release_reservation", "{'reservation_id':"
		" 'r%d'}", id);

	ck_assert_msg((said.outcome == DID) == fine, "release r%d: %s", id, said.words);
	if (fine)
		m->r[id].state = RELEASED;
}

/* Once an id. */
static void try_restock(struct model *m, int number)
{
	int sku = chance(SKUS), units = 1 + chance(3);
	for (int i = 0; i <= chance(2); i++)
		does(&products, "restock", "{'restock_id': 'b%d', 'items': [{'sku': '%s',"
			" 'quantity': %d}]}",
		     number, sku_of[sku], units);
	m->stock[sku] += units;
	m->back[sku] += units;
}

static void try_expiry(struct model *m, int id)
{
	age_reservation(arena_print(arena, "r%d", id), 16);
	if (m->r[id].state == HELD)
		m->r[id].state = EXPIRED;
}

static void is_as(const struct model *m, const int64_t begun[SKUS])
{
	static const char *const states[] = { "unknown", "held", "expired", "committed",
		"released" };

	for (int sku = 0; sku < SKUS; sku++) {
		yyjson_val *p = does(&products, "get_product", "{'sku': '%s'}", sku_of[sku]);
		ck_assert_int_eq(number(p, "/stock"), begun[sku] - m->sold[sku] + m->back[sku]);
		ck_assert_int_eq(number(p, "/available"), free_of(m, sku));
		ck_assert_int_ge(number(p, "/available"), 0);
		ck_assert_int_eq(number(p, "/available") + number(p, "/held"), number(p, "/stock"));
	}
	for (int id = 0; id < IDS; id++) {
		yyjson_val *r = does(&products, "check_reservation", "{'reservation_id':"
			" 'r%d'}", id);
		ck_assert_str_eq(text(r, "/state"), states[m->r[id].state]);
	}
}

static void run_sequence(int steps)
{
	struct model m = { .stock = { chance(8), chance(8), chance(8) } };
	int64_t begun[SKUS];

	memcpy(begun, m.stock, sizeof(begun));
	for (int sku = 0; sku < SKUS; sku++)
		put((struct product) { .sku = sku_of[sku], .stock = begun[sku] });
	for (int i = 0; i < steps; i++) {
		int id = chance(IDS);
		switch (chance(8)) {
		case 0: case 1: case 2: try_reserve(&m, id); break;
		case 3: case 4:         try_commit(&m, id); break;
		case 5:                 try_release(&m, id); break;
		case 6:                 try_restock(&m, i); break;
		default:                try_expiry(&m, id); break;
		}
		is_as(&m, begun);
	}
}

START_TEST(whatever_is_done_the_shelf_adds_up)
{
	chance_begin("reservations");
	for (int i = 0; i < 8; i++) {
		empty_program(&products);
		run_sequence(30);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("shelf");
	TCase *tcase = tcase_create("by chance");

	tcase_add_checked_fixture(tcase, begin_shelf, end);
	tcase_add_test(tcase, whatever_is_done_the_shelf_adds_up);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
