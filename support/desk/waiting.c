/* waiting.c - the resource support://queue: who waits for a person, and whom a person has taken. */
#include "desk.h"

#include "queue.h"

#define SHOWN_MAX 100

struct queue {
	struct shown *waiting;
	int64_t waiting_count;
	struct shown *with_person;
	int64_t with_person_count;
	int64_t count;
};

SHAPE(queue_shape, struct queue,
	LIST(struct queue, waiting, waiting_count, struct shown, shown_in_list_shape,
	     "Who waits, in this order: longest first, of those that began within the same five minutes who feels worst", .required = true),
	INT(struct queue, count, "How many wait; a hundred of them are here", .required = true),
	LIST(struct queue, with_person, with_person_count, struct shown, shown_in_list_shape,
	     "Whom a person has taken, where something was said latest first; a hundred at most", .required = true));

struct number { int64_t number; };
static SHAPE(number_shape, struct number, PARAM(struct number, number));
static const struct number most = { SHOWN_MAX };

static bool read_waiting(struct store *store, struct arena *arena, struct queue *queue)
{
	struct number all;
	ROWS(struct shown) rows;

	if (store_find_one(store, arena, "select count(*) as number from conversation where status = 'waiting'", NULL, NULL,
	                   number_shape, &all) != 1 ||
	    !store_find(store, arena, "select " SHOWN_COLUMNS " from conversation c where status = 'waiting' order by " QUEUE_ORDER
	                " limit :number", number_shape, &most, shown_in_list_shape, &rows))
		return false;
	for (int64_t i = 0; i < rows.count; i++) {
		rows.first[i].place = i + 1;
		rows.first[i].has_place = true;
	}
	queue->count = all.number;
	queue->waiting = rows.first;
	queue->waiting_count = rows.count;
	return true;
}

static bool read_taken(struct store *store, struct arena *arena, struct queue *queue)
{
	ROWS(struct shown) rows;

	if (!store_find(store, arena, "select " SHOWN_COLUMNS " from conversation c where status = 'with_person'"
	                " order by updated_at desc, id desc limit :number", number_shape, &most, shown_in_list_shape, &rows))
		return false;
	queue->with_person = rows.first;
	queue->with_person_count = rows.count;
	return true;
}

enum mcp_answer read_queue(struct mcp_call *call, const void *in UNUSED, struct store *store)
{
	struct queue queue = { 0 };

	if (!read_waiting(store, mcp_arena(call), &queue) || !read_taken(store, mcp_arena(call), &queue))
		return mcp_fail(call, HISTORY_DOWN);
	return mcp_return(call, queue_shape, &queue);
}
