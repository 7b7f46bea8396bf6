/* conversation.h - what a conversation is, and what was said in it: the structs, their shapes, and how they are read.
 *
 * Messages are numbered within their conversation, from 1, in the order in which they were written down. An answer of the model or
 * of a person says up to which message it answers (`answers`): a message that came while it was written stands before it. */
#ifndef CONVERSATION_H
#define CONVERSATION_H

#include "mcp.h"

#define CONVERSATION_ID_SIZE 24         /* CNV-7H2K9QX4TN */
#define ADDED_MAX 2                     /* messages in one transaction: an answer, and the note that a person is asked for */
#define MESSAGE_MAX 4000                /* characters of what a customer or a person says at once */

#define STATUSES "open", "waiting", "with_person", "closed"
#define ROLES "customer", "model", "person", "note"

#define HISTORY_DOWN "What was said can't be looked up or written down just now; try again shortly."

/* The `cut` of an answer that is a guardrail's: neither it nor what it answers is told to a model again. */
#define HELD_BACK "it was held back"

struct message {
	const char *conversation_id;    /* only to write one */
	int64_t seq;
	int64_t at;
	const char *role;               /* customer, model, person; note: what happened, such as that a person was asked for */
	const char *author;             /* the customer, the model's name, the caller that the person is */
	const char *text;
	const char *cards;              /* a JSON array of what tools found, for pages to show; NULL: nothing */
	const char *steps;              /* a JSON array of the model's uses of tools and their results, for the model; NULL: none */
	int64_t answers;                /* up to that message; 0: it is no answer */
	const char *cut;                /* why the model did not come to its end; NULL: it did */
	int64_t tokens_in, tokens_out, tokens_cached;   /* of all the model was asked for it; 0: it was not, or did not say */
	const char *idempotency_key;    /* of who wrote it; NULL: none was given */
	int64_t call;                   /* mcp_call_number() of the call that wrote it */
};

struct conversation {
	const char *id;
	const char *customer;
	const char *status;
	int64_t started_at, updated_at;
	int64_t messages;               /* so many: the number of the last */
	int64_t answered;               /* up to that one nothing is left to answer, see message_add() */
	int64_t waiting_since;          /* for a person; 0: it does not */
	const char *reason, *contact;   /* why it waits, and where else the customer can be reached; NULL: nobody said */
	const char *person;             /* who took it; NULL: nobody did */
	bool has_sentiment;
	double sentiment;               /* of the customer's latest words: -1 to 1 */
	int64_t low_count;              /* of those in a row that were at LOW or below */
	int64_t failed_turns;           /* in a row */
	int64_t rating;                 /* 1 to 5; 0: none */
	const char *comment;            /* of who rated it */
	const char *summary;            /* of what is no longer told to the model; NULL: all of it is */
	int64_t summary_to;             /* up to that message */

	const char *first_words, *latest_words;         /* of it in a list, cut, see history.h */

	/* The turn under way, see turn_store.h. */
	int64_t turn_seq;               /* the message that it answers; 0: there is none */
	int64_t turn_owner, turn_until; /* mcp_call_number() of whose it is, until then */
	bool turn_asks;                 /* its customer is asked something; a later message ends it */
	const char *turn_steps;         /* what was done before its customer was asked; NULL: they were not */
	const char *turn_text;          /* what the model has written so far */

	int64_t version, kept_to;       /* of what is kept in DynamoDB, see items.h and item_ttl.h */

	/* Of message_add(), until conversation_keep(). */
	struct message *added;
	size_t added_count;
};

/* What a model took that stands in no answer: with the customer's message. */
struct tokens { int64_t in, out, cached; };

/* The tables, and how many conversations there are, for the program. */
extern const struct migration support_migrations[];
extern const char conversations_count[];

/* Who the caller is as a customer; NULL: nobody. Without keys anybody is the one that the setting says, for trying it. */
#define CUSTOMER_SETTING \
	{ .name = "ANONYMOUS_CUSTOMER", .kind = SETTING_TEXT, .standard = "anonymous", \
	  .about = "Which customer talks where there are neither keys nor an issuer, as on one's own machine" }
const char *caller_as_customer(const struct mcp_call *call);

enum lookup { FOUND, NOT_FOUND, CUSTOMER_UNKNOWN, HISTORY_FAILED };

/* By its number, however it is spelt: `customer` NULL: whoever's it is; else that customer's own, or NOT_FOUND. */
enum lookup conversation_find(struct store *store, struct arena *arena, const char *id, const char *customer,
                              struct conversation *conversation);

/* The one in which that customer said something with that key. */
enum lookup conversation_said(struct store *store, struct arena *arena, const char *customer, const char *idempotency_key,
                              struct conversation *conversation);

/* Whether that is its number, however it is spelt. */
bool conversation_is(struct arena *arena, const char *spelt, const char *id);

/* ---- Within a transaction in which the conversation was read ---- */

/* The transaction: see store_transact(). */
MUST_USE enum store_outcome history_transact(struct store *store, store_work_fn *work, void *context);
/* A new one, in which nothing was said yet. */
MUST_USE bool conversation_make(struct store *store, const struct conversation *conversation);
/* Adds the message as the next, gives it its number, and has the conversation count it: messages, updated_at, and
 * answered, which is this message's number where nothing that a customer said before it is left. A customer who says something to
 * a person waits from then on. conversation_keep() then writes it all down: the conversation first, all that may change of it, so
 * that of two who add one at once the second waits there and then runs again, and finds no number taken. */
MUST_USE bool message_add(struct store *store, struct arena *arena, struct conversation *conversation, struct message *message);
MUST_USE bool conversation_keep(struct store *store, struct conversation *conversation);
/* No turn is under way any more: whoever was at it has lost its lease. */
void conversation_end_turn(struct conversation *conversation);

/* "support://conversation/CNV-…", what is followed. */
const char *conversation_uri(struct arena *arena, const char *id);
void conversation_id_make(char id[CONVERSATION_ID_SIZE]);

#endif
