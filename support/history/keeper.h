/* keeper.h - where a history is kept: in the service's store, or where another room (items/) keeps it.
 *
 * The rules (turn_store.c, queue.c, person.c, erase.c) know neither: what they call is in this table. Whoever sets another than the store's
 * does so before the server serves. */
#ifndef KEEPER_H
#define KEEPER_H

#include "erase.h"
#include "person.h"
#include "queue.h"
#include "rows.h"
#include "turn_store.h"

#define OF(name) __typeof__(name) *name
struct keeper {
	int64_t late_ms;                /* what is listed is known so much later; 0: at once */
	int64_t left_ms;                /* how often it is looked for what an erasing that was interrupted has left; 0: it leaves nothing */
	OF(history_transact);
	OF(conversation_find);
	OF(conversation_make);
	OF(conversation_keep);
	OF(conversation_rate);
	OF(row_of_call);
	OF(row_of_key);
	OF(row_saying);
	OF(row_answering);
	OF(row_leaves_nothing);
	OF(row_add_tokens);
	OF(turn_tell);
	OF(turn_resume);
	OF(turn_keep);
	OF(turn_summarize);
	OF(turn_tokens_since);
	OF(turn_messages);
	OF(conversations_list);
	OF(conversations_named);
	OF(messages_page);
	OF(history_figures);
	OF(queue_find);
	OF(queue_place);
	OF(rows_unanswered);
	OF(rows_older);
	OF(row_of_customer);
	OF(count_of_customer);
	OF(row_erase_some);
};
#undef OF

extern const struct keeper keeper_rows;        /* the store's */
extern const struct keeper *keeper;

#endif
