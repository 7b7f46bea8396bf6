/* stream_bytes.c - room for events that are kept for clients: of a stream, of a caller, in all.
 *
 * A stream's row says how many bytes there are of it. Who writes sees that, and drops the oldest events
 * of a stream that has too many. For the sums this process adds up what it writes, and looks at the
 * rows only when it may be too much; then the streams that were written longest ago, of whoever has
 * most, lose what is kept of them. A caller has at most half. */
#include "stream_bytes.h"
#include "stream_rows.h"

#define SLACK(most) ((most) / 16)       /* more goes than has to, so that it need not be soon again */
#define ROUNDS_MAX 50                   /* of making room, at one look */

static struct {
	int64_t written;                /* since the latest look */
	int64_t left;                   /* there was room for so much then */
} room;

struct kept {
	const char *session, *caller;
	int64_t number, keep, bytes, excess, written;
};

static SHAPE(kept_shape, struct kept,
	TEXT(struct kept, session, "Its session"),
	TEXT(struct kept, caller, "Whose"),
	INT(struct kept, number, "Which stream"),
	INT(struct kept, keep, "How many bytes of a stream are kept"),
	INT(struct kept, bytes, "How many there are"),
	INT(struct kept, excess, "How many are to go"),
	INT(struct kept, written, "When a stream was written"));

/* Runs statements of one transaction one after the other. */
static bool change_all(struct store *store, const char *const *sql, const struct kept *kept)
{
	for (; *sql; sql++)
		if (store_change(store, *sql, kept_shape, kept) < 0)
			return false;
	return true;
}

/* ---- Of a stream ---- */

/* The newest event is kept, however large. */
static bool trim(struct store *store, void *context)
{
	static const char *const sql[] = {
		"delete from mcp_event where session = :session and stream = :number and number <="
		" (select max(number) from (select number,"
		"  sum(" STREAM_EVENT_SQL ") over (order by number desc) as behind from mcp_event"
		"  where session = :session and stream = :number) e where behind > :keep)"
		" and number < (select last from mcp_stream where session = :session and number = :number)",
		"update mcp_stream set bytes = " STREAM_ROW_SQL
		"  + (select coalesce(sum(" STREAM_EVENT_SQL "), 0) from mcp_event e"
		"  where e.session = :session and e.stream = :number)"
		" where session = :session and number = :number",
		NULL
	};

	return change_all(store, sql, context);
}

void stream_bytes_written(struct store *store, const struct append_errand *append, int64_t bytes)
{
	struct kept kept = { .session = append->session, .number = append->stream,
	                     .keep = state_set.stream_max };

	if (append->lost)
		return;
	room.written += bytes;
	/* What can't be now will be seen with the next event. */
	if (append->count > 0 && append->kept > kept.keep + kept.keep / 2)
		(void)!store_transact(store, trim, &kept);
}

/* ---- Of callers ---- */

#define OF_CALLER "session in (select id from mcp_session where caller = :caller)"

/* What ended goes altogether; what goes on loses its events, and who reads it what it has not read. */
static bool cut(struct store *store, void *context)
{
	static const char *const sql[] = {
		"delete from mcp_stream where ended <> 0 and written <= :written and " OF_CALLER,
		"delete from mcp_event where (session, stream) in"
		" (select session, number from mcp_stream where written <= :written and " OF_CALLER ")",
		"update mcp_stream set bytes = " STREAM_ROW_SQL ""
		" where written <= :written and " OF_CALLER,
		NULL
	};
	struct kept *kept = context, until = { 0 };
	struct arena *arena = arena_create();
	int found = store_find_one(store, arena, "select coalesce(max(written), 0) as written from"
		" (select written, sum(bytes) over (order by written, session, number) - bytes as before"
		"  from mcp_stream where " OF_CALLER ") s where before < :excess",
		kept_shape, kept, kept_shape, &until);

	kept->written = until.written;
	arena_destroy(arena);
	return found == 1 && change_all(store, sql, kept);
}

/* How much more of it there may be; the caller who has most, and how much of it is to go. */
static int64_t measure(const struct rows *rows, struct kept *most)
{
	const struct kept *each = rows->first;
	int64_t all = 0, max = state_set.kept_max, share = max / 2;

	for (int64_t i = 0; i < rows->count; i++)
		all += each[i].bytes;
	*most = rows->count ? each[0] : (struct kept) { 0 };
	int64_t left = max - all < share - most->bytes ? max - all : share - most->bytes;
	int64_t second = rows->count > 1 ? each[1].bytes : 0;
	/* Nobody loses much more than it has over the next. */
	most->excess = most->bytes > share ? most->bytes - share : all - max;
	if (most->bytes <= share && most->excess > most->bytes - second)
		most->excess = most->bytes - second;
	most->excess += SLACK(share);
	return left;
}

static bool make_room(struct store *store, struct arena *arena)
{
	ROWS(struct kept) rows;
	struct kept most;

	if (!store_find(store, arena, "select caller, cast(sum(bytes) as bigint) as bytes"
	                " from mcp_stream s join mcp_session o on o.id = s.session"
	                " group by caller order by 2 desc", NULL, NULL, kept_shape, &rows))
		return false;
	room.left = measure(&rows.rows, &most);
	return room.left < 0 && store_transact(store, cut, &most) == STORE_COMMITTED;
}

void stream_bytes_look(struct store *store)
{
	struct arena *arena = arena_create();

	/* Others write too; whoever sees most of it looks first. */
	if (state_set.kept_max && room.written > room.left / 2 &&
	    room.written > SLACK(state_set.kept_max)) {
		room.written = 0;
		for (int i = 0; i < ROUNDS_MAX && make_room(store, arena); i++)
			;
	}
	arena_destroy(arena);
}
