/* keeper.c - see keeper.h. */
#include "keeper.h"

#include "sql_rows.h"

const struct keeper *keeper = &keeper_rows;

static enum store_outcome transact(struct store *store, store_work_fn *work, void *context)
{
	return store_transact(store, work, context);
}

const struct keeper keeper_rows = {
	.history_transact = transact,
	.conversation_find = sql_conversation_find,
	.conversation_make = sql_conversation_make,
	.conversation_keep = sql_conversation_keep,
	.conversation_rate = sql_conversation_rate,
	.row_of_call = sql_row_of_call,
	.row_of_key = sql_row_of_key,
	.row_saying = sql_row_saying,
	.row_answering = sql_row_answering,
	.row_leaves_nothing = sql_row_leaves_nothing,
	.row_add_tokens = sql_row_add_tokens,
	.turn_tell = sql_turn_tell,
	.turn_resume = sql_turn_resume,
	.turn_keep = sql_turn_keep,
	.turn_summarize = sql_turn_summarize,
	.turn_tokens_since = sql_turn_tokens_since,
	.turn_messages = sql_turn_messages,
	.conversations_list = sql_conversations_list,
	.conversations_named = sql_conversations_named,
	.messages_page = sql_messages_page,
	.history_figures = sql_history_figures,
	.queue_find = sql_queue_find,
	.queue_place = sql_queue_place,
	.rows_unanswered = sql_rows_unanswered,
	.rows_older = sql_rows_older,
	.row_of_customer = sql_row_of_customer,
	.count_of_customer = sql_count_of_customer,
	.row_erase_some = sql_row_erase_some,
};

enum store_outcome history_transact(struct store *store, store_work_fn *work, void *context)
{
	return keeper->history_transact(store, work, context);
}

enum lookup conversation_find(struct store *store, struct arena *arena, const char *id, const char *customer, struct conversation *conversation)
{
	return keeper->conversation_find(store, arena, id, customer, conversation);
}

bool conversation_make(struct store *store, const struct conversation *conversation)
{
	return keeper->conversation_make(store, conversation);
}

bool conversation_keep(struct store *store, struct conversation *conversation)
{
	return keeper->conversation_keep(store, conversation);
}

bool conversation_rate(struct store *store, const char *id, int64_t rating, const char *comment)
{
	return keeper->conversation_rate(store, id, rating, comment);
}

int row_of_call(struct store *store, struct arena *arena, int64_t call, struct message *message)
{
	return keeper->row_of_call(store, arena, call, message);
}

int row_of_key(struct store *store, struct arena *arena, const struct message *by, struct message *message)
{
	return keeper->row_of_key(store, arena, by, message);
}

int row_saying(struct store *store, struct arena *arena, const char *id, int64_t after, const char *text, struct message *message)
{
	return keeper->row_saying(store, arena, id, after, text, message);
}

int row_answering(struct store *store, struct arena *arena, const char *id, int64_t seq, struct message *message)
{
	return keeper->row_answering(store, arena, id, seq, message);
}

bool row_leaves_nothing(struct store *store, struct arena *arena, const struct message *message, bool *nothing)
{
	return keeper->row_leaves_nothing(store, arena, message, nothing);
}

bool row_add_tokens(struct store *store, const char *id, int64_t seq, const struct tokens *more)
{
	return keeper->row_add_tokens(store, id, seq, more);
}

int turn_tell(struct store *store, struct arena *arena, const char *id, int64_t call, str text)
{
	return keeper->turn_tell(store, arena, id, call, text);
}

bool turn_resume(struct store *store, struct turn *turn)
{
	return keeper->turn_resume(store, turn);
}

bool turn_keep(struct store *store, const struct turn *turn, const char *steps, const struct tokens *taken)
{
	return keeper->turn_keep(store, turn, steps, taken);
}

bool turn_summarize(struct store *store, const struct turn *turn, const char *summary, int64_t to, const struct tokens *taken)
{
	return keeper->turn_summarize(store, turn, summary, to, taken);
}

int64_t turn_tokens_since(struct store *store, struct arena *arena, const struct turn *turn, int64_t since)
{
	return keeper->turn_tokens_since(store, arena, turn, since);
}

bool turn_messages(struct store *store, struct arena *arena, const struct turn *turn, struct messages *found)
{
	return keeper->turn_messages(store, arena, turn, found);
}

bool conversations_list(struct store *store, struct arena *arena, const struct listing *listing, struct conversations *found)
{
	return keeper->conversations_list(store, arena, listing, found);
}

bool conversations_named(struct store *store, struct arena *arena, const char *customer, const char *begin, int64_t limit, struct conversations *found)
{
	return keeper->conversations_named(store, arena, customer, begin, limit, found);
}

bool messages_page(struct store *store, struct arena *arena, const struct page *page, struct messages *found)
{
	return keeper->messages_page(store, arena, page, found);
}

bool history_figures(struct store *store, struct arena *arena, int64_t since, int64_t before, struct figures_of *figures)
{
	return keeper->history_figures(store, arena, since, before, figures);
}

bool queue_find(struct store *store, struct arena *arena, int64_t limit, struct queued *queued)
{
	return keeper->queue_find(store, arena, limit, queued);
}

bool queue_place(struct store *store, struct arena *arena, const struct conversation *conversation, int64_t *place)
{
	return keeper->queue_place(store, arena, conversation, place);
}

bool rows_unanswered(struct store *store, struct arena *arena, const struct silence *silence, struct conversations *found)
{
	return keeper->rows_unanswered(store, arena, silence, found);
}

bool rows_older(struct store *store, struct arena *arena, int64_t before, int64_t limit, struct conversations *found)
{
	return keeper->rows_older(store, arena, before, limit, found);
}

int row_of_customer(struct store *store, struct arena *arena, const char *customer, struct conversation *found)
{
	return keeper->row_of_customer(store, arena, customer, found);
}

bool count_of_customer(struct store *store, struct arena *arena, const char *customer, struct erased *all)
{
	return keeper->count_of_customer(store, arena, customer, all);
}

bool row_erase_some(struct store *store, void *context)
{
	return keeper->row_erase_some(store, context);
}
