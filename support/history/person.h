/* person.h - what people do with a conversation beside talking with the model: its customer asks for a person and rates it, a person
 * takes it and answers.
 *
 * It is found by its number, however it is spelt, as it is by then. FOUND: it is written down, and `now` is the conversation with it. */
#ifndef PERSON_H
#define PERSON_H

#include "queue.h"

/* From now on it waits for a person, see history_wait_for_person(). `customer`: it is their own, or NOT_FOUND. */
MUST_USE enum lookup person_wanted(struct store *store, struct arena *arena, const char *id, const char *customer,
                                   const struct passing_on *why, struct conversation *now);

/* What the customer thinks of it, 1 to 5, in the place of what they thought before. False: the store failed. */
MUST_USE bool conversation_rate(struct store *store, const char *id, int64_t rating, const char *comment);

/* It is `who`'s, the model is silent, and its turn is over; where it was somebody else's, a note says so. */
MUST_USE enum lookup person_takes(struct store *store, struct arena *arena, const char *id, const char *who, struct conversation *now);

struct reply_of_person {
	const char *id;
	const char *who;
	const char *text;
	bool close, give_back;          /* afterwards nothing is left to do; the model answers again what comes next */
	const char *idempotency_key;    /* NULL: none */
	int64_t call;                   /* mcp_call_number() */
};

/* Takes it, and answers all that was said so far. What was said by the same person with the same key is said once: `*other`
 * is the conversation in which that was, if it was there or these were other words; else NULL. */
MUST_USE enum lookup person_replies(struct store *store, struct arena *arena, const struct reply_of_person *reply, struct conversation *now,
                                    const char **other);

#endif
