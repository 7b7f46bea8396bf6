/* session_change.c - sessions begun, changed and ended, for a request that is answered when the database
 * has it. */
#include "followers.h"
#include "session_private.h"
#include "session_rows.h"
#include "state.h"

#define FOLLOWS_TOO_MUCH "This session follows as many resources as it may; unsubscribe from one."

static struct session_errand *of(struct errand *errand)
{
	return (struct session_errand *)errand;
}

/* ---- What a call changes ---- */

/* A call that is answered when the database has it. */
struct changing {
	struct session_errand row;
	uint64_t serial;
	struct session *session;        /* held; one that begins is in no table yet */
	session_begun_fn *then;
	unsigned words;                 /* session_words() when the row was made */
};

static struct changing *change(const struct errand_kind *kind, struct mcp_call *call,
                               struct session *session)
{
	struct changing *changing = (struct changing *)errand_create(kind, sizeof(*changing));

	changing->row.session.id = arena_copy(changing->row.errand.arena, str_of(session->id));
	changing->row.errand.party = reply_party(call->reply);
	changing->serial = call->serial;
	changing->session = session;
	return changing;
}

static bool insert(struct errand *errand, struct store *store)
{
	((struct changing *)errand)->words = session_words(of(errand)->session.id);
	return session_row_insert(errand, store);
}

static void begun(struct errand *errand)
{
	struct changing *changing = (struct changing *)errand;
	struct mcp_call *call = call_find(changing->serial);
	struct session *session = changing->session;

	if (errand->failed) {
		session_free(session);
		session = NULL;
	} else {
		session = session_put(session);
		/* It may have ended already, to make room. */
		if (session_words(session->id) != changing->words)
			atomic_store(&session->stale, true);
		metric_add(METRIC_SESSIONS_BEGUN, 1);
	}
	if (call)
		changing->then(call, session);
	else
		session_drop(session);
}

static const struct errand_kind begin_kind = { .work = insert, .done = begun };

void session_begin(struct mcp_call *call, unsigned can, session_begun_fn *then)
{
	const struct caller *caller = call->reply->caller;
	struct session *session = session_create(random_text(call->arena, SESSION_ID_BYTES), caller,
	                                         call->revision, can);
	struct changing *changing = change(&begin_kind, call, session);
	struct state_session *row = &changing->row.session;

	row->caller = arena_copy(changing->row.errand.arena, str_of(caller_name(session->caller)));
	row->party = (int64_t)reply_party(call->reply);
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
		atomic_store(&changing->session->log_least, (int)of(errand)->session.log_least);
	of(errand)->there = true;
	changed(errand);
}

static const struct errand_kind level_kind = { .work = session_row_set_level, .done = level_set };

void session_set_level(struct mcp_call *call, int level)
{
	struct changing *changing = change(&level_kind, call, session_keep(call->reply->session));

	changing->row.session.log_least = level;
	errand_send(&changing->row.errand);
}

/* Its stream, if it has one, may be anywhere. */
static void say_followed(const struct changing *changing)
{
	const struct mcp_call *call = call_find(changing->serial);

	if (!call)
		return;
	struct following following = following_begin(call->reply->loop);
	following_add(&following, changing->row.uri, call->reply->caller);
	following_end(&following);
}

static void followed(struct errand *errand)
{
	struct changing *changing = (struct changing *)errand;

	if (of(errand)->there) {
		(void)!session_subscribe(changing->session, str_of(of(errand)->kept));
		say_followed(changing);
	}
	changed(errand);
}

/* Each spelling that the row has of it. One that is added meanwhile comes behind this. */
static bool unfollow(struct errand *errand, struct store *store)
{
	struct session_errand *row = of(errand);

	if (!session_row_load(errand, store))
		return false;
	row->kept = row->there ? session_kept_of(errand->arena, &row->session, row->uri) : NULL;
	return !row->kept || session_row_unfollow(errand, store);
}

static void unfollowed(struct errand *errand)
{
	struct changing *changing = (struct changing *)errand;

	if (!errand->failed)
		session_unsubscribe(changing->session, str_of(of(errand)->uri));
	of(errand)->there = true;
	changed(errand);
}

static const struct errand_kind follow_kind = { .work = session_row_follow, .done = followed },
	unfollow_kind = { .work = unfollow, .done = unfollowed };

void session_follow(struct mcp_call *call, str uri, const struct offer *offer)
{
	struct changing *changing = change(offer ? &follow_kind : &unfollow_kind, call,
	                                   session_keep(call->reply->session));
	const struct caller *caller = call->reply->caller;
	struct arena *arena = changing->row.errand.arena;

	changing->row.session.caller = arena_copy(arena, str_of(caller_name(caller)));
	changing->row.uri = arena_copy(arena, uri);
	changing->row.kept = offer ? session_kept(arena, changing->row.uri, offer, caller) : NULL;
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

void session_end_for(struct reply *reply)
{
	struct ending *ending = errand_new(&end_kind, struct ending);

	ending->row.session.id = arena_copy(ending->row.errand.arena, str_of(reply->session->id));
	ending->row.errand.party = reply_party(reply);
	ending->reply = reply;
	reply->references++;
	reply_park(reply);
	errand_send(&ending->row.errand);
}

