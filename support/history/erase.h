/* erase.h - conversations go: what is older than it is kept, and all of a customer. In bounded transactions, so that nobody
 * waits for one; whatever ends in between goes on with the next. */
#ifndef ERASE_H
#define ERASE_H

#include "conversation.h"

#define HISTORY_DAYS_SETTING \
	{ .name = "HISTORY_DAYS", .kind = SETTING_INT, .standard = "90", .least = 0, .most = 36500, \
	  .about = "How many days a conversation is kept after its latest message; 0: for ever" }

/* A job: those in which nothing was said for HISTORY_DAYS; what it does is the second. */
int64_t erase_old(struct store *store);
int64_t erase_older(struct store *store, int64_t before);

struct erased { int64_t conversations, messages; };

/* How much there is of a customer. */
MUST_USE bool count_of_customer(struct store *store, struct arena *arena, const char *customer, struct erased *all);
/* Erases one of its conversations and adds that to `erased`; ERASED_ALL: there was none. */
enum erasing { ERASED_ONE, ERASED_ALL, ERASE_FAILED };
enum erasing erase_of_customer(struct store *store, const char *customer, struct erased *erased);

#endif
