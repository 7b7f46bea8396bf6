/* stream_row.c - streams and their events in the database.
 *
 * Every writer and every client that comes back takes the stream's row first, so one follows the
 * other: what was written before a client came back it reads, what is written after it is told of. */
#include <stdio.h>

#include "json.h"
#include "shared_private.h"

/* ---- Writing: many streams in one statement ---- */

struct batch {
	const char *batch;              /* JSON */
	int64_t me;
	int64_t number;                 /* of what comes back */
	const char *session;
	int64_t attached;
	const char *told;
};

static const struct shape batch_shape = SHAPE(struct batch,
	TEXT(struct batch, batch, "What is to be written"),
	INT(struct batch, me, "This process"),
	TEXT(struct batch, session, "Its session"),
	INT(struct batch, number, "Of the stream"),
	INT(struct batch, attached, "Whose its client is"),
	TEXT(struct batch, told, "Nothing"));

static const char append_sql[] =
	"with r as (select * from jsonb_to_recordset(cast(:batch as jsonb)) as r(session text,"
	"  number bigint, fresh boolean, listens boolean, over boolean, ids text, last bigint,"
	"  events jsonb)),"
	" opened as (insert into mcp_stream"
	"  (session, number, home, attached, listens, ids, last, ended)"
	"  select r.session, r.number, cast(:me as bigint), cast(:me as bigint), r.listens,"
	"  coalesce(r.ids, '[]'), r.last, case when r.over then mcp_now() else 0 end"
	"  from r join mcp_session s on s.id = r.session where r.fresh"
	"  on conflict (session, number) do update set last = greatest(mcp_stream.last, excluded.last),"
	"  ended = excluded.ended where mcp_stream.home = excluded.home"
	"  returning session, number, attached),"
	" held as (update mcp_stream s set last = greatest(s.last, r.last), ids = coalesce(r.ids, s.ids),"
	"  ended = case when r.over then mcp_now() else s.ended end from r"
	"  where not r.fresh and s.session = r.session and s.number = r.number"
	"  and s.home = cast(:me as bigint) returning s.session, s.number, s.attached),"
	" ours as (select * from opened union all select * from held),"
	" carried as (update mcp_session s set listener = r.number from r"
	"  where r.fresh and r.listens and s.id = r.session returning s.id),"
	" written as (insert into mcp_event (session, stream, number, data, at)"
	"  select o.session, o.number, cast(e.value->>0 as bigint), e.value->>1, mcp_now()"
	"  from ours o join r using (session, number), jsonb_array_elements(r.events) e"
	"  on conflict do nothing)"
	" select o.session, o.number, o.attached,"
	"  case when o.attached not in (0, cast(:me as bigint)) then cast(pg_notify("
	"   '" CHANNEL_ONE "' || o.attached, 'events ' || o.session || ' ' || o.number) as text)"
	"  when exists (select 1 from carried c where c.id = o.session) then"
	"   cast(pg_notify('" CHANNEL_ALL "', 'session ' || o.session) as text) end as told"
	" from ours o";

static void write_one(struct json *json, const struct append_errand *append)
{
	json_object(json);
	json_key(json, "session");
	json_text(json, append->session);
	json_key(json, "number");
	json_int(json, append->stream);
	json_key(json, "fresh");
	json_bool(json, append->fresh);
	json_key(json, "listens");
	json_bool(json, append->listens);
	json_key(json, "over");
	json_bool(json, append->over);
	json_key(json, "last");
	json_int(json, append->last);
	if (append->ids) {
		json_key(json, "ids");
		json_text(json, append->ids);
	}
	json_key(json, "events");
	json_array(json);
	for (int64_t i = 0; i < append->count; i++) {
		json_array(json);
		json_int(json, append->events[i].number);
		json_text(json, append->events[i].text);
		json_array_end(json);
	}
	json_array_end(json);
	json_object_end(json);
}

static struct append_errand *append_of(struct errand *errand)
{
	return (struct append_errand *)errand;
}

static void note_result(struct errand *first, int count, const struct rows *rows)
{
	const struct batch *row = rows->first;

	for (int i = 0; i < count; i++, first = first->next) {
		struct append_errand *append = append_of(first);
		append->lost = true;
		for (int64_t k = 0; k < rows->count && append->lost; k++) {
			if (row[k].number != append->stream || strcmp(row[k].session, append->session) != 0)
				continue;
			append->lost = false;
			append->attached = row[k].attached;
		}
	}
}

/* Two of one stream can't be in one statement: it would see the row only once. */
static bool is_repeated(struct errand *first, const struct errand *errand)
{
	for (; first != errand; first = first->next)
		if (append_of(first)->stream == ((const struct append_errand *)errand)->stream)
			return true;
	return false;
}

static bool write_many(struct errand *first, int count, struct store *store)
{
	struct arena *arena = arena_create();
	struct json json = json_begin(arena, 1024);
	struct errand *each = first;
	struct rows rows;

	json_array(&json);
	for (int i = 0; i < count; i++, each = each->next)
		write_one(&json, append_of(each));
	json_array_end(&json);
	struct batch batch = { .batch = arena_copy(arena, json_end(&json)), .me = shared_me() };
	bool done = store_find(store, arena, append_sql, &batch_shape, &batch, &batch_shape, &rows);
	if (done)
		note_result(first, count, &rows);
	arena_destroy(arena);
	return done;
}

bool stream_rows_append(struct errand *first, int count, struct store *store)
{
	while (count > 0) {
		struct errand *end = first;
		int together = 0;
		while (together < count && !is_repeated(first, end)) {
			together++;
			end = end->next;
		}
		if (!write_many(first, together, store))
			return false;
		first = end;
		count -= together;
	}
	return true;
}

/* ---- Coming back ---- */

struct stream_row {
	const char *session;
	int64_t number, me, after, home, attached, last, ended;
	bool listens;
	const char *ids;
};

static const struct shape stream_shape = SHAPE(struct stream_row,
	TEXT(struct stream_row, session, "Its session"),
	INT(struct stream_row, number, "Its number"),
	INT(struct stream_row, me, "This process"),
	INT(struct stream_row, after, "What the client has"),
	INT(struct stream_row, home, "Who writes it"),
	INT(struct stream_row, attached, "Whose its client is"),
	INT(struct stream_row, last, "Its latest event"),
	INT(struct stream_row, ended, "When it ended; 0: it has not"),
	BOOL(struct stream_row, listens, "It carries what no call asked for"),
	TEXT(struct stream_row, ids, "The calls it answers"));

/* Of one reading. */
#define PAGE_EVENTS "500"
#define PAGE_BYTES "131072"             /* and one more */

static const struct shape event_shape = SHAPE(struct shared_event,
	INT(struct shared_event, number, "Which"),
	TEXT(struct shared_event, text, "The message"));

/* The first events since; false: the database can't. Where some are gone, `there` is false. */
static bool read_events(struct read_errand *read, struct store *store, const struct stream_row *now)
{
	struct stream_row row = { .session = read->session, .number = read->stream,
	                          .after = read->after };

	if (!store_find(store, read->errand.arena, "select number, text from (select number, text,"
	                " sum(length(text)) over (order by number) - length(text) as before from ("
	                " select number, data as text from mcp_event where session = :session"
	                " and stream = :number and number > :after order by number limit " PAGE_EVENTS ") e"
	                ") f where before < " PAGE_BYTES " order by number",
	                &stream_shape, &row, &event_shape, &read->events))
		return false;
	const struct shared_event *first = read->events.first;
	int64_t count = read->events.count;

	read->last = now->last;
	read->there = count ? first->number == read->after + 1 : read->after >= now->last;
	read->over = now->ended && (count ? first[count - 1].number : read->after) >= now->last;
	return true;
}

/* Tells whoever had it before. */
static bool tell_others(struct store *store, const struct stream_row *before)
{
	if (before->attached && before->attached != before->me &&
	    !tell_one(store, before->attached, "detach", before->session, before->number))
		return false;
	return !before->listens || !before->home || before->home == before->me ||
	       tell_one(store, before->home, "lost", before->session, before->number);
}

/* The session's messages go to the stream whose client came last. */
static bool carry(struct store *store, const struct stream_row *row)
{
	char words[128];

	snprintf(words, sizeof(words), "session %s", row->session);
	return store_change(store, "update mcp_session set listener = :number where id = :session",
	                    &stream_shape, row) == 1 && tell_all(store, CHANNEL_ALL, words);
}

static bool attach(struct store *store, void *context)
{
	struct read_errand *read = context;
	struct stream_row row = { .session = read->session, .number = read->stream,
	                          .me = shared_me() }, before = row;
	int found = store_find_one(store, read->errand.arena,
		"select home, attached, last, ended, listens, ids from mcp_stream"
		" where session = :session and number = :number for update",
		&stream_shape, &row, &stream_shape, &before);

	read->there = false;
	if (found <= 0 || !read_events(read, store, &before))
		return found == 0;
	/* Who says to have more than there is would wait for what comes after that. */
	read->there &= read->after <= before.last;
	if (!read->there)
		return false;
	read->listens = before.listens;
	read->home = before.listens ? row.me : before.home;
	read->moved = before.listens && (before.home != row.me || before.ended);
	read->over &= !before.listens;
	read->ids = before.ids;
	before.session = row.session;
	before.number = row.number;
	before.me = row.me;
	/* One that listens is written by whoever has the client. */
	return tell_others(store, &before) &&
		store_change(store, "update mcp_stream set attached = :me,"
		" home = case when listens then :me else home end,"
		" ended = case when listens then 0 else ended end"
		" where session = :session and number = :number", &stream_shape, &row) == 1 &&
		(!before.listens || carry(store, &row));
}

bool stream_rows_attach(struct errand *errand, struct store *store)
{
	struct read_errand *read = (struct read_errand *)errand;
	enum store_outcome outcome = store_transact(store, attach, read);

	return outcome == STORE_COMMITTED || (outcome == STORE_TAKEN_BACK && !read->there);
}

bool stream_rows_read(struct errand *errand, struct store *store)
{
	struct read_errand *read = (struct read_errand *)errand;
	struct stream_row row = { .session = read->session, .number = read->stream }, now = { 0 };
	int found = store_find_one(store, errand->arena, "select last, ended, home from mcp_stream"
		" where session = :session and number = :number", &stream_shape, &row, &stream_shape, &now);

	read->there = false;
	if (found <= 0)
		return found == 0;
	/* What is written between the two statements is told of once more. */
	read->home = now.home;
	return read_events(read, store, &now);
}

bool stream_rows_leave(struct errand *errand, struct store *store)
{
	struct leave_errand *leave = (struct leave_errand *)errand;
	struct stream_row row = { .session = leave->session, .number = leave->stream,
	                          .me = shared_me() };

	struct stream_row told;

	return store_find_one(store, errand->arena,
		"with gone as (update mcp_stream set attached = 0"
		"  where session = :session and number = :number and attached = :me returning session),"
		" other as (select max(number) as number from mcp_stream where session = :session"
		"  and number <> :number and listens and attached <> 0 and ended = 0),"
		" moved as (update mcp_session s set listener = other.number from gone, other"
		"  where s.id = gone.session and s.listener = :number and other.number is not null"
		"  returning s.id)"
		" select cast(pg_notify('" CHANNEL_ALL "', 'session ' || id) as text) as ids from moved",
		&stream_shape, &row, &stream_shape, &told) >= 0;
}
