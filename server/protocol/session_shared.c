/* session_shared.c - sessions that other processes serve too: the database has them, the table of this
 * process copies. */
#include <stdlib.h>

#include "channel_private.h"
#include "shared.h"

static struct session_errand *of(struct errand *errand)
{
	return (struct session_errand *)errand;
}

/* ---- Copies ---- */

static void copy(struct session *session, const struct shared_session *row)
{
	struct arena *arena = arena_create();
	enum json_trouble trouble;

	atomic_store(&session->log_least, (int)row->log_least);
	if (!atomic_load(&session->opening))
		atomic_store(&session->listener, row->listener);
	session_follow_only(session, json_parse_copy(arena, str_of(row->followed), 2, &trouble));
	atomic_store(&session->stale, false);
	arena_destroy(arena);
}

struct session *session_adopt(const struct shared_session *row, const struct caller *caller)
{
	struct session *session, *there;

	if (strcmp(row->caller, caller_name(caller)) != 0)
		return NULL;
	session = session_create(row->id, caller, caller_party(caller, (str) { 0 }),
	                         (enum revision)row->revision, (unsigned)row->can);
	if (!session_put(session, &there) || there) {
		session_free(session);
		session = there;
	}
	if (session)
		copy(session, row);
	return session;
}

/* ---- Fetching ---- */

/* What is told on the shared thread must not be undone by a row that was read before it: each word
 * about a session counts, and a row that is older than the latest is read again. */
static pthread_mutex_t telling = PTHREAD_MUTEX_INITIALIZER;     /* for what follows, and to act on it */
static unsigned words[256];             /* by the ids' first characters */

static unsigned *words_about(str id)
{
	return &words[id.size ? (unsigned char)id.at[0] : 0];
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
	pthread_mutex_lock(&telling);
	((struct fetching *)errand)->words = *words_about(str_of(of(errand)->session.id));
	pthread_mutex_unlock(&telling);
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
	fetching->caller = caller ? caller_keep(caller) : NULL;
	fetching->then = then;
	fetching->context = context;
	errand_send(&fetching->row.errand);
}

/* ---- What a call changes ---- */

/* A call that is answered when the database has it. */
struct changing {
	struct session_errand row;
	uint64_t serial;
	session_begun_fn *then;
	struct session *session;        /* held; one that begins is in no table yet */
};

static struct changing *change(const struct errand_kind *kind, struct mcp_call *call,
                               struct session *session)
{
	struct changing *changing = (struct changing *)errand_create(kind, sizeof(*changing));

	changing->row.session.id = arena_copy(changing->row.errand.arena, str_of(session->id));
	changing->serial = call->serial;
	changing->session = session;
	return changing;
}

static void begun(struct errand *errand)
{
	struct changing *changing = (struct changing *)errand;
	struct mcp_call *call = call_find(changing->serial);
	struct session *session = changing->session, *there;

	if (errand->failed || !session_put(session, &there)) {
		session_free(session);
		session = NULL;
	} else {
		metric_add(METRIC_SESSIONS_BEGUN, 1);
	}
	if (call)
		changing->then(call, session);
	else
		session_drop(session);
}

static const struct errand_kind begin_kind = { .work = session_row_insert, .done = begun };

void session_begin_shared(struct mcp_call *call, unsigned can, session_begun_fn *then)
{
	const struct caller *caller = call->reply->caller;
	struct session *session = session_create(random_text(call->arena, SESSION_ID_BYTES), caller,
	                                         caller_party(caller, (str) { 0 }), call->revision, can);
	struct changing *changing = change(&begin_kind, call, session);
	struct shared_session *row = &changing->row.session;

	row->caller = arena_copy(changing->row.errand.arena, str_of(caller_name(session->caller)));
	row->revision = call->revision;
	row->can = can;
	row->log_least = -1;
	changing->then = then;
	errand_send(&changing->row.errand);
}

static void changed(struct errand *errand)
{
	struct changing *changing = (struct changing *)errand;
	struct mcp_call *call = call_find(changing->serial);

	session_drop(changing->session);
	if (!call)
		return;
	if (errand->failed)
		call->fault = &FAULT_BUSY;
	else if (!changing->row.there)
		call->fault = fault_say(call->arena, &FAULT_PARAMS, FOLLOWS_TOO_MUCH);
	else
		call_result(call, NULL);
	call_settle(call);
}

static void level_set(struct errand *errand)
{
	struct changing *changing = (struct changing *)errand;

	if (!errand->failed)
		session_set_log_least(changing->session, (int)of(errand)->session.log_least);
	of(errand)->there = true;
	changed(errand);
}

static const struct errand_kind level_kind = { .work = session_row_set_level, .done = level_set };

void session_level_shared(struct mcp_call *call, int level)
{
	struct changing *changing = change(&level_kind, call, session_keep(call->reply->session));

	changing->row.session.log_least = level;
	errand_send(&changing->row.errand);
}

static void followed(struct errand *errand)
{
	struct changing *changing = (struct changing *)errand;

	if (of(errand)->there)
		(void)!session_subscribe(changing->session, str_of(of(errand)->uri), true);
	changed(errand);
}

static void unfollowed(struct errand *errand)
{
	struct changing *changing = (struct changing *)errand;

	if (!errand->failed)
		(void)!session_subscribe(changing->session, str_of(of(errand)->uri), false);
	of(errand)->there = true;
	changed(errand);
}

static const struct errand_kind follow_kind = { .work = session_row_follow, .done = followed },
	unfollow_kind = { .work = session_row_unfollow, .done = unfollowed };

void session_follow_shared(struct mcp_call *call, str uri, bool wanted)
{
	struct changing *changing = change(wanted ? &follow_kind : &unfollow_kind, call,
	                                   session_keep(call->reply->session));

	changing->row.uri = arena_copy(changing->row.errand.arena, uri);
	errand_send(&changing->row.errand);
}

/* ---- Ending ---- */

struct ending {
	struct session_errand row;
	struct reply *reply;            /* held */
};

static void ended(struct errand *errand)
{
	struct reply *reply = ((struct ending *)errand)->reply;

	if (!errand->failed)
		session_end(reply->session);
	if (reply->exchange && errand->failed)
		reply_fault(reply, &FAULT_BUSY, NULL);
	else if (reply->exchange)
		reply_status(reply, 204);
	reply_drop(reply);
}

static const struct errand_kind end_kind = { .work = session_row_delete, .done = ended };

void session_end_shared(struct reply *reply)
{
	struct ending *ending = errand_new(&end_kind, struct ending);

	ending->row.session.id = arena_copy(ending->row.errand.arena, str_of(reply->session->id));
	ending->reply = reply;
	reply->references++;
	reply_park(reply);
	errand_send(&ending->row.errand);
}

/* ---- What others did ---- */

void session_ended_elsewhere(str id)
{
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
		channel_hear(session, atomic_load(&session->listener), CHANNEL_MISSED);
	session_drop(session);
	free(refreshing);
}

static void read_again(struct message *message, UNUSED struct loop *loop)
{
	struct refreshing *refreshing = (struct refreshing *)message;

	session_fetch(str_of(refreshing->id), NULL, brought_up_to_date, refreshing);
}

/* One that nothing is going on in is read when it is needed; a channel needs to know now. */
static void refresh(struct session *session, bool missed)
{
	pthread_mutex_lock(&session->lock);
	struct loop *loop = session->channels ? session->channels->home : NULL;
	pthread_mutex_unlock(&session->lock);
	if (!loop)
		return;
	struct refreshing *refreshing = calloc(1, sizeof(*refreshing));
	if (!refreshing)
		abort();
	refreshing->message.run = read_again;
	refreshing->missed = missed;
	memcpy(refreshing->id, session->id, SESSION_ID_SIZE);
	loop_post(loop, &refreshing->message);
}

void session_doubt(struct session *session)
{
	atomic_store(&session->stale, true);
	refresh(session, true);
}

static void count_word(str id)
{
	pthread_mutex_lock(&telling);
	++*words_about(id);
	pthread_mutex_unlock(&telling);
}

void session_stream_stored(struct session *session, int64_t number)
{
	pthread_mutex_lock(&telling);
	++*words_about(str_of(session->id));
	atomic_compare_exchange_strong(&session->opening, &number, 0);
	pthread_mutex_unlock(&telling);
}

/* At once: a change that is told next must find it so. */
void session_follows_elsewhere(str id, str uri, bool wanted)
{
	pthread_mutex_lock(&telling);
	++*words_about(id);
	struct session *session = session_held(id);
	if (session)
		(void)!session_subscribe(session, uri, wanted);
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
