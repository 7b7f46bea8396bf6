/* waiting_bytes.c - what waits for a person in the database, in bytes: counted, and bounded.
 *
 * What waits is a record, the questions, their answers. All of it together may be as much as requests
 * may keep in memory (BODIES_MAX), and that of a caller half as much. What nobody needs any more counts
 * as long as it is there, and is deleted when somebody needs its room. It is summed up when it may be too
 * much. Two processes that count at the same moment may go over by one. */
#include "waiting_bytes.h"
#include "room_seen.h"

static SHAPE(waiting_shape, struct waiting,
	TEXT(struct waiting, session, "Whose call it is"),
	TEXT(struct waiting, task, "Or which task"),
	INT(struct waiting, stream, "Of which call it replaces what was taken up"),
	TEXT(struct waiting, replaced, "Or of which task it replaces all"));

struct held {
	int64_t bytes, own;
};

static SHAPE(held_shape, struct held,
	INT(struct held, bytes, "All of it"),
	INT(struct held, own, "That of the caller"));

static const char count_sql[] =
	"select coalesce(sum(bytes), 0) as bytes, coalesce(sum(case when caller ="
	"  (select caller from mcp_session where id = :session"
	"   union all select caller from mcp_task where id = :task) then bytes else 0 end), 0) as own"
	" from (select bytes, caller from mcp_task where bytes <> 0 and id <> :replaced union all"
	"  select c.bytes, s.caller from mcp_call c join mcp_session s on s.id = c.session"
	"  where c.claimed = 0 or c.stream <> :stream or c.session <> :session) waiting";

/* A call may be taken up once more while whoever did doesn't know that it did: until its stream has
 * ended. */
static const char *const free_sql[] = {
	"delete from mcp_call where claimed <> 0 and exists (select 1 from mcp_stream s"
	" where s.session = mcp_call.session and s.number = mcp_call.stream and s.ended <> 0)",
	"delete from mcp_task_question where task in"
	" (select id from mcp_task where bytes <> 0 and ended <> 0)",
	"update mcp_task set bytes = 0 where bytes <> 0 and ended <> 0"
	" and not exists (select 1 from mcp_task_question where task = mcp_task.id)",
	NULL
};

int64_t waiting_answer(const char *answer)
{
	int64_t size = answer ? (int64_t)strlen(answer) : 0;

	return size > WAITING_QUESTION ? size - WAITING_QUESTION : 0;
}

static enum waiting_room look(struct store *store, const struct waiting *wanted)
{
	int64_t most = (int64_t)state_set.budget->max;
	struct held held;

	if (wanted->caller && room_is_sure(&room_waiting, wanted->caller, wanted->bytes))
		return WAITING_ROOM;
	if (store_find_one(store, NULL, count_sql, waiting_shape, wanted, held_shape, &held) != 1)
		return WAITING_UNKNOWN;
	int64_t all = most - held.bytes, own = most / 2 - held.own, left = all < own ? all : own;
	if (wanted->caller)
		room_look(&room_waiting, wanted->caller, left);
	return wanted->bytes > all ? WAITING_FULL : wanted->bytes > own ? WAITING_SHARE_FULL : WAITING_ROOM;
}

/* How many rows: -1: the database can't. */
static int64_t free_unneeded(struct store *store)
{
	int64_t all = 0;

	for (int i = 0; free_sql[i]; i++) {
		int64_t some = store_change(store, free_sql[i], NULL, NULL);
		if (some < 0)
			return -1;
		all += some;
	}
	return all;
}

enum waiting_room waiting_room(struct store *store, const struct waiting *wanted)
{
	if (wanted->bytes == 0 || !state_set.budget)
		return WAITING_ROOM;
	enum waiting_room room = look(store, wanted);
	if (room == WAITING_FULL || room == WAITING_SHARE_FULL) {
		int64_t freed = free_unneeded(store);
		room = freed > 0 ? look(store, wanted) : freed < 0 ? WAITING_UNKNOWN : room;
	}
	if (room == WAITING_ROOM)
		room_give(&room_waiting, wanted->bytes);
	return room;
}
