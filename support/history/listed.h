/* listed.h - what a list has of a conversation, as columns of `conversation c`. Only for this room. */
#ifndef LISTED_H
#define LISTED_H

#define WORDS_OF(seq_) \
	"(select case when length(m.text) > 120 then substr(m.text, 1, 119) || '…' else m.text end from message m" \
	" where m.conversation_id = c.id and m.seq = " seq_ ")"
#define LISTED_COLUMNS \
	"c.id, c.customer, c.status, c.started_at, c.updated_at, c.messages, c.waiting_since, c.reason, c.contact," \
	" c.person, c.sentiment, c.rating, c.comment, " WORDS_OF("1") " as first_words, " WORDS_OF("c.messages") " as latest_words"

#endif
