/* listener_rows.c - who has listened to what, in the database. */
#include "listener_rows.h"

#include "state_private.h"
#include "store_internal.h"

#define ROWS_MOST 100000                /* beyond, nobody's is noted: all may be known for ever */
#define LOOK_EVERY 256                  /* notes of a process */
#define FORGOTTEN "15811200000"         /* ms, half a year */

/* The row that says: whoever listened before this table was made is not in it. */
#define BEFORE "0"

static bool before, first;
static unsigned notes;
static int64_t rows;                    /* at the latest count */

struct note {
	const char *topics;
	int64_t rows, before;
};

static SHAPE(note_shape, struct note,
	TEXT(struct note, topics, "The hashes, JSON"),
	INT(struct note, rows, "How many there are"),
	INT(struct note, before, "1: of those, one that says that others were before"));

static SHAPE(listener_shape, struct state_listener,
	INT(struct state_listener, topic, "A hash"),
	INT(struct state_listener, known_ms, "For how long"));

/* Always in the same order, or two processes could wait for one another. */
#define NOTE(values) \
	"insert into mcp_listener (topic) select distinct " values " where true order by 1" \
	" on conflict (topic) do update set used = mcp_now()" \
	" returning topic, used - begun as known_ms"

static const char *const note_sql[] = {
	[STORE_SQLITE] = NOTE("value from json_each(:topics)"),
	[STORE_POSTGRESQL] = NOTE("cast(value as bigint) from jsonb_array_elements_text(cast(:topics as jsonb))"),
};

int64_t listener_topic(const char *caller, const char *uri)
{
	uint64_t hash = str_hash(str_of(caller)) * 11400714819323198485u ^ str_hash(str_of(uri));
	int64_t topic;

	memcpy(&topic, &hash, sizeof(topic));
	return topic;
}

/* Whether a listener is known for ever, and how many are. */
static bool look(struct store *store)
{
	struct note seen;
	bool done = store_change(store, "delete from mcp_listener where used < mcp_now() - " FORGOTTEN,
	                         NULL, NULL) >= 0
		&& store_find_one(store, NULL, "select count(*) as rows, count(case when topic = " BEFORE
		                  " then 1 end) as before from mcp_listener", NULL, NULL, note_shape, &seen) == 1;

	if (done) {
		rows = seen.rows;
		before = seen.before > 0;
	}
	return done;
}

bool listener_rows_note(struct errand *errand, struct store *store)
{
	struct listener_errand *listener = (struct listener_errand *)errand;
	struct note note = { .topics = listener->topics };

	listener->unsure = true;
	if (!state_set.database)
		return true;            /* memory knows nobody who was here before */
	if (notes++ % LOOK_EVERY == 0 && !look(store))
		return false;
	listener->unsure = before || rows >= ROWS_MOST;
	return rows >= ROWS_MOST || store_find(store, errand->arena, note_sql[store_kind(store)], note_shape,
	                                       &note, listener_shape, &listener->known);
}

bool listener_rows_begin(struct store *store)
{
	first = state_set.database && !store_lost(store) && state_me() == 1;
	return !first || store_change(store, "delete from mcp_listener where topic = " BEFORE, NULL, NULL) >= 0;
}

bool listener_rows_are_first(void)
{
	return first;
}
