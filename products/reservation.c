/* reservation.c - see reservation.h. */
#include "reservation.h"

static SHAPE(reservation_row_shape, struct reservation,
	TEXT(struct reservation, id, "Its id"),
	TEXT(struct reservation, state, "held, committed or released"),
	TIME(struct reservation, created_at, "When it was made"),
	TIME(struct reservation, expires_at, "Until when it holds"),
	TEXT(struct reservation, caller, "Who made it"));

/* A line of it, as the table has it. */
struct held_line {
	const char *reservation_id;
	int64_t product_id, position, quantity, expires_at, now;
	const char *name;
	struct money price;
};

static SHAPE(held_line_shape, struct held_line,
	TEXT(struct held_line, reservation_id, "Whose line it is"),
	INT(struct held_line, product_id, "The product's row"),
	INT(struct held_line, position, "Where in the list"),
	INT(struct held_line, quantity, "How many"),
	TEXT(struct held_line, name, "At that moment"),
	MONEY(struct held_line, price, "At that moment"),
	TIME(struct held_line, expires_at, "Until when it holds"),
	TIME(struct held_line, now, "What has expired by now holds nothing"));

bool reservation_is_of(const struct reservation *reservation, const char *caller)
{
	return is_of(reservation->caller, caller);
}

bool reservation_is(const struct reservation *reservation, const char *state)
{
	return strcmp(reservation->state, state) == 0;
}

bool reservation_expired(const struct reservation *reservation)
{
	return reservation_is(reservation, "held") && reservation->expires_at <= reservation->now;
}

static bool read_lines(struct store *store, struct arena *arena, struct reservation *r)
{
	struct held_line by = { .reservation_id = r->id, .now = r->now };
	ROWS(struct line) rows;

	if (!store_find(store, arena,
	                "select i.product_id, i.name, i.quantity, i.price, i.price_currency,"
	                " i.position, " LINE_STOCK_SQL
	                " from reservation_item i join product p on p.id = i.product_id"
	                " where i.reservation_id = :reservation_id order by i.position",
	                held_line_shape, &by, line_row_shape, &rows))
		return false;

	r->lines = (struct lines) { .first = rows.first, .count = rows.count };
	for (int64_t i = 0; i < rows.count; i++)
		line_settle(&r->lines.first[i]);
	return true;
}

int reservation_find(struct store *store, struct arena *arena, const char *id,
                     struct reservation *reservation)
{
	struct reservation by = { .id = id };
	int found = store_find_one(store, arena,
		"select id, state, created_at, expires_at, caller from reservation where id = :id",
		reservation_row_shape, &by, reservation_row_shape, reservation);

	reservation->now = now_ms();
	if (found == 1 && !read_lines(store, arena, reservation))
		return -1;
	return found;
}

/* Lines of others that expired leave the index of what is held, which so never grows. They stay
 * what they are: it is the time that counts. */
static bool forget_expired(struct store *store, int64_t product_id)
{
	struct held_line by = { .product_id = product_id, .now = now_ms() };
	return store_change(store,
		"update reservation_item set held = 0"
		" where product_id = :product_id and held = 1 and expires_at <= :now",
		held_line_shape, &by) >= 0;
}

static bool add_line(struct store *store, const struct reservation *r, const struct line *line)
{
	struct held_line held = {
		.reservation_id = r->id, .product_id = line->product_id,
		.position = line->position, .quantity = line->quantity, .name = line->name,
		.price = line->price, .expires_at = r->expires_at,
	};
	return forget_expired(store, line->product_id)
		&& store_change(store,
			"insert into reservation_item (reservation_id, product_id, position,"
			" quantity, name, price, price_currency, held, expires_at)"
			" values (:reservation_id, :product_id, :position, :quantity, :name,"
			" :price, :price_currency, 1, :expires_at)", held_line_shape, &held) == 1;
}

bool reservation_add(struct store *store, struct arena *arena, const struct reservation *r)
{
	struct line **by_row = lines_by_row(arena, &r->lines);
	bool fine = store_change(store,
		"insert into reservation (id, state, created_at, expires_at, caller)"
		" values (:id, :state, :created_at, :expires_at, :caller)",
		reservation_row_shape, r) == 1;

	for (int64_t i = 0; fine && i < r->lines.count; i++)
		fine = add_line(store, r, by_row[i]);
	return fine;
}

bool reservation_renew(struct store *store, struct reservation *r, int64_t expires_at)
{
	r->expires_at = expires_at;
	return store_change(store, "update reservation set expires_at = :expires_at where id = :id",
	                    reservation_row_shape, r) == 1
		&& store_change(store, "update reservation_item set held = 1,"
		                " expires_at = :expires_at where reservation_id = :id",
		                reservation_row_shape, r) == r->lines.count;
}

bool reservation_settle(struct store *store, struct reservation *r, const char *state)
{
	r->state = state;
	return store_change(store, "update reservation set state = :state where id = :id",
	                    reservation_row_shape, r) == 1
		&& store_change(store,
			"update reservation_item set held = 0 where reservation_id = :id",
			reservation_row_shape, r) == r->lines.count;
}
