/* beat.c - the heartbeat of a process: it says that it lives, buries the dead, and tidies up. */
#include "json.h"
#include "log.h"
#include "room_seen.h"
#include "store_internal.h"
#include "stream_bytes.h"

#define DEAD "10000"                    /* ms without a beat */

struct beat_row {
	const char *kind, *ids, *begun;
	int64_t id, me, judges, idle, resume, most, left, ttl;
};

static SHAPE(beat_shape, struct beat_row,
	TEXT(struct beat_row, kind, "What it is about"),
	TEXT(struct beat_row, ids, "Of sessions, JSON"),
	TEXT(struct beat_row, begun, "The session that begins"),
	INT(struct beat_row, id, "Whom"),
	INT(struct beat_row, me, "This process"),
	INT(struct beat_row, judges, "1: looks for the dead"),
	INT(struct beat_row, idle, "How long a session may be idle"),
	INT(struct beat_row, resume, "How long events are kept"),
	INT(struct beat_row, most, "How many sessions there may be"),
	INT(struct beat_row, left, "How many are left of more"),
	INT(struct beat_row, ttl, "How long results of tasks are kept"));

bool beat_register(struct store *store)
{
	struct arena *arena = arena_create();
	struct beat_row row = { 0 };
	int made = store_find_one(store, arena, "insert into mcp_process (seen) values (mcp_now())"
	                          " returning id", NULL, NULL, beat_shape, &row);

	arena_destroy(arena);
	if (made == 1)
		state_set_me(row.id);
	room_forget();
	return made == 1;
}

/* ---- The dead ---- */

struct orphan {
	const char *session, *ids, *told;
	int64_t number, home, last, attached, me, alone;
};

static SHAPE(orphan_shape, struct orphan,
	TEXT(struct orphan, session, "Its session"),
	TEXT(struct orphan, ids, "The calls it should have answered; as a parameter, an answer"),
	TEXT(struct orphan, told, "Nothing"),
	INT(struct orphan, number, "The stream"),
	INT(struct orphan, home, "Whose it was"),
	INT(struct orphan, last, "Its latest event"),
	INT(struct orphan, attached, "Whose its client is"),
	INT(struct orphan, me, "This process"),
	INT(struct orphan, alone, "1: there is no other"));

/* Its clients are told that nobody will answer any more. It is nobody's then: what its process still had
 * on its way must not come behind. */
static bool end_orphan(struct store *store, struct arena *arena, struct orphan *orphan)
{
	str words = state_set.handler.last_words(arena, str_of(orphan->ids));
	enum json_trouble trouble;
	yyjson_val *each, *array = json_parse_copy(arena, words, 2, &trouble);
	size_t index, count;
	struct orphan none;

	yyjson_arr_foreach(array, index, count, each) {
		orphan->ids = yyjson_get_str(each);
		orphan->last++;
		if (!store_queue(store, "insert into mcp_event (session, stream, number, data, at)"
		                 " values (:session, :number, :last, :ids, mcp_now())",
		                 orphan_shape, orphan))
			return false;
	}
	return store_find_one(store, arena, "update mcp_stream set ended = mcp_now(), home = 0, last = :last"
		" where session = :session and number = :number"
		" returning case when attached <> 0 then cast(pg_notify('" CHANNEL_ONE "' || attached,"
		"  'events ' || session || ' ' || number) as text) end as told",
		orphan_shape, orphan, orphan_shape, &none) == 1;
}

/* Streams whose home is no process any more, however they came to it: one that was buried without knowing
 * may have opened or taken one since. */
#define ORPHANED "home <> 0 and ended = 0" \
	" and not exists (select 1 from mcp_process p where p.id = home)"

/* Of one that only listens the client comes back and goes on elsewhere; a call that waits for a person
 * is taken up by whoever gets the answer, where the questions got to the stream. To change a row is to
 * lock it. */
static bool end_orphans(struct store *store, int64_t *count)
{
	struct arena *arena = arena_create();
	ROWS(struct orphan) rows = { 0 };
	bool done = store_change(store, "update mcp_stream set ended = mcp_now(), home = 0"
		" where listens and " ORPHANED, NULL, NULL) >= 0
		&& store_find(store, arena, "update mcp_stream as s set last = last"
		" where " ORPHANED " and not exists (select 1 from mcp_call c"
		" where c.session = s.session and c.stream = s.number and c.claimed = 0"
		" and c.asked <= s.last)"
		" returning session, number, ids, last, attached", NULL, NULL, orphan_shape, &rows);

	for (int64_t i = 0; done && i < rows.count; i++)
		done = end_orphan(store, arena, &((struct orphan *)rows.first)[i]);
	*count = rows.count;
	arena_destroy(arena);
	return done;
}

struct grave {
	int64_t id;
	bool alone;
	int64_t streams;
};

/* What it had not told yet of what it changed nobody will: it may be anything. */
static bool tell_of_death(struct store *store, const struct grave *grave)
{
	return grave->alone || grave->id == state_me() || tell_all(store, CHANNEL_ALL, "missed");
}

static bool bury(struct store *store, void *context)
{
	struct grave *grave = context;
	struct orphan dead = { .home = grave->id, .me = state_me(), .alone = grave->alone };

	/* One of the living does it, the others see the row gone. */
	return store_change(store, "delete from mcp_process where id = :home"
	                    " and (id = :me or :alone = 1 or seen < mcp_now() - " DEAD ")",
	                    orphan_shape, &dead) == 1
		&& end_orphans(store, &grave->streams) && task_rows_bury(store)
		&& tell_of_death(store, grave);
}

static bool bury_other(struct store *store, int64_t id, bool alone)
{
	struct grave grave = { .id = id, .alone = alone };
	enum store_outcome outcome = store_transact(store, bury, &grave);

	if (outcome == STORE_COMMITTED && grave.streams == 0)
		log_info("process %lld ended without a word, and left nothing open", (long long)id);
	else if (outcome == STORE_COMMITTED)
		log_warning("process %lld died; %lld calls of its streams are answered with an error",
		            (long long)id, (long long)grave.streams);
	return outcome != STORE_FAILED;
}

bool beat_bury_others(struct store *store)
{
	struct arena *arena = arena_create();
	struct beat_row row = { .me = state_me() };
	ROWS(struct beat_row) rows;
	bool done = store_find(store, arena, "select id from mcp_process where id <> :me", beat_shape,
	                       &row, beat_shape, &rows);

	for (int64_t i = 0; done && i < rows.count; i++)
		done = bury_other(store, ((struct beat_row *)rows.first)[i].id, true);
	arena_destroy(arena);
	return done;
}

void beat_end(struct store *store)
{
	struct grave grave = { .id = state_me() };

	if (store_transact(store, bury, &grave) == STORE_FAILED)
		log_warning("the database could not be told that this process ends; the others will see");
}

/* ---- Sessions, so many and no more ---- */

static int64_t sessions;                /* there are, as far as this process knows */

/* What this process knows of their use the database learns first, so that the right ones go: where there
 * are too many, of whoever has most the one that is idle longest. The one that begins was used last, for
 * what others were used at is told by the clock of now, which has gone on since its row was made. */
static const char *const used_sql[] = {
	[STORE_SQLITE] = "with now as materialized (select mcp_now() as at)"
		" update mcp_session as s set used = now.at - u.key - 1 from now, json_each(:ids) u"
		" where s.id = u.value",
	[STORE_POSTGRESQL] = "with now as materialized (select mcp_now() as at)"
		" update mcp_session s set used = now.at - u.place from now, jsonb_array_elements_text("
		" cast(:ids as jsonb)) with ordinality as u(id, place) where s.id = u.id",
};

/* Those that were idle for too long, and those that are too many: only these are counted. More go than
 * have to, since to find out which ones is to look at all. */
#define SLACK(most) ((most) / 64)

static const char *const end_sql =
	"delete from mcp_session where used < mcp_now() - :idle or id in"
	" (select id from (select id, used, begun,"
	"  row_number() over (partition by party order by used desc, begun desc) as place"
	"  from mcp_session where (select count(*) from mcp_session) > :most) ranked"
	"  order by place, used desc, begun desc limit 1000000000 offset :left)"
	" returning cast(pg_notify('" CHANNEL_ALL "', 'ended ' || id) as text) as ids,"
	" case when used < mcp_now() - :idle then 0 else 1 end as id";

static bool make_room(struct store *store, const char *begun)
{
	const char *const steps[] = {
		used_sql[store_kind(store)],
		"update mcp_session set used = mcp_now() where id = :begun",
		end_sql,
		"select count(*) as id from mcp_session",
		NULL,
	};
	struct arena *arena = arena_create();
	struct beat_row row = {
		.ids = arena_copy(arena, state_set.handler.used(arena)), .begun = begun,
		.idle = state_set.session_idle_ms, .most = state_set.sessions_max,
		.left = state_set.sessions_max - SLACK(state_set.sessions_max),
	};
	ROWS(struct beat_row) rows;
	bool done = true;

	for (int i = 0; steps[i] && done; i++) {
		done = store_find(store, arena, steps[i], beat_shape, &row, beat_shape, &rows);
		for (int64_t k = 0; done && steps[i] == end_sql && k < rows.count; k++)
			atomic_fetch_add(&state_counters.evicted, ((struct beat_row *)rows.first)[k].id);
	}
	if (done)
		sessions = ((struct beat_row *)rows.first)->id;
	arena_destroy(arena);
	return done;
}

bool beat_counts_session(struct store *store, const char *begun)
{
	return ++sessions <= state_set.sessions_max || make_room(store, begun);
}

/* ---- Tidying ---- */

#define OF_STREAM "e.session = mcp_stream.session and e.stream = mcp_stream.number"

/* A stream that goes on counts what is left of it before the rest goes. */
static const char *const tidy_sql[] = {
	"delete from mcp_stream where ended <> 0 and ended < mcp_now() - :resume",
	"update mcp_stream set bytes = " STREAM_ROW_SQL " + (select coalesce(sum(" STREAM_EVENT_SQL "), 0)"
	"  from mcp_event e where " OF_STREAM " and e.at >= mcp_now() - :resume)"
	" where listens and exists (select 1 from mcp_event e where " OF_STREAM
	"  and e.at < mcp_now() - :resume)",
	"delete from mcp_event where (session, stream) in"
	" (select session, number from mcp_stream where listens) and at < mcp_now() - :resume",
	NULL
};

static bool sweep(struct store *store, void *context)
{
	return end_orphans(store, context);
}

bool beat_tidy(struct store *store)
{
	int64_t streams;
	struct arena *arena = arena_create();
	struct beat_row row = { .resume = state_set.resume_ms };
	ROWS(struct beat_row) rows;
	bool done = make_room(store, "");

	/* Rare, and large when it is prepared: none is kept for the next time. */
	for (int i = 0; tidy_sql[i] && done; i++) {
		store_rest(store);
		done = store_find(store, arena, tidy_sql[i], beat_shape, &row, beat_shape, &rows);
	}
	store_rest(store);
	arena_destroy(arena);
	return done && task_rows_tidy(store) &&
	       store_transact(store, sweep, &streams) == STORE_COMMITTED;
}

/* ---- The beat ---- */

#define PORTION 100                     /* of what is due, at once */
#define PORTION_SQL "100"
#define DUE \
	" select * from (select 'due' as kind, id, '' as ids from mcp_call" \
	"  where claimed = 0 and until < mcp_now() order by until limit " PORTION_SQL ") calls union all" \
	" select * from (select 'task', 0, id from mcp_task" \
	"  where until <> 0 and until < mcp_now() order by until limit " PORTION_SQL ") tasks"

/* Where it is alone nobody has to be told that it lives. */
static const char *const beat_sql[] = {
	[STORE_SQLITE] = DUE,
	[STORE_POSTGRESQL] = "with beat as (update mcp_process set seen = mcp_now() where id = :me"
		"  returning id)"
		" select 'alive' as kind, id, '' as ids from beat union all"
		" (select 'dead', id, '' from mcp_process where :judges = 1 and id <> :me"
		"  and seen < mcp_now() - " DEAD " limit 10) union all" DUE,
};

bool beat(struct store *store, bool judges, struct beat_seen *seen)
{
	struct arena *arena = arena_create();
	struct beat_row row = { .me = state_me(), .judges = judges };
	ROWS(struct beat_row) rows;
	bool done = store_find(store, arena, beat_sql[store_kind(store)], beat_shape, &row, beat_shape,
	                       &rows);
	const struct beat_row *each = rows.first;

	seen->unknown = done && store_kind(store) == STORE_POSTGRESQL;
	for (int64_t i = 0; done && i < rows.count; i++) {
		int64_t id = each[i].id;
		if (strcmp(each[i].kind, "alive") == 0)
			seen->unknown = false;
		else if (strcmp(each[i].kind, "dead") == 0)
			(void)bury_other(store, id, false);
		else if (strcmp(each[i].kind, "task") == 0)
			state_set.handler.task_due(str_of(each[i].ids));
		else
			state_set.handler.due(id);
	}
	seen->more = done && rows.count >= PORTION;
	arena_destroy(arena);
	return done;
}
