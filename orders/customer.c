/* customer.c - see customer.h. */
#include "customer.h"

#include "fold.h"

#define KEY_SIZE_MAX 400        /* bytes of the name as it is compared; PostgreSQL's index takes 2700 */
#define BETWEEN '\1'
#define AT_ONCE 500             /* orders in one run of the job */
#define SOON_MS 10
#define TROUBLED_MS 5000
#define LATER_MS 3600000        /* an old release may still have run beside this one */

static const char *compared(struct arena *arena, const char *customer)
{
	const char *folded = text_fold(arena, customer, FOLD_ACCENTS);
	size_t size = strlen(folded);

	if (size > KEY_SIZE_MAX)
		for (size = KEY_SIZE_MAX; ((unsigned char)folded[size] & 0xc0) == 0x80; size--)
			;
	char *copy = arena_copy(arena, (str) { folded, size });
	for (char *at = copy; *at; at++)
		if (*at == BETWEEN)
			*at = ' ';
	return copy;
}

const char *customer_key(struct arena *arena, const char *customer)
{
	return arena_print(arena, "%s%c%s", compared(arena, customer), BETWEEN, customer);
}

bool customer_same(struct arena *arena, const char *a, const char *b)
{
	return strcmp(text_fold(arena, a, FOLD_ACCENTS), text_fold(arena, b, FOLD_ACCENTS)) == 0;
}

bool customer_begins(struct arena *arena, const char *customer, const char *typed)
{
	return str_starts(str_of(compared(arena, customer)), compared(arena, typed));
}

/* ---- Finding ---- */

struct beginning {
	const char *from, *to;
	int64_t limit;
};

static SHAPE(beginning_shape, struct beginning,
	TEXT(struct beginning, from, "The first key"),
	TEXT(struct beginning, to, "The key behind the last"),
	INT(struct beginning, limit, "How many"));

static SHAPE(customer_shape, struct customer, TEXT(struct customer, name, "A key"));

/* From each key to the next that is another, by the index: who ordered a thousand times is read once. */
#define NEXT_KEY(condition) \
	"(select o.customer_key from orders o where " condition " and o.customer_key < :to" \
	" and o.status not in ('recording', 'committing') order by o.customer_key limit 1)"

bool customers_find(struct store *store, struct arena *arena, const char *typed, int64_t limit,
                    struct rows *customers)
{
	const char *from = compared(arena, typed);
	/* U+10FFFF, which is no character, comes behind all that are. */
	struct beginning by = { from, arena_print(arena, "%s\xf4\x8f\xbf\xbf", from), limit };

	if (!store_find(store, arena,
	                "with recursive customer (k, n) as ("
	                "select " NEXT_KEY("o.customer_key >= :from") ", 1"
	                " union all select " NEXT_KEY("o.customer_key > c.k") ", c.n + 1"
	                " from customer c where c.k is not null and c.n < :limit)"
	                " select c.k as name from customer c where c.k is not null order by c.n",
	                beginning_shape, &by, customer_shape, customers))
		return false;
	struct customer *all = customers->first;
	for (int64_t i = 0; i < customers->count; i++) {
		const char *between = strchr(all[i].name, BETWEEN);
		all[i].name = between ? between + 1 : all[i].name;
	}
	return true;
}

/* ---- Orders of an earlier release ---- */

struct keyed {
	const char *id, *customer, *customer_key;
	int64_t limit;
};

static SHAPE(keyed_shape, struct keyed,
	TEXT(struct keyed, id, ""),
	TEXT(struct keyed, customer, ""),
	TEXT(struct keyed, customer_key, ""),
	INT(struct keyed, limit, ""));

struct work {
	struct arena *arena;
	int64_t found;
};

static bool key_some(struct store *store, void *context)
{
	struct work *work = context;
	struct keyed by = { .limit = AT_ONCE };
	ROWS(struct keyed) rows;

	if (!store_find(store, work->arena, "select id, customer from orders where customer_key is null"
	                " order by id limit :limit", keyed_shape, &by, keyed_shape, &rows))
		return false;
	struct keyed *orders = rows.first;
	bool fine = true;
	for (int64_t i = 0; i < rows.count && fine; i++) {
		orders[i].customer_key = customer_key(work->arena, orders[i].customer);
		fine = store_queue(store, "update orders set customer_key = :customer_key where id = :id",
		                   keyed_shape, &orders[i]);
	}
	work->found = rows.count;
	return fine;
}

int64_t key_customers(struct store *store)
{
	struct work work = { .arena = arena_create() };
	bool fine = store_transact(store, key_some, &work) == STORE_COMMITTED;

	arena_destroy(work.arena);
	return !fine ? TROUBLED_MS : work.found == AT_ONCE ? SOON_MS : LATER_MS;
}
