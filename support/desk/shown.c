/* shown.c - a conversation as tools answer with it. */
#include "desk.h"

#include "queue.h"

SHAPE(shown_shape, struct shown, SHOWN_FIELDS(struct shown));

SHAPE(shown_in_list_shape, struct shown, SHOWN_FIELDS(struct shown),
	TEXT(struct shown, first_words, "What it began with, cut"),
	TEXT(struct shown, latest_words, "What was said latest, cut"));

static struct shown show_to(bool staff, const struct conversation *conversation)
{
	bool for_person = conversation_is_for_person(conversation);

	return (struct shown) {
		.conversation_id = conversation->id, .customer = staff ? conversation->customer : NULL,
		.status = conversation->status, .started_at = conversation->started_at, .updated_at = conversation->updated_at,
		.messages = conversation->messages, .waiting_since = conversation->waiting_since,
		.reason = for_person ? conversation->reason : NULL, .contact = for_person ? conversation->contact : NULL,
		.person = conversation->person,
		.sentiment = conversation->sentiment, .has_sentiment = conversation->has_sentiment,
		.rating = conversation->rating, .has_rating = conversation->rating != 0, .comment = conversation->comment,
		.first_words = conversation->first_words, .latest_words = conversation->latest_words,
	};
}

struct shown show(struct mcp_call *call, const struct conversation *conversation)
{
	return show_to(mcp_may(call, STAFF), conversation);
}

struct shown *show_all(struct mcp_call *call, const struct conversations *all)
{
	struct shown *shown = arena_array(mcp_arena(call), struct shown, all->count);
	bool staff = mcp_may(call, STAFF);

	for (int64_t i = 0; i < all->count; i++)
		shown[i] = show_to(staff, &all->conversations[i]);
	return shown;
}

enum mcp_answer conversation_answer(struct mcp_call *call, struct store *store, const char *id)
{
	struct conversation conversation;
	enum lookup found = conversation_find(store, mcp_arena(call), id, NULL, &conversation);

	if (found != FOUND)
		return conversation_missing(call, found, id);
	struct shown shown = show(call, &conversation);
	if (!queue_place(store, mcp_arena(call), &conversation, &shown.place))
		return mcp_fail(call, HISTORY_DOWN);
	shown.has_place = shown.place != 0;
	return mcp_return(call, shown_shape, &shown);
}
