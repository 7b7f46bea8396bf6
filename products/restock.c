/* restock.c - putting stock back on the shelf, once an id, however often it is sent. */
#include "stock.h"

struct restock {
	const char *restock_id, *reason;
	struct item *items;
	int64_t count;
};

struct restocked {
	const char *restock_id;
	bool repeated;
	struct line *items;
	int64_t count;
};

SHAPE(restock_shape, struct restock,
	TEXT(struct restock, restock_id, "An id of your choice, used once: sent again with the same"
	     " items it changes nothing", .required = true, AT_LEAST(1), AT_MOST(100)),
	LIST(struct restock, items, count, struct item, item_shape, "What goes back on the shelf",
	     .required = true, AT_LEAST(1), AT_MOST(ITEMS_MAX)),
	TEXT(struct restock, reason, "Why, for the record", AT_MOST(500),
	     EXAMPLES("cancellation", "return", "delivery")));

static SHAPE(restocked_item_shape, struct line,
	TEXT(struct line, sku, "The product's SKU", .required = true),
	TEXT(struct line, name, "Its name", .required = true),
	INT(struct line, quantity, "How many were put back", .required = true),
	INT(struct line, available, "How many can be ordered now", .required = true));

SHAPE(restocked_shape, struct restocked,
	TEXT(struct restocked, restock_id, "The id it was recorded under", .required = true),
	BOOL(struct restocked, repeated, "True: this id was restocked before; nothing changed now",
	     .required = true),
	LIST(struct restocked, items, count, struct line, restocked_item_shape,
	     "What was put back",
	     .required = true));

/* ---- The record ---- */

struct record {
	const char *id, *reason, *caller;
	int64_t now, product_id, position, quantity;
};

static SHAPE(record_shape, struct record,
	TEXT(struct record, id, "Of the restock"),
	TEXT(struct record, reason, "Why"),
	TEXT(struct record, caller, "Who"),
	TIME(struct record, now, "When"),
	INT(struct record, product_id, "The product's row"),
	INT(struct record, position, "Where in the list"),
	INT(struct record, quantity, "How many"));

struct step {
	struct mcp_call *call;
	const struct restock *in;
	struct lines lines;
	bool repeated;
	const char *refusal;            /* in words, when it was taken back */
};

static bool refuse(struct step *step, const char *why)
{
	step->refusal = why;
	return false;
}

/* What was put back under this id: nothing yet, or its lines. False: the store failed. */
static bool find_record(struct step *step, struct store *store, struct lines *lines)
{
	struct record by = { .id = step->in->restock_id };
	ROWS(struct line) rows = { NULL };
	bool fine = store_find(store, mcp_arena(step->call),
		"select product_id, quantity from restock_item where restock_id = :id",
		record_shape, &by, line_row_shape, &rows);

	*lines = (struct lines) { .first = rows.first, .count = rows.count };
	return fine;
}

/* Who put back what is recorded under this id. NULL: the store failed. */
static const char *maker_of(struct step *step, struct store *store)
{
	struct record by = { .id = step->in->restock_id }, record;

	return store_find_one(store, mcp_arena(step->call),
	                      "select caller from restock where id = :id", record_shape, &by,
	                      record_shape, &record) == 1 ? record.caller : NULL;
}

static bool add_record(struct step *step, struct store *store)
{
	struct record record = {
		.id = step->in->restock_id, .reason = product_text(step->in->reason),
		.caller = mcp_caller(step->call), .now = now_ms(),
	};
	bool fine = store_change(store, "insert into restock (id, at, reason, caller)"
	                         " values (:id, :now, :reason, :caller)", record_shape,
	                         &record) == 1;

	for (int64_t i = 0; fine && i < step->lines.count; i++) {
		const struct line *line = &step->lines.first[i];
		record.product_id = line->product_id;
		record.position = line->position;
		record.quantity = line->quantity;
		fine = store_change(store, "insert into restock_item (restock_id, product_id,"
		                    " position, quantity) values (:id, :product_id, :position,"
		                    " :quantity)",
		                    record_shape, &record) == 1;
	}
	return fine;
}

static bool add_stock(struct step *step, struct store *store)
{
	struct line **by_row = lines_by_row(mcp_arena(step->call), &step->lines);

	for (int64_t i = 0; i < step->lines.count; i++) {
		struct line *line = by_row[i];
		int added = line_add_stock(store, line, line->quantity);
		if (added != 1)
			return added == 0 && refuse(step, arena_print(mcp_arena(step->call),
			              "%s would have more stock than can be recorded; check the"
			              " quantity.", line->sku));
		line->stock += line->quantity;
		line_settle(line);
	}
	return true;
}

/* The id is known: it must be the same again. */
static bool is_repeated(struct step *step, struct store *store, const struct lines *before)
{
	struct arena *arena = mcp_arena(step->call);
	const char *maker = maker_of(step, store);

	if (!maker)
		return false;
	if (!is_of(maker, mcp_caller(step->call)))
		return refuse(step, arena_print(arena, "The id %s is taken, so nothing was changed."
		              " Use a new id.", step->in->restock_id));
	if (!lines_same(before, &step->lines))
		return refuse(step, arena_print(arena, "Restock %s was recorded with other items,"
		              " so nothing was changed. Use a new id for other items.",
		              step->in->restock_id));
	return true;
}

/* `before`: what was put back under this id. */
static bool restock_lines(struct step *step, struct store *store, const struct lines *before)
{
	struct arena *arena = mcp_arena(step->call);
	const char *unknown = lines_unknown(arena, &step->lines);
	if (unknown)
		return refuse(step, unknown);
	step->repeated = before->count > 0;
	return step->repeated ? is_repeated(step, store, before)
	                      : add_record(step, store) && add_stock(step, store);
}

static bool restock_work(struct store *store, void *context)
{
	struct step *step = context;
	struct lines before;

	return find_record(step, store, &before)
		&& lines_find(store, mcp_arena(step->call), step->in->items, step->in->count,
		              &step->lines)
		&& restock_lines(step, store, &before);
}

enum mcp_answer restock(struct mcp_call *call, const void *in, struct store *store)
{
	const struct restock *wanted = in;
	struct step step = { .call = call, .in = wanted };

	mcp_note(call, "restock", wanted->restock_id);
	enum store_outcome outcome = store_transact(store, restock_work, &step);
	if (outcome != STORE_COMMITTED)
		return product_unchanged(call, outcome, step.refusal);

	if (!step.repeated)
		lines_changed(call, &step.lines);
	return mcp_return(call, restocked_shape, &(struct restocked) {
		wanted->restock_id, step.repeated, step.lines.first, step.lines.count,
	});
}
