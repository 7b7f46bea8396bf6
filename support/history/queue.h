/* queue.h - conversations that wait for a person: how one comes to wait, and its place.
 *
 * Who waits longest is first; of those that began to wait within the same five minutes whose customer feels worst (sentiment; not
 * known is 0), then again who began first. */
#ifndef QUEUE_H
#define QUEUE_H

#include "history.h"

#define QUEUE_URI "support://queue"

/* ---- Within a transaction in which the conversation was read; conversation_keep() comes after ---- */

/* What happened, as the next message. `author`: who did it. */
MUST_USE bool history_add_note(struct store *store, struct arena *arena, struct conversation *conversation, const char *author, const char *text,
                               int64_t now);

/* It waits for a person, with `note` as its next message. Where it waits, or a person has it, it stays as it is, but for
 * `contact`, if there is one. A turn that is under way goes on. */
struct passing_on {
	const char *reason;             /* why, for staff */
	const char *contact;            /* where else the customer can be reached; NULL: nobody said */
	const char *author, *note;      /* see history_add_note() */
};
MUST_USE bool history_wait_for_person(struct store *store, struct arena *arena, struct conversation *conversation,
                                      const struct passing_on *why, int64_t now);

/* Whether a person is to answer, so that the model is silent. */
bool conversation_is_for_person(const struct conversation *conversation);

/* ---- Afterwards ---- */

/* Tells all that follow the conversation, and with `queue` the desk's queue. */
void conversation_changed(struct arena *arena, const char *id, bool queue);
/* A job: where the queue is known later than a change of it (keeper.h), those that follow it are told once more. */
int64_t queue_tell_again(struct store *store);

/* Who waits, in their order, and whom a person has taken, where something was said latest first: `limit` of each at most. */
struct queued {
	int64_t count;                  /* that wait, in all */
	struct conversations waiting, with_person;
};
MUST_USE bool queue_find(struct store *store, struct arena *arena, int64_t limit, struct queued *queued);

/* Its place among those that wait, from 1; 0: it does not. False: the store failed. */
MUST_USE bool queue_place(struct store *store, struct arena *arena, const struct conversation *conversation, int64_t *place);

/* A job: what a customer said and nobody answered for two minutes waits for a person. */
int64_t pass_on_unanswered(struct store *store);
/* Another: how many wait, and how long. */
int64_t queue_look(struct store *store);

#endif
