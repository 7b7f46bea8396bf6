/* rows.h - conversations and messages as rows: what turns, the queue, people and erasing need of them. Only for who keeps
 * them: this room, and items/.
 *
 * The rules are in conversation.c, turn_store.c, queue.c, person.c and erase.c, which know no SQL; the statements in rows.c, turn_rows.c,
 * queue_rows.c and history.c, which know no rules. */
#ifndef ROWS_H
#define ROWS_H

#include "history.h"

/* ---- Columns ---- */

extern SHAPE_OF(message_row_shape, struct message);
extern SHAPE_OF(conversation_row_shape, struct conversation);
#define MESSAGE_COLUMNS "conversation_id, seq, at, role, author, text, cards, steps, answers, cut, tokens_in, tokens_out," \
	" tokens_cached, idempotency_key, call"
#define CONVERSATION_COLUMNS "id, customer, status, started_at, updated_at, messages, answered, waiting_since, reason, contact," \
	" person, sentiment, low_count, failed_turns, rating, comment, summary, summary_to, turn_seq, turn_owner, turn_until," \
	" turn_asks, turn_steps, turn_text"

/* What a list has of `conversation c`. */
#define WORDS_OF(seq_) \
	"(select case when length(m.text) > 120 then substr(m.text, 1, 119) || '…' else m.text end from message m" \
	" where m.conversation_id = c.id and m.seq = " seq_ ")"
#define LATEST_SAID "(select n.seq from message n where n.conversation_id = c.id and n.role <> 'note' order by n.seq desc limit 1)"
#define LISTED_COLUMNS \
	"c.id, c.customer, c.status, c.started_at, c.updated_at, c.messages, c.waiting_since, c.reason, c.contact," \
	" c.person, c.sentiment, c.rating, c.comment, " WORDS_OF("1") " as first_words, " WORDS_OF(LATEST_SAID) " as latest_words"

/* ---- Messages: 1, 0: there is none, -1: the store failed ---- */

/* Of the first three only where they are, whose, and their text. */
MUST_USE int row_of_call(struct store *store, struct arena *arena, int64_t call, struct message *message);
/* Of its role, author and idempotency key; without one there is none. */
MUST_USE int row_of_key(struct store *store, struct arena *arena, const struct message *by, struct message *message);
/* What a customer said in it after that message in the same words. */
MUST_USE int row_saying(struct store *store, struct arena *arena, const char *id, int64_t after, const char *text, struct message *message);
MUST_USE int row_answering(struct store *store, struct arena *arena, const char *id, int64_t seq, struct message *message);

/* Whether all that a customer said before this message is answered by it. False: the store failed. */
MUST_USE bool row_leaves_nothing(struct store *store, struct arena *arena, const struct message *message, bool *nothing);
/* To those of a message; what is read never comes to less than nothing. NULL: none. */
MUST_USE bool row_add_tokens(struct store *store, const char *id, int64_t seq, const struct tokens *more);

/* The last is the first. */
void messages_turn_round(struct messages *all);

/* ---- Conversations ---- */

/* A number however it is spelt, as it is known. */
const char *conversation_id_known(struct arena *arena, const char *spelt);

/* Those of which something is unanswered, and said before `before`; whose turn is over by `now`. */
struct silence { int64_t before, now, limit; };
MUST_USE bool rows_unanswered(struct store *store, struct arena *arena, const struct silence *silence, struct conversations *found);

/* Those in which nothing was said since, oldest first; and the oldest of a customer: 1, 0, -1. Only their numbers. */
MUST_USE bool rows_older(struct store *store, struct arena *arena, int64_t before, int64_t limit, struct conversations *found);
MUST_USE int row_of_customer(struct store *store, struct arena *arena, const char *customer, struct conversation *found);

/* One transaction: the first `limit` of its messages, and with the last of them the conversation itself; if nothing was said since. */
struct erasing_some {
	const char *id;
	int64_t before, limit;
	int64_t messages;               /* that went */
	int64_t conversations;          /* 1: it went itself. Somebody else may have been first */
	bool over;                      /* nothing is left to do */
};
store_work_fn row_erase_some;

#endif
