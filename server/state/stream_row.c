/* stream_row.c - streams in the database: who reads them, and who comes back to them.
 *
 * Every writer and every client that comes back takes the stream's row first, so one follows the
 * other: what was written before a client came back it reads, what is written after it is told of. */
#include <stdio.h>

#include "state_private.h"
#include "stream_rows.h"

struct stream_row {
	const char *session;
	int64_t number, me, after, home, attached, last, ended;
	bool listens;
	const char *ids;
};

static SHAPE(stream_shape, struct stream_row,
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

static SHAPE(event_shape, struct state_event,
	INT(struct state_event, number, "Which"),
	TEXT(struct state_event, text, "The message"));

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
	                stream_shape, &row, event_shape, &read->events))
		return false;
	const struct state_event *first = read->events.first;
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

	snprintf(words, sizeof(words), "carries %s %lld", row->session, (long long)row->number);
	return store_change(store, "update mcp_session set listener = :number where id = :session",
	                    stream_shape, row) == 1 && tell_all(store, CHANNEL_ALL, words);
}

/* What a call says has to be whole. What a session follows it is told once more, and then goes on with
 * what there is. */
static void go_on_behind(struct read_errand *read, const struct stream_row *now)
{
	const struct state_event *first = read->events.first;

	read->after = read->events.count ? first->number - 1 : now->last;
	read->there = true;
}

static bool attach(struct store *store, void *context)
{
	struct read_errand *read = context;
	struct stream_row row = { .session = read->session, .number = read->stream,
	                          .me = state_me() }, before = row;
	/* To change a row is to lock it. */
	int found = store_find_one(store, read->errand.arena,
		"update mcp_stream set last = last where session = :session and number = :number"
		" returning home, attached, last, ended, listens, ids",
		stream_shape, &row, stream_shape, &before);

	read->there = false;
	if (found <= 0 || !read_events(read, store, &before))
		return found == 0;
	/* Who says to have more than there is would wait for what comes after that. */
	read->there &= read->after <= before.last;
	read->gone = before.listens && !read->there;
	if (read->gone)
		go_on_behind(read, &before);
	if (!read->there)
		return false;
	read->listens = before.listens;
	read->home = before.listens ? row.me : before.home;
	read->moved = before.listens && (before.home != row.me || before.ended || read->gone);
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
		" where session = :session and number = :number", stream_shape, &row) == 1 &&
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
	struct stream_row row = { .session = read->session, .number = read->stream,
	                          .me = state_me() }, now = { 0 };
	/* Of what is written nobody tells a process that the client is not attached to: one that moved on,
	 * or came here when this process had another number, has to come back. */
	int found = store_find_one(store, errand->arena, "select last, ended, home from mcp_stream"
		" where session = :session and number = :number and attached = :me",
		stream_shape, &row, stream_shape, &now);

	read->there = false;
	if (found <= 0)
		return found == 0;
	/* What is written between the two statements is told of once more. */
	read->home = now.home;
	return read_events(read, store, &now);
}

/* Of several that leave at once, at whatever processes, one would choose another that is about to be gone:
 * the transaction, being serializable, is run again where it relied on that. */
static bool leave(struct store *store, void *context)
{
	const struct leave_errand *leave = context;
	struct stream_row row = { .session = leave->session, .number = leave->stream,
	                          .me = state_me() }, told;

	return store_change(store, "update mcp_stream set attached = 0"
		" where session = :session and number = :number and attached = :me",
		stream_shape, &row) >= 0
	       && store_find_one(store, leave->errand.arena, "update mcp_session set listener ="
		"  (select max(number) from mcp_stream where session = :session"
		"   and listens and attached <> 0 and ended = 0)"
		" where id = :session and not exists (select 1 from mcp_stream where session = :session"
		"  and number = listener and attached <> 0 and ended = 0)"
		" and exists (select 1 from mcp_stream where session = :session"
		"  and listens and attached <> 0 and ended = 0)"
		" returning cast(pg_notify('" CHANNEL_ALL "', 'carries ' || id || ' ' || listener) as text)"
		" as ids",
		stream_shape, &row, stream_shape, &told) >= 0;
}

bool stream_rows_leave(struct errand *errand, struct store *store)
{
	return store_transact(store, leave, errand) == STORE_COMMITTED;
}
