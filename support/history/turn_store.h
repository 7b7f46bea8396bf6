/* turn_store.h - the steps of a turn: what makes a customer's message be there once, and be answered once.
 *
 * What always holds
 * 1. A message is written down before anything is done about it, and found again by the customer's idempotency key, or by the
 *    number of the call that is run again.
 * 2. Whoever answers holds the conversation's lease. An answer is written down, with its tokens and the lease's end, in one
 *    transaction that only happens while the lease is held: so no message has two, wherever a process is killed.
 * 3. A person who answers, or takes the conversation, takes the lease away.
 * 4. An answer answers all messages up to its turn's, so one whose turn came to nothing is answered with the next. */
#ifndef TURN_STORE_H
#define TURN_STORE_H

#include "history.h"

#define TURN_LEASE_MS 30000             /* a model has 20 s to its first word, and each try of it renews the lease */
#define TURN_QUIET_MS 3000              /* without renewal: whoever repeats the same message may take it, for its client was cut off */
#define TURN_ASKING_MS 900000           /* while the customer is asked something, unless they write something else */

struct turn {
	const char *id;                 /* of the conversation; NULL: a new one, until turn_begin() has made it */
	const char *customer;
	const char *text;
	const char *idempotency_key;
	int64_t call;                   /* mcp_call_number() */
	bool is_known;                  /* a run before this one found `id` and `seq` */
	bool waits;                     /* and waits for a turn that is not its own, be it of another call of that number */
	int64_t share;                  /* so many tokens count as the customer's while the lease is its, and afterwards where no answer says
	                                   how many they were: they stand with the customer's message */

	/* What turn_begin() found: */
	int64_t seq;                    /* the message's */
	bool is_new;                    /* it was written down just now */
	struct conversation conversation;
	struct message answer;          /* TURN_ANSWERED */
	int64_t wait_ms;                /* TURN_BUSY: for its end, at most, or until it may be taken */
};

enum turn_state {
	TURN_OURS,              /* the lease is: answer it */
	TURN_BUSY,              /* another turn is under way: wait for its end */
	TURN_ANSWERED,          /* by `answer` */
	TURN_FOR_PERSON,        /* the model is silent: it waits for a person, or is with one */
	TURN_OTHER_WORDS,       /* the idempotency key was used before, for another message, or in another conversation */
	TURN_NOT_FOUND,         /* the customer has no such conversation */
	TURN_GONE,              /* it was erased since an earlier run of this call: nothing of it is written again */
	TURN_FAILED,            /* the store did */
};

/* Writes the message down, or finds it; and takes the lease, or renews it where it is short. A run that holds it already reads only. */
MUST_USE enum turn_state turn_begin(struct store *store, struct arena *arena, struct turn *turn);

/* What the model has written so far in that conversation, for all who follow; and the lease is renewed. 1; 0: the lease is gone; -1: the store
 * failed. */
MUST_USE int turn_tell(struct store *store, struct arena *arena, const char *id, int64_t call, str text);

/* What was done so far, before its customer is asked something, and the tokens it took, that no answer will have. False: the lease is
 * gone, or the store failed. */
MUST_USE bool turn_keep(struct store *store, const struct turn *turn, const char *steps, const struct tokens *taken);

/* The customer has answered: from now on the lease is a short one again. False: it is gone, it is one already, or the store failed. */
MUST_USE bool turn_resume(struct store *store, struct turn *turn);

struct turn_end {
	struct message answer;          /* role, author, text, cards, steps, cut, tokens */
	bool has_sentiment;
	double sentiment;               /* of the customer's words */
	int64_t low_count;              /* in a row, with these */
	int64_t failed_turns;           /* in a row, with this */
	bool for_person;                /* from now on it waits for one */
	const char *reason;             /* why */
	struct tokens beside;           /* that were taken for this turn, and not for its answer */
};

/* TURN_ANSWERED: by this, and turn->answer is it, as a row. TURN_BUSY: the lease is gone, see turn_begin(). TURN_FAILED. */
MUST_USE enum turn_state turn_finish(struct store *store, struct arena *arena, struct turn *turn, const struct turn_end *end);

/* No model answers: the lease is given back, and of the share what it did not take. The second time in a row, or where `reason` says why it
 * is so for good (NULL: it does not), the conversation is for a person. TURN_FOR_PERSON; TURN_OURS: it may be tried again; TURN_BUSY: the
 * lease is gone; TURN_FAILED. */
MUST_USE enum turn_state turn_give_up(struct store *store, struct arena *arena, struct turn *turn, const struct tokens *taken,
                                      const char *reason);

/* What stands in for the messages up to `to`, of this turn's conversation, and what it took. False: the lease is gone, or the store failed. */
MUST_USE bool turn_summarize(struct store *store, const struct turn *turn, const char *summary, int64_t to, const struct tokens *taken);

/* Tokens that models read and wrote for the turn's customer since then, with the shares of other turns; -1: the store failed. */
MUST_USE int64_t turn_tokens_since(struct store *store, struct arena *arena, const struct turn *turn, int64_t since);

/* What the model may be told: the messages that the summary has not, up to the turn's and with what answers those, the latest
 * MESSAGES_TOLD at most, by seq. */
#define MESSAGES_TOLD 200
MUST_USE bool turn_messages(struct store *store, struct arena *arena, const struct turn *turn, struct messages *found);

#endif
