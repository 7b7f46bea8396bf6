/* stream_append.c - writes events to the database, those of many streams together: on PostgreSQL in one
 * statement, since each is a way there and back, on SQLite in one transaction.
 *
 * Every writer takes the stream's row first, see stream_row.c. */
#include "json.h"
#include "stream_bytes.h"
#include "stream_rows.h"

struct stream {
	const char *session, *ids, *told;
	const char *batch;              /* JSON */
	int64_t number, me, last, bytes, attached;
	bool listens;
};

static SHAPE(stream_shape, struct stream,
	TEXT(struct stream, session, "Its session"),
	TEXT(struct stream, ids, "The calls it will answer"),
	TEXT(struct stream, told, "Nothing"),
	TEXT(struct stream, batch, "What is to be written"),
	INT(struct stream, number, "Its number"),
	INT(struct stream, me, "This process"),
	INT(struct stream, last, "Its latest event"),
	INT(struct stream, bytes, "That are kept; as a parameter, more than before"),
	INT(struct stream, attached, "Whose its client is"),
	BOOL(struct stream, listens, "It carries what no call asked for"));

static struct append_errand *append_of(struct errand *errand)
{
	return (struct append_errand *)errand;
}

static int64_t size_of(const struct append_errand *append)
{
	int64_t bytes = append->fresh ? STREAM_ROW_BYTES : 0;

	if (append->ids)
		bytes += (int64_t)strlen(append->ids);
	for (int64_t i = 0; i < append->count; i++)
		bytes += (int64_t)strlen(append->events[i].text) + STREAM_EVENT_BYTES;
	return bytes;
}

/* ---- What comes of it ---- */

static void note_lost(struct append_errand *append)
{
	append->lost = true;
}

static void note_written(struct append_errand *append, const struct stream *row)
{
	append->lost = false;
	append->attached = row->attached;
	append->kept = row->bytes;
}

/* ---- PostgreSQL ---- */

static const char append_sql[] =
	"with r as (select * from jsonb_to_recordset(cast(:batch as jsonb)) as r(session text,"
	"  number bigint, fresh boolean, listens boolean, over boolean, ids text, last bigint,"
	"  bytes bigint, events jsonb)),"
	" opened as (insert into mcp_stream"
	"  (session, number, home, attached, listens, ids, last, ended, bytes, written)"
	"  select r.session, r.number, cast(:me as bigint), cast(:me as bigint), r.listens,"
	"  coalesce(r.ids, '[]'), r.last, case when r.over then mcp_now() else 0 end, r.bytes, mcp_now()"
	"  from r join mcp_session s on s.id = r.session where r.fresh"
	"  on conflict (session, number) do update set last = greatest(mcp_stream.last, excluded.last),"
	"  ended = excluded.ended where mcp_stream.home = excluded.home"
	"  returning session, number, attached, bytes),"
	" held as (update mcp_stream s set last = greatest(s.last, r.last), ids = coalesce(r.ids, s.ids),"
	"  ended = case when r.over then mcp_now() else s.ended end, bytes = s.bytes + r.bytes,"
	"  written = mcp_now() from r"
	"  where not r.fresh and s.session = r.session and s.number = r.number"
	"  and s.home = cast(:me as bigint) returning s.session, s.number, s.attached, s.bytes),"
	" ours as (select * from opened union all select * from held),"
	" carried as (update mcp_session s set listener = newest.number from"
	"  (select session, max(number) as number from r where fresh and listens group by session) newest"
	"  where s.id = newest.session returning s.id, s.listener),"
	" added as (insert into mcp_event (session, stream, number, data, at)"
	"  select o.session, o.number, cast(e.value->>0 as bigint), e.value->>1, mcp_now()"
	"  from ours o join r using (session, number), jsonb_array_elements(r.events) e"
	"  on conflict do nothing)"
	" select o.session, o.number, o.attached, o.bytes,"
	"  case when o.attached not in (0, cast(:me as bigint)) then cast(pg_notify("
	"   '" CHANNEL_ONE "' || o.attached, 'events ' || o.session || ' ' || o.number) as text)"
	"  when exists (select 1 from carried c where c.id = o.session and c.listener = o.number) then"
	"   cast(pg_notify('" CHANNEL_ALL "', 'carries ' || o.session || ' ' || o.number) as text)"
	"  end as told"
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
	json_key(json, "bytes");
	json_int(json, size_of(append));
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

static void note_rows(struct errand *first, int count, const struct rows *rows)
{
	const struct stream *row = rows->first;

	for (int i = 0; i < count; i++, first = first->next) {
		struct append_errand *append = append_of(first);
		note_lost(append);
		for (int64_t k = 0; k < rows->count && append->lost; k++)
			if (row[k].number == append->stream &&
			    strcmp(row[k].session, append->session) == 0)
				note_written(append, &row[k]);
	}
}

static bool write_statement(struct errand *first, int count, struct store *store)
{
	struct arena *arena = arena_create();
	struct json json = json_begin(arena, 1024);
	struct errand *each = first;
	ROWS(struct stream) rows;

	json_array(&json);
	for (int i = 0; i < count; i++, each = each->next)
		write_one(&json, append_of(each));
	json_array_end(&json);
	struct stream batch = { .batch = arena_copy(arena, json_end(&json)), .me = state_me() };
	bool done = store_find(store, arena, append_sql, stream_shape, &batch, stream_shape, &rows);
	if (done)
		note_rows(first, count, &rows.rows);
	arena_destroy(arena);
	return done;
}

/* Two of one stream can't be in one statement: it would see the row only once. */
static bool is_repeated(struct errand *first, const struct errand *errand)
{
	for (; first != errand; first = first->next)
		if (append_of(first)->stream == ((const struct append_errand *)errand)->stream)
			return true;
	return false;
}

static bool write_statements(struct errand *first, int count, struct store *store)
{
	while (count > 0) {
		struct errand *end = first;
		int together = 0;
		while (together < count && !is_repeated(first, end)) {
			together++;
			end = end->next;
		}
		if (!write_statement(first, together, store))
			return false;
		first = end;
		count -= together;
	}
	return true;
}

/* ---- SQLite ---- */

/* It writes no column of an index, but for streams that begin or end. */
static const char open_sql[] = "insert into mcp_stream"
	" (session, number, home, attached, listens, ids, last, bytes, written)"
	" select id, :number, :me, :me, :listens, coalesce(:ids, '[]'), :last, :bytes, mcp_now()"
	" from mcp_session where id = :session"
	" on conflict (session, number) do update set last = max(last, excluded.last)"
	" where home = excluded.home returning attached, bytes";
static const char hold_sql[] = "update mcp_stream set last = max(last, :last),"
	" bytes = bytes + :bytes, written = mcp_now()"
	" where session = :session and number = :number and home = :me returning attached, bytes";
static const char end_sql[] = "update mcp_stream set ended = mcp_now()"
	" where session = :session and number = :number";
static const char carry_sql[] = "update mcp_session set listener = :number where id = :session"
	" returning cast(pg_notify('" CHANNEL_ALL "', 'carries ' || id || ' ' || listener) as text)"
	" as told";
static const char event_sql[] = "insert into mcp_event (session, stream, number, at, data)"
	" values (:session, :stream, :number, mcp_now(), :data) on conflict do nothing";

struct event {
	const char *session, *data;
	int64_t stream, number;
};

static SHAPE(event_shape, struct event,
	TEXT(struct event, session, "Its session"),
	TEXT(struct event, data, "The message"),
	INT(struct event, stream, "Its stream"),
	INT(struct event, number, "Its number"));

static bool append_events(const struct append_errand *append, struct store *store)
{
	struct event event = { .session = append->session, .stream = append->stream };

	for (int64_t i = 0; i < append->count; i++) {
		event.number = append->events[i].number;
		event.data = append->events[i].text;
		if (store_change(store, event_sql, event_shape, &event) < 0)
			return false;
	}
	return true;
}

static bool append_one(struct append_errand *append, struct store *store)
{
	struct stream stream = { .session = append->session, .number = append->stream,
		.me = state_me(), .listens = append->listens, .ids = append->ids, .last = append->last,
		.bytes = size_of(append) }, row = { 0 };
	struct arena *arena = append->errand.arena;
	int found = store_find_one(store, arena, append->fresh ? open_sql : hold_sql, stream_shape,
	                           &stream, stream_shape, &row);

	note_lost(append);
	if (found <= 0)
		return found == 0;
	note_written(append, &row);
	if (append->fresh && append->listens &&
	    store_find_one(store, arena, carry_sql, stream_shape, &stream, stream_shape, &row) < 0)
		return false;
	if (append->over && store_change(store, end_sql, stream_shape, &stream) < 0)
		return false;
	return append_events(append, store);
}

struct turn {
	struct errand *first;
	int count;
};

static bool append_all(struct store *store, void *context)
{
	const struct turn *turn = context;
	struct errand *each = turn->first;

	for (int i = 0; i < turn->count; i++, each = each->next)
		if (!append_one(append_of(each), store))
			return false;
	return true;
}

static bool write_transaction(struct errand *first, int count, struct store *store)
{
	struct turn turn = { first, count };

	return store_transact(store, append_all, &turn) == STORE_COMMITTED;
}

/* ---- Either ---- */

bool stream_rows_append(struct errand *first, int count, struct store *store)
{
	static bool (*const write[])(struct errand *, int, struct store *) = {
		[STORE_SQLITE] = write_transaction, [STORE_POSTGRESQL] = write_statements,
	};

	if (!write[store_kind(store)](first, count, store))
		return false;
	for (int i = 0; i < count; i++, first = first->next)
		stream_bytes_written(store, append_of(first), size_of(append_of(first)));
	return true;
}
