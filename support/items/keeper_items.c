/* keeper_items.c - what keeper.h's table has of DynamoDB. */
#include "item_rows.h"

const struct keeper keeper_items = {
	.late_ms = 1500,                /* indexes: mostly a fraction of that */
	.history_transact = items_transact,
	.conversation_find = items_find,
	.conversation_make = items_make,
	.conversation_keep = items_keep,
	.conversation_rate = items_rate,
	.row_of_call = items_of_call,
	.row_of_key = items_of_key,
	.row_saying = items_saying,
	.row_answering = items_answering,
	.row_leaves_nothing = items_leaves_nothing,
	.row_add_tokens = items_add_tokens,
	.turn_tell = items_tell,
	.turn_resume = items_resume,
	.turn_keep = items_keep_turn,
	.turn_summarize = items_summarize,
	.turn_tokens_since = items_tokens_since,
	.turn_messages = items_told,
	.conversations_list = items_list,
	.conversations_named = items_named,
	.messages_page = items_page,
	.history_figures = items_figures,
	.queue_find = items_queue,
	.queue_place = items_place,
	.rows_unanswered = items_unanswered,
	.rows_older = items_older,
	.row_of_customer = items_of_customer,
	.count_of_customer = items_count_of_customer,
	.row_erase_some = items_erase_some,
};
