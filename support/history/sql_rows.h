/* sql_rows.h - what keeper.h's table has of the store. Only for this room. */
#ifndef SQL_ROWS_H
#define SQL_ROWS_H

#include "erase.h"
#include "queue.h"
#include "rows.h"
#include "turn_store.h"

enum lookup sql_conversation_find(struct store *store, struct arena *arena, const char *id, const char *customer, struct conversation *conversation);
bool sql_conversation_make(struct store *store, const struct conversation *conversation);
bool sql_conversation_keep(struct store *store, struct conversation *conversation);
bool sql_conversation_rate(struct store *store, const char *id, int64_t rating, const char *comment);
int sql_row_of_call(struct store *store, struct arena *arena, int64_t call, struct message *message);
int sql_row_of_key(struct store *store, struct arena *arena, const struct message *by, struct message *message);
int sql_row_saying(struct store *store, struct arena *arena, const char *id, int64_t after, const char *text, struct message *message);
int sql_row_answering(struct store *store, struct arena *arena, const char *id, int64_t seq, struct message *message);
bool sql_row_leaves_nothing(struct store *store, struct arena *arena, const struct message *message, bool *nothing);
bool sql_row_add_tokens(struct store *store, const char *id, int64_t seq, const struct tokens *more);
int sql_turn_tell(struct store *store, struct arena *arena, const char *id, int64_t call, str text);
bool sql_turn_resume(struct store *store, struct turn *turn);
bool sql_turn_keep(struct store *store, const struct turn *turn, const char *steps, const struct tokens *taken);
bool sql_turn_summarize(struct store *store, const struct turn *turn, const char *summary, int64_t to, const struct tokens *taken);
int64_t sql_turn_tokens_since(struct store *store, struct arena *arena, const struct turn *turn, int64_t since);
bool sql_turn_messages(struct store *store, struct arena *arena, const struct turn *turn, struct messages *found);
bool sql_conversations_list(struct store *store, struct arena *arena, const struct listing *listing, struct conversations *found);
bool sql_conversations_named(struct store *store, struct arena *arena, const char *customer, const char *begin, int64_t limit, struct conversations *found);
bool sql_messages_page(struct store *store, struct arena *arena, const struct page *page, struct messages *found);
bool sql_history_figures(struct store *store, struct arena *arena, int64_t since, int64_t before, struct figures_of *figures);
bool sql_queue_find(struct store *store, struct arena *arena, int64_t limit, struct queued *queued);
bool sql_queue_place(struct store *store, struct arena *arena, const struct conversation *conversation, int64_t *place);
bool sql_rows_unanswered(struct store *store, struct arena *arena, const struct silence *silence, struct conversations *found);
bool sql_rows_older(struct store *store, struct arena *arena, int64_t before, int64_t limit, struct conversations *found);
int sql_row_of_customer(struct store *store, struct arena *arena, const char *customer, struct conversation *found);
bool sql_count_of_customer(struct store *store, struct arena *arena, const char *customer, struct erased *all);
bool sql_row_erase_some(struct store *store, void *context);

#endif
