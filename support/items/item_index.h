/* item_index.h - what the table's indexes (table.json) are filled with, and read by. Only for this room.
 *
 *     index          partition                       sorted by
 *     by_customer    customer                        latest: when something was said in it last, and its number
 *     by_status      status_part: status#PART        latest
 *     by_day         day_part: begun#DAY#PART        moment: when it began, and its number
 *                              said#DAY#PART         moment: when it was said, and where
 *     due            due_part: waiting               due_by: its place in the queue
 *                              unanswered#PART       due_by: as latest
 *
 * A partition takes a thousand writes a second, and each message writes to three of these: so what everybody's would be one is ITEM_PARTS of
 * them, by the conversation's number, and whoever reads reads all and puts them in order. In `due` are only those that wait, that nobody has
 * answered, or that are being erased. An index follows the table within a second or so: what must not be missed is not asked of one. */
#ifndef ITEM_INDEX_H
#define ITEM_INDEX_H

#include "items.h"

#define ITEM_PARTS 4
#define ITEM_GOING "going"

/* The attributes of a conversation, and of a message. */
void item_put_indexed(struct json *json, const struct conversation *head);
void item_put_moment(struct json *json, const struct message *message);

/* "0000001793534104000", which sorts as the number does. */
const char *item_sorted(struct arena *arena, int64_t number);
/* In the order of the queue, as schema.c has it. */
const char *item_place(struct arena *arena, const struct conversation *head);

/* ---- Reading ---- */

struct range {
	const char *index;
	const char *partition, *by;     /* attributes: what it is divided and sorted by */
	const char *value;              /* of the partition; with "#PART" behind it where there are `parts` */
	const char *from, *to;          /* both inclusive */
	bool parts, backwards;
	int64_t limit;                  /* in each of a partition's pages; 0: none */
};

/* What comes behind all. */
#define LAST "~"

/* How many partitions there are to ask; 0: it ends before it begins, which DynamoDB refuses. */
int range_parts(const struct range *range);
/* One partition, see query_each(). */
struct json range_begin(struct arena *arena, const struct range *range, int part);
MUST_USE bool range_each(struct store *store, struct arena *arena, const struct range *range, item_fn *each, void *context);
/* How many there are. */
MUST_USE bool range_count(struct store *store, struct arena *arena, const struct range *range, int64_t *count);

#endif
