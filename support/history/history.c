/* history.c - see history.h. */
#include "history.h"

#include "rows.h"
#include "sql_rows.h"

/* ---- Lists ---- */

static SHAPE(listing_shape, struct listing,
	PARAM(struct listing, customer), PARAM(struct listing, status), PARAM(struct listing, since), PARAM(struct listing, before_at),
	PARAM(struct listing, before_id), PARAM(struct listing, limit));

/* One statement for each index: by customer, by status, by time. */
#define SELECT "select " LISTED_COLUMNS " from conversation c where "
#define PAGE \
	" and updated_at >= :since and (updated_at, id) < (:before_at, :before_id) order by updated_at desc, id desc limit :limit"

bool sql_conversations_list(struct store *store, struct arena *arena, const struct listing *listing, struct conversations *found)
{
	ROWS(struct conversation) rows = { .count = 0 };
	bool fine;

	if (listing->customer)
		fine = store_find(store, arena, SELECT "customer = :customer and (:status is null or status = :status)" PAGE,
		                  listing_shape, listing, conversation_row_shape, &rows);
	else if (listing->status)
		fine = store_find(store, arena, SELECT "status = :status" PAGE, listing_shape, listing, conversation_row_shape, &rows);
	else
		fine = store_find(store, arena, SELECT "true" PAGE, listing_shape, listing, conversation_row_shape, &rows);
	*found = (struct conversations) { rows.first, rows.count };
	return fine;
}

struct typed {
	const char *customer;
	const char *from, *to;
	int64_t limit;
};

static SHAPE(typed_shape, struct typed,
	PARAM(struct typed, customer), PARAM(struct typed, from), PARAM(struct typed, to), PARAM(struct typed, limit));

bool sql_conversations_named(struct store *store, struct arena *arena, const char *customer, const char *begin, int64_t limit,
                         struct conversations *found)
{
	struct typed by = { .customer = customer, .from = begin, .to = arena_print(arena, "%s~", begin), .limit = limit };
	ROWS(struct conversation) rows = { .count = 0 };
	bool fine = customer ? store_find(store, arena, "select id from conversation where customer = :customer"
	                                  " order by updated_at desc, id desc limit :limit", typed_shape, &by, conversation_row_shape, &rows)
	                     : store_find(store, arena, "select id from conversation where id >= :from and id < :to order by id limit :limit",
	                                  typed_shape, &by, conversation_row_shape, &rows);

	*found = (struct conversations) { rows.first, rows.count };
	return fine;
}

/* ---- Messages ---- */

static SHAPE(page_shape, struct page,
	PARAM(struct page, id), PARAM(struct page, after), PARAM(struct page, before), PARAM(struct page, limit));

#define MESSAGES \
	"select seq, at, role, author, text, cards, answers, cut, tokens_in, tokens_out, tokens_cached from message" \
	" where conversation_id = :id and seq > :after and seq < :before order by seq"

void messages_turn_round(struct messages *all)
{
	for (int64_t i = 0; i < all->count / 2; i++) {
		struct message one = all->messages[i];
		all->messages[i] = all->messages[all->count - 1 - i];
		all->messages[all->count - 1 - i] = one;
	}
}

bool sql_messages_page(struct store *store, struct arena *arena, const struct page *page, struct messages *found)
{
	ROWS(struct message) rows = { .count = 0 };
	bool fine = page->latest ? store_find(store, arena, MESSAGES " desc limit :limit", page_shape, page, message_row_shape, &rows)
	                         : store_find(store, arena, MESSAGES " limit :limit", page_shape, page, message_row_shape, &rows);

	*found = (struct messages) { rows.first, rows.count };
	if (page->latest)
		messages_turn_round(found);
	return fine;
}

/* ---- Figures ---- */

struct time_of { int64_t since, before; };

static SHAPE(time_shape, struct time_of, PARAM(struct time_of, since), PARAM(struct time_of, before));

static SHAPE(begun_shape, struct begun,
	PARAM(struct begun, conversations), PARAM(struct begun, escalated), PARAM(struct begun, rated),
	PARAM(struct begun, rating_sum), PARAM(struct begun, felt), PARAM(struct begun, sentiment_sum));

static SHAPE(spoken_shape, struct spoken,
	PARAM(struct spoken, role), PARAM(struct spoken, author), PARAM(struct spoken, messages), PARAM(struct spoken, cut),
	PARAM(struct spoken, tokens_in), PARAM(struct spoken, tokens_out), PARAM(struct spoken, tokens_cached));

static bool read_begun(struct store *store, struct arena *arena, const struct time_of *time, struct begun *begun)
{
	return store_find_one(store, arena,
	                      "select count(*) as conversations, count(reason) as escalated, count(nullif(rating, 0)) as rated,"
	                      " coalesce(cast(sum(rating) as bigint), 0) as rating_sum, count(sentiment) as felt,"
	                      " coalesce(sum(sentiment), 0.0) as sentiment_sum from conversation"
	                      " where started_at >= :since and started_at < :before", time_shape, time, begun_shape, begun) == 1;
}

#define SUM(column) "cast(sum(" #column ") as bigint) as " #column

static bool read_said(struct store *store, struct arena *arena, const struct time_of *time, struct figures_of *figures)
{
	ROWS(struct spoken) rows;

	if (!store_find(store, arena,
	                "select role, case when role = 'model' then author else '' end as author, count(*) as messages, count(cut) as cut,"
	                " " SUM(tokens_in) ", " SUM(tokens_out) ", " SUM(tokens_cached) " from message"
	                " where at >= :since and at < :before and role <> 'note' group by 1, 2", time_shape, time, spoken_shape, &rows))
		return false;
	figures->said = rows.first;
	figures->said_count = rows.count;
	return true;
}

bool sql_history_figures(struct store *store, struct arena *arena, int64_t since, int64_t before, struct figures_of *figures)
{
	const struct time_of time = { since, before };

	return read_begun(store, arena, &time, &figures->begun) && read_said(store, arena, &time, figures);
}
