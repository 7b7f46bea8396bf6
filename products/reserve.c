/* reserve.c - the tools that hold stock for an order: reserve, commit, release, and check.
 *
 * Each is one transaction that may be sent twice. What they refuse is said in words; nothing is
 * changed then. */
#include "reservation.h"

#define ID_LENGTH_MAX 100
#define MINUTE_MS 60000

struct reserve {
	const char *reservation_id;
	struct item *items;
	int64_t count, minutes;
};

struct answer {
	const char *reservation_id, *state;
	int64_t expires_at;
	struct line *items;
	int64_t count;
};

#define ID_FIELD(T, about) \
	TEXT(T, reservation_id, about, .required = true, AT_LEAST(1), AT_MOST(ID_LENGTH_MAX))

SHAPE(reserve_shape, struct reserve,
	ID_FIELD(struct reserve, "An id of your choice, used once: the same id with the same items"
	         " gives the same reservation again"),
	LIST(struct reserve, items, count, struct item, item_shape, "What to hold",
	     .required = true, AT_LEAST(1), AT_MOST(ITEMS_MAX)),
	INT(struct reserve, minutes, "How long to hold it unless it is committed before",
	    AT_LEAST(1), AT_MOST(1440), DEFAULT(15)));

SHAPE(reservation_id_shape, struct reserve,
	ID_FIELD(struct reserve, "The id it was reserved under"));

static SHAPE(reserved_item_shape, struct line,
	TEXT(struct line, sku, "The product's SKU", .required = true),
	TEXT(struct line, name, "Its name when it was reserved", .required = true),
	INT(struct line, quantity, "How many units", .required = true),
	MONEY(struct line, price, "Price of one unit when it was reserved", .required = true));

SHAPE(reservation_shape, struct answer,
	TEXT(struct answer, reservation_id, "The reservation's id", .required = true),
	TEXT(struct answer, state, "held: the stock is kept until expires_at. committed: it was"
	     " taken from the shelf. released: it was given back. expired: it was held too long;"
	     " commit works only if the stock is still there. unknown: never"
	     " reserved", .required = true,
	     ONE_OF("held", "committed", "released", "expired", "unknown")),
	TIME(struct answer, expires_at, "Until when the stock is held, for held and expired"),
	LIST(struct answer, items, count, struct line, reserved_item_shape, "What it is for",
	     .required = true));

struct step;

/* `found`: there is a reservation of that id. False: nothing is to change. */
typedef bool step_fn(struct step *step, struct store *store, bool found);

/* What a transaction is given and leaves behind. */
struct step {
	struct mcp_call *call;
	const struct reserve *in;
	step_fn *work;
	struct reservation reservation;
	bool repeated;                  /* it was so already: nothing changed */
	const char *refusal;            /* in words, when it was taken back */
};

static bool refuse(struct step *step, const char *why)
{
	step->refusal = why;
	return false;
}

static bool repeat(struct step *step)
{
	step->repeated = true;
	return true;
}

static bool is_mine(const struct step *step)
{
	return reservation_is_of(&step->reservation, mcp_caller(step->call));
}

/* Also said of somebody else's. */
static bool refuse_unknown(struct step *step)
{
	return refuse(step, arena_print(mcp_arena(step->call), "There is no reservation %s;"
	                                " reserve_stock makes one.", step->in->reservation_id));
}

static const char *expired_text(struct arena *arena, const struct reservation *r)
{
	char at[TIME_TEXT_SIZE];
	time_print(r->expires_at, at);
	return arena_print(arena, "Reservation %s expired at %s", r->id, at);
}

static enum mcp_answer answer(struct mcp_call *call, const struct reservation *r)
{
	bool expired = reservation_expired(r);
	return mcp_return(call, reservation_shape, &(struct answer) {
		r->id, expired ? "expired" : r->state,
		reservation_is(r, "held") ? r->expires_at : 0, r->lines.first, r->lines.count,
	});
}

static bool attempt(struct store *store, void *context)
{
	struct step *step = context;
	int found = reservation_find(store, mcp_arena(step->call), step->in->reservation_id,
	                             &step->reservation);

	step->repeated = false;         /* a transaction may be run once more */
	return found >= 0 && step->work(step, store, found);
}

static enum mcp_answer run(struct mcp_call *call, const struct reserve *in, struct store *store,
                           step_fn *work)
{
	struct step step = { .call = call, .in = in, .work = work };

	mcp_note(call, "reservation", in->reservation_id);
	enum store_outcome outcome = store_transact(store, attempt, &step);
	if (outcome != STORE_COMMITTED)
		return product_unchanged(call, outcome, step.refusal);
	if (!step.repeated)
		lines_changed(call, &step.reservation.lines);
	return answer(call, &step.reservation);
}

/* ---- reserve_stock ---- */

static const char *too_little(struct arena *arena, const struct lines *lines)
{
	const char *missing = lines_short(arena, lines);
	if (!*missing)
		return NULL;
	return arena_print(arena, "There is not enough stock, so nothing was reserved:"
		" %s.", missing);
}

static bool reserve_new(struct step *step, struct store *store, const struct lines *lines)
{
	struct arena *arena = mcp_arena(step->call);
	const char *missing = too_little(arena, lines);
	if (missing)
		return refuse(step, missing);

	step->reservation = (struct reservation) {
		.id = step->in->reservation_id, .state = "held", .created_at = now_ms(),
		.expires_at = now_ms() + step->in->minutes * MINUTE_MS,
		.caller = mcp_caller(step->call), .lines = *lines,
	};
	return reservation_add(store, arena, &step->reservation);
}

/* The id is known: it must be the same again. One that expired is held anew, at its old prices. */
static bool reserve_again(struct step *step, struct store *store, const struct lines *lines)
{
	struct arena *arena = mcp_arena(step->call);
	struct reservation *r = &step->reservation;

	if (reservation_is(r, "released"))
		return refuse(step, arena_print(arena, "Reservation %s was released. Reserve under"
		                                " a new id.", r->id));
	if (!lines_same(&r->lines, lines))
		return refuse(step, arena_print(arena, "Reservation %s exists with other items, so"
		                                " nothing was reserved. Use a new id for other"
		                                " items.",
		                                r->id));
	if (!reservation_expired(r))
		return repeat(step);

	const char *missing = too_little(arena, &r->lines);
	if (missing)
		return refuse(step, missing);
	return reservation_renew(store, r, now_ms() + step->in->minutes * MINUTE_MS);
}

static bool reserve_lines(struct step *step, struct store *store, bool found,
                          const struct lines *lines)
{
	struct arena *arena = mcp_arena(step->call);
	const char *unknown = lines_unknown(arena, lines);

	if (unknown)
		return refuse(step, unknown);
	if (found && !is_mine(step))
		return refuse(step, arena_print(arena, "The id %s is taken, so nothing was"
		                                " reserved. Use a new id.",
		                                step->in->reservation_id));
	return (found ? reserve_again : reserve_new)(step, store, lines);
}

static bool reserve_work(struct step *step, struct store *store, bool found)
{
	struct lines lines;

	return lines_find(store, mcp_arena(step->call), step->in->items, step->in->count, &lines)
		&& reserve_lines(step, store, found, &lines);
}

enum mcp_answer reserve_stock(struct mcp_call *call, const void *in, struct store *store)
{
	return run(call, in, store, reserve_work);
}

/* ---- commit_reservation ---- */

/* What is held is there, unless the shelf was counted anew; what expired may be gone. */
static const char *cannot_commit(struct arena *arena, struct reservation *r)
{
	if (!reservation_expired(r))
		for (int64_t i = 0; i < r->lines.count; i++)
			r->lines.first[i].available = r->lines.first[i].stock;

	const char *missing = lines_short(arena, &r->lines);
	if (!*missing)
		return NULL;
	if (reservation_expired(r))
		return arena_print(arena, "%s and the stock is gone: %s. Nothing was taken; reserve"
		                   " again under a new id.", expired_text(arena, r), missing);
	return arena_print(arena, "Reservation %s cannot be committed: the shelf was counted since,"
	                   " and holds less: %s. Nothing was taken.", r->id, missing);
}

static bool take_stock(struct step *step, struct store *store)
{
	const struct lines *lines = &step->reservation.lines;
	struct line **by_row = lines_by_row(mcp_arena(step->call), lines);
	bool fine = true;

	for (int64_t i = 0; fine && i < lines->count; i++)
		fine = line_add_stock(store, by_row[i], -by_row[i]->quantity) == 1;
	return fine && reservation_settle(store, &step->reservation, "committed");
}

static bool commit_work(struct step *step, struct store *store, bool found)
{
	struct arena *arena = mcp_arena(step->call);
	struct reservation *r = &step->reservation;

	if (!found || !is_mine(step))
		return refuse_unknown(step);
	if (reservation_is(r, "committed"))
		return repeat(step);
	if (reservation_is(r, "released"))
		return refuse(step, arena_print(arena, "Reservation %s was released, its stock is"
		                                " free again. Reserve under a new id.", r->id));

	const char *why = cannot_commit(arena, r);
	return why ? refuse(step, why) : take_stock(step, store);
}

enum mcp_answer commit_reservation(struct mcp_call *call, const void *in, struct store *store)
{
	return run(call, in, store, commit_work);
}

/* ---- release_reservation ---- */

/* A release may overtake the reserve it undoes, when a caller crashed between the two: the id is
 * then marked, so that the late reserve holds nothing. */
static bool mark_released(struct step *step, struct store *store)
{
	step->reservation = (struct reservation) {
		.id = step->in->reservation_id, .state = "released", .created_at = now_ms(),
		.expires_at = now_ms(), .caller = mcp_caller(step->call),
	};
	return reservation_add(store, mcp_arena(step->call), &step->reservation);
}

static bool release_work(struct step *step, struct store *store, bool found)
{
	struct arena *arena = mcp_arena(step->call);
	struct reservation *r = &step->reservation;

	if (!found)
		return mark_released(step, store);
	if (!is_mine(step))
		return refuse_unknown(step);
	if (reservation_is(r, "released"))
		return repeat(step);
	if (reservation_is(r, "committed"))
		return refuse(step, arena_print(arena, "Reservation %s was committed: its stock was"
		                                " taken from the shelf. Use restock to put it"
		                                " back.", r->id));
	return reservation_settle(store, r, "released");
}

enum mcp_answer release_reservation(struct mcp_call *call, const void *in, struct store *store)
{
	return run(call, in, store, release_work);
}

/* ---- check_reservation ---- */

enum mcp_answer check_reservation(struct mcp_call *call, const void *in, struct store *store)
{
	const struct reserve *wanted = in;
	struct reservation r, unknown = { .id = wanted->reservation_id, .state = "unknown" };

	mcp_note(call, "reservation", wanted->reservation_id);
	int found = reservation_find(store, mcp_arena(call), wanted->reservation_id, &r);

	if (found < 0)
		return mcp_fail(call, UNAVAILABLE);
	return answer(call, found && reservation_is_of(&r, mcp_caller(call)) ? &r : &unknown);
}
