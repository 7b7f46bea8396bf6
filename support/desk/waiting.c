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

enum mcp_answer read_queue(struct mcp_call *call, const void *in UNUSED, struct store *store)
{
	struct queued queued;

	if (!queue_find(store, mcp_arena(call), SHOWN_MAX, &queued))
		return mcp_fail(call, HISTORY_DOWN);
	struct queue queue = {
		show_all(call, &queued.waiting), queued.waiting.count, show_all(call, &queued.with_person), queued.with_person.count, queued.count,
	};
	for (int64_t i = 0; i < queue.waiting_count; i++) {
		queue.waiting[i].place = i + 1;
		queue.waiting[i].has_place = true;
	}
	return mcp_return(call, queue_shape, &queue);
}
