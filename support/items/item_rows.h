/* item_rows.h - what keeper.h's table has of DynamoDB: what the statements of rows.h are for the store. Only for this room. */
#ifndef ITEM_ROWS_H
#define ITEM_ROWS_H

#include "keeper.h"

extern const struct keeper keeper_items;

enum store_outcome items_transact(struct store *store, store_work_fn *work, void *context);
enum lookup items_find(struct store *store, struct arena *arena, const char *id, const char *customer, struct conversation *conversation);
bool items_make(struct store *store, const struct conversation *conversation);
bool items_keep(struct store *store, struct conversation *conversation);
bool items_rate(struct store *store, const char *id, int64_t rating, const char *comment);
int items_of_call(struct store *store, struct arena *arena, int64_t call, struct message *message);
int items_of_key(struct store *store, struct arena *arena, const struct message *by, struct message *message);
int items_saying(struct store *store, struct arena *arena, const char *id, int64_t after, const char *text, struct message *message);
int items_answering(struct store *store, struct arena *arena, const char *id, int64_t seq, struct message *message);
bool items_leaves_nothing(struct store *store, struct arena *arena, const struct message *message, bool *nothing);
bool items_add_tokens(struct store *store, const char *id, int64_t seq, const struct tokens *more);
int items_tell(struct store *store, struct arena *arena, const char *id, int64_t call, str text);
bool items_resume(struct store *store, struct turn *turn);
bool items_keep_turn(struct store *store, const struct turn *turn, const char *steps, const struct tokens *taken);
bool items_summarize(struct store *store, const struct turn *turn, const char *summary, int64_t to, const struct tokens *taken);
int64_t items_tokens_since(struct store *store, struct arena *arena, const struct turn *turn, int64_t since);
bool items_told(struct store *store, struct arena *arena, const struct turn *turn, struct messages *found);
bool items_list(struct store *store, struct arena *arena, const struct listing *listing, struct conversations *found);
bool items_named(struct store *store, struct arena *arena, const char *customer, const char *begin, int64_t limit, struct conversations *found);
bool items_page(struct store *store, struct arena *arena, const struct page *page, struct messages *found);
bool items_figures(struct store *store, struct arena *arena, int64_t since, int64_t before, struct figures_of *figures);
bool items_queue(struct store *store, struct arena *arena, int64_t limit, struct queued *queued);
bool items_place(struct store *store, struct arena *arena, const struct conversation *conversation, int64_t *place);
bool items_unanswered(struct store *store, struct arena *arena, const struct silence *silence, struct conversations *found);
bool items_older(struct store *store, struct arena *arena, int64_t before, int64_t limit, struct conversations *found);
int items_of_customer(struct store *store, struct arena *arena, const char *customer, struct conversation *found);
bool items_count_of_customer(struct store *store, struct arena *arena, const char *customer, struct erased *all);
bool items_erase_some(struct store *store, void *context);

/* ---- Between these files ---- */

/* A transaction of this thread is under way, and must not be committed: something that it read could not be had. */
void items_spoil(void);
/* What points to this conversation may be written over by it. */
void items_gone(const char *id);
/* Tokens that a transaction of this thread is to add; false: there is none. */
bool items_gather_tokens(int64_t seq, const struct tokens *more, bool *fine);

/* The latest `most` of those from `first` on that fit, in their order. */
bool items_look_back(struct store *store, struct arena *arena, const char *id, int64_t first, int64_t most,
                     bool (*fits)(const struct message *, const void *), const void *by, struct messages *found);

/* Adds to what is written: to the tokens of a message, and to those that are the customer's in this hour. */
struct writes;
void items_put_tokens(struct writes *writes, const char *id, int64_t seq, const struct tokens *more);
void items_put_share(struct writes *writes, const char *customer, int64_t at_ms, int64_t tokens);

#endif
