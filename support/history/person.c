/* person.c - see person.h. */
#include "person.h"

#include "rows.h"

struct work {
	struct arena *arena;
	const char *id, *customer, *who;
	struct conversation *now;
	enum lookup found;
	const struct passing_on *why;
	const struct reply_of_person *reply;
	const char *other;              /* the conversation of which the key is */
};

static bool find(struct store *store, struct work *work)
{
	work->found = conversation_find(store, work->arena, work->id, work->customer, work->now);
	return work->found == FOUND;
}

static enum lookup carry_out(struct store *store, store_work_fn *what, struct work *work)
{
	switch (history_transact(store, what, work)) {
	case STORE_COMMITTED:  return FOUND;
	case STORE_TAKEN_BACK: return work->found == FOUND ? HISTORY_FAILED : work->found;
	default:               return HISTORY_FAILED;
	}
}

/* ---- The customer ---- */

static bool pass_on(struct store *store, void *context)
{
	struct work *work = context;

	if (!find(store, work))
		return false;
	/* What the model is writing just now would be seen as its writing until the lease is over. */
	conversation_end_turn(work->now);
	return history_wait_for_person(store, work->arena, work->now, work->why, now_ms()) && conversation_keep(store, work->now);
}

enum lookup person_wanted(struct store *store, struct arena *arena, const char *id, const char *customer, const struct passing_on *why,
                          struct conversation *now)
{
	return carry_out(store, pass_on, &(struct work) { .arena = arena, .id = id, .customer = customer, .why = why, .now = now });
}

/* ---- The person ---- */

static bool take(struct store *store, struct work *work, int64_t at)
{
	struct conversation *now = work->now;
	const char *whose = now->person;
	bool theirs = strcmp(now->status, "with_person") == 0 && whose && strcmp(whose, work->who) != 0;

	conversation_end_turn(now);
	now->status = "with_person";
	now->person = work->who;
	return !theirs || history_add_note(store, work->arena, now, work->who,
	                                   arena_print(work->arena, "%s took over from %s.", work->who, whose), at);
}

static bool take_it(struct store *store, void *context)
{
	struct work *work = context;

	return find(store, work) && take(store, work, now_ms()) && conversation_keep(store, work->now);
}

enum lookup person_takes(struct store *store, struct arena *arena, const char *id, const char *who, struct conversation *now)
{
	return carry_out(store, take_it, &(struct work) { .arena = arena, .id = id, .who = who, .now = now });
}

static void leave(struct conversation *now, const struct reply_of_person *reply)
{
	now->waiting_since = 0;
	if (!reply->close && !reply->give_back)
		return;
	now->status = reply->close ? "closed" : "open";
	now->person = NULL;
	/* What made it wait is over, or it would wait again at once. */
	now->low_count = now->failed_turns = 0;
}

static bool reply_in(struct store *store, struct work *work, struct message *message)
{
	if (!take(store, work, message->at))
		return false;
	message->answers = work->now->messages;
	bool fine = message_add(store, work->arena, work->now, message);
	leave(work->now, work->reply);
	return fine && conversation_keep(store, work->now);
}

static bool reply_once(struct store *store, void *context)
{
	struct work *work = context;
	const struct reply_of_person *reply = work->reply;
	struct message before, message = {
		.at = now_ms(), .role = "person", .author = reply->who, .text = reply->text, .idempotency_key = reply->idempotency_key,
		.call = reply->call,
	};

	work->other = NULL;
	if (!find(store, work))
		return false;
	switch (row_of_key(store, work->arena, &message, &before)) {
	case 0:
		return reply_in(store, work, &message);
	case 1:
		if (strcmp(before.conversation_id, work->now->id) != 0 || strcmp(before.text, reply->text) != 0)
			work->other = before.conversation_id;
		return true;
	default:
		return false;
	}
}

enum lookup person_replies(struct store *store, struct arena *arena, const struct reply_of_person *reply, struct conversation *now,
                           const char **other)
{
	struct work work = { .arena = arena, .id = reply->id, .who = reply->who, .reply = reply, .now = now };
	enum lookup found = carry_out(store, reply_once, &work);

	*other = work.other;
	return found;
}
