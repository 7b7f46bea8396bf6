/* session_fetch.c - sessions brought here from the database, and what is said of them there. */
#include <stdlib.h>

#include "fatal.h"
#include "session_rows.h"
#include "session_stream_private.h"

/* ---- Copies ---- */

static void copy(struct session *session, const struct state_session *row)
{
	struct arena *arena = arena_create();
	enum json_trouble trouble;

	atomic_store(&session->log_least, (int)row->log_least);
	/* Where the row has none, one that has just begun here may not be in it yet. */
	if (atomic_exchange(&session->doubted, false) && row->listener)
		session_carry(session, row->listener);
	session_follow_only(session, json_parse_copy(arena, str_of(row->followed), 2, &trouble));
	atomic_store(&session->stale, false);
	arena_destroy(arena);
}

struct session *session_adopt(const struct state_session *row, const struct caller *caller)
{
	/* A newer version may have begun it in a revision that is not known here. */
	bool known = row->revision >= 0 && row->revision < R2026_07_28;

	if (!known || strcmp(row->caller, caller_name(caller)) != 0)
		return NULL;
	struct session *session = session_put(session_create(row->id, caller,
	                                      (enum revision)row->revision, (unsigned)row->can));
	copy(session, row);
	return session;
}

/* ---- Fetching ---- */

/* What is told on the state's thread must not be undone by a row that was read before it: each word
 * about a session counts, and a row that is older than the latest is read again. */
static pthread_mutex_t telling = PTHREAD_MUTEX_INITIALIZER;     /* for what follows, and to act on it */
static unsigned words[256];             /* by the ids' first characters */

static unsigned *words_about(str id)
{
	return &words[id.size ? (unsigned char)id.at[0] : 0];
}

unsigned session_words(const char *id)
{
	pthread_mutex_lock(&telling);
	unsigned count = *words_about(str_of(id));
	pthread_mutex_unlock(&telling);
	return count;
}

static void count_word(str id)
{
	pthread_mutex_lock(&telling);
	++*words_about(id);
	pthread_mutex_unlock(&telling);
}

struct fetching {
	struct session_errand row;
	unsigned words;                 /* when the row was read */
	const struct caller *caller;    /* held */
	session_fetched_fn *then;
	void *context;
};

static bool read_row(struct errand *errand, struct store *store)
{
	struct fetching *fetching = (struct fetching *)errand;

	fetching->words = session_words(fetching->row.session.id);
	return session_row_load(errand, store);
}

/* False: it is out of date already. */
static bool adopt(struct fetching *fetching, struct session **session)
{
	pthread_mutex_lock(&telling);
	bool current = *words_about(str_of(fetching->row.session.id)) == fetching->words;
	if (current)
		*session = session_adopt(&fetching->row.session, fetching->caller);
	pthread_mutex_unlock(&telling);
	return current;
}

static void fetched(struct errand *errand)
{
	struct fetching *fetching = (struct fetching *)errand;
	struct session *session = NULL;

	if (fetching->row.there && !fetching->caller)
		fetching->caller = auth_caller(fetching->row.session.caller);
	if (fetching->row.there && fetching->caller) {
		if (!adopt(fetching, &session)) {
			session_fetch(str_of(fetching->row.session.id), fetching->caller, fetching->then,
			              fetching->context);
			caller_drop(fetching->caller);
			return;
		}
	} else if (!errand->failed && !fetching->row.there) {
		session_ended_elsewhere(str_of(fetching->row.session.id));
	}
	caller_drop(fetching->caller);
	fetching->then(fetching->context, session, errand->failed);
}

static const struct errand_kind fetch_kind = { .work = read_row, .done = fetched };

void session_fetch(str id, const struct caller *caller, session_fetched_fn *then, void *context)
{
	struct fetching *fetching = errand_new(&fetch_kind, struct fetching);

	fetching->row.session.id = arena_copy(fetching->row.errand.arena, id);
	fetching->row.errand.party = caller ? caller_party(caller, (str) { 0 }) : 0;
	fetching->caller = caller ? caller_keep(caller) : NULL;
	fetching->then = then;
	fetching->context = context;
	errand_send(&fetching->row.errand);
}

/* ---- What others did ---- */

void session_ended_elsewhere(str id)
{
	count_word(id);
	struct session *session = session_held(id);

	if (!session)
		return;
	session_end(session);
	session_drop(session);
}

struct refreshing {
	struct message message;
	bool missed;                    /* what it follows may have changed unheard */
	char id[SESSION_ID_SIZE];
};

static void brought_up_to_date(void *context, struct session *session, UNUSED bool failed)
{
	struct refreshing *refreshing = context;

	if (session && refreshing->missed)
		session_stream_hear(session, session_carrier(session, UINT64_MAX), STREAM_MISSED);
	session_drop(session);
	free(refreshing);
}

static void read_again(struct message *message, UNUSED struct loop *loop)
{
	struct refreshing *refreshing = (struct refreshing *)message;

	session_fetch(str_of(refreshing->id), NULL, brought_up_to_date, refreshing);
}

/* One that nothing is going on in is read when it is needed; a stream needs to know now. */
static void refresh(struct session *session, bool missed)
{
	pthread_mutex_lock(&session->lock);
	struct loop *loop = session->streams ? session->streams->home : NULL;
	pthread_mutex_unlock(&session->lock);
	if (!loop)
		return;
	struct refreshing *refreshing = calloc(1, sizeof(*refreshing));
	if (!refreshing)
		fatal();
	refreshing->message.run = read_again;
	refreshing->missed = missed;
	memcpy(refreshing->id, session->id, SESSION_ID_SIZE);
	loop_post(loop, &refreshing->message);
}

void session_doubt(struct session *session)
{
	atomic_store(&session->stale, true);
	atomic_store(&session->doubted, true);
	session_streams_read_on(session);
	refresh(session, true);
}

/* At once: a change that is told next must find it so. */
void session_follows_elsewhere(str id, str uri, bool wanted)
{
	pthread_mutex_lock(&telling);
	++*words_about(id);
	struct session *session = session_held(id);
	if (session && wanted)
		(void)!session_subscribe(session, uri);
	else if (session)
		session_unsubscribe(session, uri);
	pthread_mutex_unlock(&telling);
	session_drop(session);
}

/* Between the changes as they were told: one that is told next goes to that stream. */
void session_carried_elsewhere(str id, int64_t stream)
{
	pthread_mutex_lock(&telling);
	++*words_about(id);
	struct session *session = session_held(id);
	if (session)
		session_carry(session, stream);
	pthread_mutex_unlock(&telling);
	session_drop(session);
}

void session_changed_elsewhere(str id)
{
	count_word(id);
	struct session *session = session_held(id);

	if (!session)
		return;
	atomic_store(&session->stale, true);
	refresh(session, false);
	session_drop(session);
}
