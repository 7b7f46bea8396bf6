/* listener_rows.c - who has listened to what since when, in the database.
 *
 * Times there are the database's, and its clock may be set, also back: what a row says is brought to this process's
 * own clock by how far the database's was ever seen ahead of it, so it never says too late a time. */
#include "listener_rows.h"

#include "json.h"
#include "state_private.h"
#include "store_internal.h"

#define TIDY_EVERY 4096                 /* rows that this process made */
#define USED_EVERY_MS 86400000          /* a row says when it was used, that exactly */
#define ALWAYS 0                        /* by tick_ms(): before anything was known here */

/* Topics that are no hash, and come before those: the database's time; a caller's others, or everyone's. */
#define CLOCK "-1"
#define OTHERS "0"

static bool first;
static int64_t ahead_ms;                /* the database's clock, of tick_ms(), at most */
static int made;                        /* rows, since it was looked whether there are too many */

struct note {
	int64_t caller;
	const char *topics;
};

static SHAPE(note_shape, struct note,
	INT(struct note, caller, "Its hash"),
	TEXT(struct note, topics, "Hashes, JSON"));

struct row {
	int64_t topic, begun, used, now;
};

static SHAPE(row_shape, struct row,
	INT(struct row, topic, "A hash"),
	INT(struct row, begun, "Since when it is listened to"),
	INT(struct row, used, "When it was last begun to, about"),
	INT(struct row, now, "The database's time"));

struct rows_had {
	int64_t count;
};

static SHAPE(had_shape, struct rows_had,
	INT(struct rows_had, count, "How many there are"));

#define FIND(values) \
	"select " CLOCK " as topic, 0 as begun, 0 as used, mcp_now() as now" \
	" union all select topic, begun, used, mcp_now() from mcp_listener" \
	"  where caller = :caller and topic in (select " OTHERS " union all select " values ")" \
	" union all select topic, begun, used, mcp_now() from mcp_listener where caller = 0 and topic = " OTHERS \
	" order by topic"

/* Always in the same order, or two processes could wait for one another. */
#define NOTE(values) \
	"insert into mcp_listener (caller, topic) select cast(:caller as bigint), " values " where true order by 2" \
	" on conflict (caller, topic) do update set used = excluded.used"

#define OF_SQLITE "value from json_each(:topics)"
#define OF_POSTGRESQL "cast(value as bigint) from jsonb_array_elements_text(cast(:topics as jsonb))"

static const char *const find_sql[] = {
	[STORE_SQLITE] = FIND(OF_SQLITE), [STORE_POSTGRESQL] = FIND(OF_POSTGRESQL)
};
static const char *const note_sql[] = {
	[STORE_SQLITE] = NOTE(OF_SQLITE), [STORE_POSTGRESQL] = NOTE(OF_POSTGRESQL)
};

static const char *json_of(struct arena *arena, const int64_t *topics, int count)
{
	struct json json = json_begin(arena, 256);

	json_array(&json);
	for (int i = 0; i < count; i++)
		json_int(&json, topics[i]);
	json_array_end(&json);
	return arena_copy(arena, json_end(&json));
}

/* ---- What there is ---- */

/* What rows say of the listener at hand. */
struct said {
	const struct row *row, *end;    /* the next, and behind the last */
	int64_t others_ms;              /* since when it may have listened to anything */
	int64_t *topics;                /* to be noted, in order: no row says them, or one that was used long ago */
	int count, fresh;
};

/* One of the future was made before the clock was set back, nobody knows how long. */
static int64_t since(const struct row *row)
{
	return row->begun > row->now ? ALWAYS : row->begun - ahead_ms;
}

static void say_others(struct said *said, int64_t asked_ms)
{
	int64_t offset_ms = said->row->now - asked_ms;

	if (offset_ms > ahead_ms)
		ahead_ms = offset_ms;
	for (said->row++; said->row < said->end && said->row->topic == 0; said->row++)
		if (since(said->row) < said->others_ms)
			said->others_ms = since(said->row);
}

static int64_t say(struct said *said, int64_t topic)
{
	const struct row *row = said->row < said->end && said->row->topic == topic ? said->row++ : NULL;
	int64_t since_ms = row ? since(row) : said->others_ms;

	if (!row || row->now - row->used > USED_EVERY_MS)
		said->topics[said->count++] = topic;
	said->fresh += !row;
	return since_ms < said->others_ms ? since_ms : said->others_ms;
}

static bool find(struct listener_errand *listener, struct store *store, struct said *said)
{
	struct arena *arena = listener->errand.arena;
	struct note note = { listener->caller, json_of(arena, listener->topics, listener->count) };
	int64_t asked_ms = tick_ms();
	ROWS(struct row) rows;

	if (!store_find(store, arena, find_sql[store_kind(store)], note_shape, &note, row_shape, &rows))
		return false;
	*said = (struct said) { .row = rows.first, .end = rows.first + rows.count, .others_ms = asked_ms,
	                        .topics = arena_array(arena, int64_t, listener->count + 1) };
	say_others(said, asked_ms);
	for (int i = 0; i < listener->count; i++)
		listener->since_ms[i] = say(said, listener->topics[i]);
	return true;
}

/* ---- What is noted ---- */

/* What is new and finds no room is one of the others. */
static bool fit(const struct listener_errand *listener, struct store *store, struct said *said)
{
	struct note note = { .caller = listener->caller };
	struct rows_had had;

	if (said->fresh == 0)
		return true;
	if (store_find_one(store, NULL, "select count(*) as count from mcp_listener where caller = :caller",
	                   note_shape, &note, had_shape, &had) != 1)
		return false;
	if (had.count + said->fresh > LISTENER_CALLER_MOST) {
		said->topics[0] = 0;
		said->count = said->fresh = 1;
	}
	return true;
}

static bool note(const struct listener_errand *listener, struct store *store, struct said *said)
{
	struct note note = { listener->caller, json_of(listener->errand.arena, said->topics, said->count) };

	made += said->fresh;
	return said->count == 0 || store_change(store, note_sql[store_kind(store)], note_shape, &note) >= 0;
}

bool listener_rows_note(struct errand *errand, struct store *store)
{
	struct listener_errand *listener = (struct listener_errand *)errand;
	struct said said;

	/* Memory knows nobody who was here before. */
	for (int i = 0; i < listener->count; i++)
		listener->since_ms[i] = ALWAYS;
	if (!state_set.database)
		return true;
	/* Whether it can or not: it is tried again when there are as many more. */
	if (made >= TIDY_EVERY)
		(void)!listener_rows_tidy(store);
	made %= TIDY_EVERY;
	return find(listener, store, &said) && fit(listener, store, &said) && note(listener, store, &said);
}

/* ---- As a process begins ---- */

/* It hears what changes from now on, and those that are in the future have begun before. */
static bool see_clock(struct store *store)
{
	struct row row;
	int64_t asked_ms = tick_ms();

	if (store_change(store, "update mcp_listener set begun = 0 where begun > mcp_now()", NULL, NULL) < 0 ||
	    store_find_one(store, NULL, "select mcp_now() as now", NULL, NULL, row_shape, &row) != 1)
		return false;
	ahead_ms = row.now - asked_ms;
	return true;
}

/* The first of all: nobody listened before this table was made. It is alone, if none was there until it hears. */
static bool look_who_was(struct store *store)
{
	struct rows_had had;

	first = false;
	if (!state_set.database || store_lost(store) || state_me() != 1)
		return true;
	if (store_change(store, "delete from mcp_listener where caller = 0", NULL, NULL) < 0 ||
	    store_find_one(store, NULL, "select count(*) as count from mcp_process where id <> 1"
	                   " or exists (select 1 from mcp_listener)", NULL, NULL, had_shape, &had) != 1)
		return false;
	first = had.count == 0;
	return true;
}

bool listener_rows_begin(struct store *store)
{
	return see_clock(store) && look_who_was(store);
}

bool listener_rows_are_first(void)
{
	return first;
}
