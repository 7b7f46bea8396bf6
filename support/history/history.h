/* history.h - what is read of conversations: lists of them, pages of their messages, and what was begun and said in a time. */
#ifndef HISTORY_H
#define HISTORY_H

#include "conversation.h"

/* ---- Lists ---- */

/* What is shown of each: no summary, nothing of a turn, but the words that it began with and that were said latest. */
struct conversations {
	struct conversation *conversations;
	int64_t count;
};

/* What narrows a list. */
struct listing {
	const char *customer;           /* NULL: everybody's */
	const char *status;             /* NULL: any */
	int64_t since;                  /* something was said then or later */
	int64_t before_at;              /* it comes behind that one: its updated_at and its number; INT64_MAX, "": from the first */
	const char *before_id;
	int64_t limit;
};

/* Those in which something was said latest first. */
MUST_USE bool conversations_list(struct store *store, struct arena *arena, const struct listing *listing, struct conversations *found);

/* Only their numbers: a customer's latest `limit`; of everybody's (NULL) those whose numbers begin so, in their order. */
MUST_USE bool conversations_named(struct store *store, struct arena *arena, const char *customer, const char *begin, int64_t limit,
                                  struct conversations *found);

/* ---- Messages ---- */

struct messages {
	struct message *messages;
	int64_t count;
};

struct page {
	const char *id;                 /* of the conversation */
	int64_t after, before;          /* between these two, themselves not among them */
	int64_t limit;
	bool latest;                    /* the last of them; else the first */
};

/* In their order, as people are shown them: without the steps that are for the model. */
MUST_USE bool messages_page(struct store *store, struct arena *arena, const struct page *page, struct messages *found);

/* ---- Figures ---- */

/* Of the conversations that began in a time. */
struct begun {
	int64_t conversations;
	int64_t escalated;              /* that were passed on to a person */
	int64_t rated, rating_sum;
	int64_t felt;                   /* of whose customers is known how they felt */
	double sentiment_sum;
};

/* Of the messages of a time, by role and, of models, by author; notes are none. */
struct spoken {
	const char *role, *author;
	int64_t messages, cut;
	int64_t tokens_in, tokens_out, tokens_cached;
};

struct figures_of {
	struct begun begun;
	struct spoken *said;
	int64_t said_count;
};

/* From `since` until before `before`: a day at most, for it is read at once. */
MUST_USE bool history_figures(struct store *store, struct arena *arena, int64_t since, int64_t before, struct figures_of *figures);

#endif
