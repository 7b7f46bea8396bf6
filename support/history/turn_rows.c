/* turn_rows.c - the statements of a turn that are one alone, so that no transaction is begun for them; see turn_store.h. */
#include "rows.h"
#include "sql_rows.h"
#include "turn_store.h"

/* What a statement is told of a turn. */
struct turn_row {
	const char *id, *customer, *text, *steps;
	int64_t call, seq, now, until, most;
};

static SHAPE(turn_row_shape, struct turn_row,
	TEXT(struct turn_row, id, ""),
	TEXT(struct turn_row, customer, ""),
	TEXT(struct turn_row, text, ""),
	TEXT(struct turn_row, steps, ""),
	INT(struct turn_row, call, ""),
	INT(struct turn_row, seq, ""),
	INT(struct turn_row, now, ""),
	INT(struct turn_row, until, ""),
	INT(struct turn_row, most, ""));

static struct turn_row row_of(const struct turn *turn)
{
	return (struct turn_row) {
		.id = turn->id, .customer = turn->customer, .text = turn->text,
		.call = turn->call, .seq = turn->seq, .now = now_ms(), .until = now_ms() + TURN_LEASE_MS,
	};
}

/* ---- While it is written ---- */

int sql_turn_tell(struct store *store, struct arena *arena, const char *id, int64_t call, str text)
{
	struct turn_row row = { .id = id, .call = call, .text = arena_copy(arena, text), .until = now_ms() + TURN_LEASE_MS };

	return (int)store_change(store, "update conversation set turn_text = :text, turn_until = :until where id = :id and turn_owner = :call",
	                         turn_row_shape, &row);
}

bool sql_turn_resume(struct store *store, struct turn *turn)
{
	struct turn_row row = row_of(turn);

	turn->conversation.turn_asks = false;
	return store_change(store, "update conversation set turn_asks = 0, turn_until = :until where id = :id and turn_owner = :call"
	                    " and turn_seq = :seq and turn_asks = 1", turn_row_shape, &row) == 1;
}

bool sql_turn_keep(struct store *store, const struct turn *turn, const char *steps, const struct tokens *taken)
{
	struct turn_row row = row_of(turn);

	row.steps = steps;
	row.until = now_ms() + TURN_ASKING_MS;
	return store_change(store, "update conversation set turn_steps = :steps, turn_asks = 1, turn_text = null, turn_until = :until"
	                    " where id = :id and turn_owner = :call and turn_seq = :seq", turn_row_shape, &row) == 1 &&
	       sql_row_add_tokens(store, turn->id, turn->seq, taken);
}

/* ---- What is told ---- */

bool sql_turn_summarize(struct store *store, const struct turn *turn, const char *summary, int64_t to, const struct tokens *taken)
{
	struct turn_row row = row_of(turn);

	row.text = summary;
	row.most = to;
	return store_change(store, "update conversation set summary = :text, summary_to = :most where id = :id and turn_owner = :call",
	                    turn_row_shape, &row) == 1 && sql_row_add_tokens(store, turn->id, turn->seq, taken);
}

int64_t sql_turn_tokens_since(struct store *store, struct arena *arena, const struct turn *turn, int64_t since)
{
	struct turn_row row = row_of(turn), sum;

	row.now = since;
	int found = store_find_one(store, arena, "select cast(coalesce(sum(m.tokens_in + m.tokens_out), 0) as bigint) as most"
	                           " from conversation c join message m on m.conversation_id = c.id"
	                           " where c.customer = :customer and c.updated_at >= :now and m.at >= :now",
	                           turn_row_shape, &row, turn_row_shape, &sum);

	if (found != 1)
		return -1;
	return sum.most > turn->share ? sum.most - turn->share : 0;
}

bool sql_turn_messages(struct store *store, struct arena *arena, const struct turn *turn, struct messages *found)
{
	struct turn_row row = row_of(turn);
	ROWS(struct message) rows;

	row.now = turn->conversation.summary_to;
	row.seq = turn->seq;
	row.most = MESSAGES_TOLD;
	if (!store_find(store, arena, "select " MESSAGE_COLUMNS " from (select " MESSAGE_COLUMNS " from message where conversation_id = :id"
	                " and (seq > :now or answers > :now) and (seq <= :seq or (answers > 0 and answers <= :seq))"
	                " order by seq desc limit :most) as latest order by seq",
	                turn_row_shape, &row, message_row_shape, &rows))
		return false;
	*found = (struct messages) { rows.first, rows.count };
	return true;
}
