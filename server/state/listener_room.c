/* listener_room.c - makes room in the rows of listeners.
 *
 * Rows become one that says less: that somebody listens to any of them since the earliest of them began. Only what
 * such a row covers is deleted, so whatever others note meanwhile, and wherever this is broken off, none is lost. */
#include "listener_rows.h"

#include "state_private.h"
#include "store_internal.h"

#define FORGOTTEN "15811200000"         /* ms, half a year */
#define LEFT (LISTENER_ROWS_MOST / 4 * 3)

struct room {
	int64_t count, caller, most, until;
};

static SHAPE(room_shape, struct room,
	INT(struct room, count, "How many there are"),
	INT(struct room, caller, "Whose they are"),
	INT(struct room, most, "How many a caller may have"),
	INT(struct room, until, "When they were last used"));

/* Of what both say the earliest beginning, and the latest use. */
#define AND_SAYS \
	" on conflict (caller, topic) do update set" \
	" begun = case when excluded.begun < mcp_listener.begun then excluded.begun else mcp_listener.begun end," \
	" used = case when excluded.used > mcp_listener.used then excluded.used else mcp_listener.used end"

static int64_t count(struct store *store)
{
	struct room room;

	return store_find_one(store, NULL, "select count(*) as count from mcp_listener", NULL, NULL, room_shape,
	                      &room) == 1 ? room.count : -1;
}

/* The rows of each caller that has more than half of what any has. */
static bool fold_callers(struct store *store)
{
	struct room room;
	int found = store_find_one(store, NULL, "select count(*) / 2 as most from mcp_listener where topic <> 0"
	                           " group by caller order by count(*) desc limit 1", NULL, NULL, room_shape, &room);

	return found == 0 || (found == 1 &&
		store_change(store, "insert into mcp_listener (caller, topic, begun, used)"
			" select caller, 0, min(begun), max(used) from mcp_listener where topic <> 0"
			" group by caller having count(*) > :most order by caller" AND_SAYS,
			room_shape, &room) >= 0 &&
		store_change(store, "delete from mcp_listener where topic <> 0 and exists (select 1 from mcp_listener o"
			" where o.caller = mcp_listener.caller and o.topic = 0 and o.begun <= mcp_listener.begun)",
			NULL, NULL) >= 0);
}

/* Those that were used longest ago, whosever they are. */
static bool fold_old(struct store *store, int64_t most)
{
	struct room room = { .most = most };

	return store_find_one(store, NULL, "select used as until from mcp_listener order by used desc limit 1"
	                      " offset :most", room_shape, &room, room_shape, &room) == 1 &&
		store_change(store, "insert into mcp_listener (caller, topic, begun, used)"
			" select 0, 0, min(begun), max(used) from mcp_listener where used <= :until"
			" having count(*) > 0" AND_SAYS, room_shape, &room) >= 0 &&
		store_change(store, "delete from mcp_listener where caller <> 0 and used <= :until"
			" and begun >= (select begun from mcp_listener where caller = 0 and topic = 0)",
			room_shape, &room) >= 0;
}

bool listener_rows_tidy(struct store *store)
{
	if (store_change(store, "delete from mcp_listener where used < mcp_now() - " FORGOTTEN, NULL, NULL) < 0)
		return false;
	int64_t rows = count(store), before = rows + 1;
	bool done = true;

	/* Until that helps no more: each caller has one. */
	while (done && rows > LISTENER_ROWS_MOST && rows < before) {
		before = rows;
		done = fold_callers(store);
		rows = count(store);
	}
	return done && (rows <= LISTENER_ROWS_MOST || fold_old(store, LEFT)) && rows >= 0;
}
