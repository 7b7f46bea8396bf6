/* session_follow.c - the resources that a session follows: a list under its lock, counted in its
 * caller's share.
 *
 * A session outlives the token that it followed something with. Who sees only what is its customer's is
 * kept with the URI, and each change is told by the rights that whoever has the stream has now. */
#include <stdlib.h>

#include "session_private.h"
#include "sight.h"

#define FOLLOWED_MAX 1000

static str uri_of(str kept)
{
	return str_cut(&kept, FOLLOWED_AS);
}

/* .at NULL: it was followed by somebody who sees all. */
static str customer_of(str kept)
{
	(void)str_cut(&kept, FOLLOWED_AS);
	return kept;
}

/* Takes the one at `place` off its list. */
static void follow_no_longer(struct session *session, struct followed **place)
{
	struct followed *followed = *place;

	*place = followed->next;
	session->followed_count--;
	budget_give(caller_requests(session->caller), sizeof(*followed) + followed->size);
	free(followed);
}

void session_follow_nothing(struct session *session)
{
	while (session->followed)
		follow_no_longer(session, &session->followed);
}

static str kept_of(const struct followed *followed)
{
	return (str) { followed->kept, followed->size };
}

static struct followed **followed_place(struct session *session, str uri)
{
	struct followed **place = &session->followed;

	while (*place && !str_same(uri, uri_of(kept_of(*place))))
		place = &(*place)->next;
	return place;
}

static bool has_room(const struct session *session, str kept)
{
	return session->followed_count < FOLLOWED_MAX &&
	       budget_has(caller_requests(session->caller), sizeof(struct followed) + kept.size);
}

static void follow(struct session *session, str kept, struct followed **place)
{
	struct followed *followed = malloc(sizeof(*followed) + kept.size);

	if (!followed)
		abort();
	budget_take(caller_requests(session->caller), sizeof(*followed) + kept.size);
	followed->next = *place;
	followed->size = kept.size;
	memcpy(followed->kept, kept.at, kept.size);
	*place = followed;
	session->followed_count++;
}

/* Under its lock. What it follows already it follows from now on as this says. */
static bool change(struct session *session, str kept, bool wanted)
{
	struct followed **place = followed_place(session, uri_of(kept));

	if (*place && wanted && str_same(kept, kept_of(*place)))
		return true;
	if (*place)
		follow_no_longer(session, place);
	if (wanted && !has_room(session, kept))
		return false;
	if (wanted)
		follow(session, kept, place);
	return true;
}

bool session_subscribe(struct session *session, str kept, bool wanted)
{
	pthread_mutex_lock(&session->lock);
	bool room = change(session, kept, wanted);
	atomic_store(&session->follows, session->followed_count > 0);
	pthread_mutex_unlock(&session->lock);
	return room;
}

void session_follow_only(struct session *session, yyjson_val *all)
{
	size_t index, count;
	yyjson_val *each;

	pthread_mutex_lock(&session->lock);
	session_follow_nothing(session);
	yyjson_arr_foreach(all, index, count, each)
		if (yyjson_is_str(each))
			(void)!change(session, (str) { yyjson_get_str(each), yyjson_get_len(each) }, true);
	atomic_store(&session->follows, session->followed_count > 0);
	pthread_mutex_unlock(&session->lock);
}

/* ---- Who sees it ---- */

const char *session_kept(struct arena *arena, const char *uri, const struct offer *offer,
                         const struct caller *caller)
{
	const char *customer = caller_customer(caller);

	return sight_is_sure(caller, offer) ? uri
		: arena_print(arena, "%s%c%s", uri, FOLLOWED_AS, customer ? customer : "");
}

/* What a customer followed is seen by the same one; what whoever sees all did, by nobody else. */
static bool is_shown(str kept, const struct offer *offer, const struct caller *caller)
{
	const char *customer = caller_customer(caller);

	if (!offer || !caller_may(caller, offer->scope))
		return false;
	return sight_is_sure(caller, offer) || str_is(customer_of(kept), customer ? customer : "");
}

bool session_follows(struct session *session, const char *uri)
{
	if (!atomic_load(&session->follows))
		return false;
	pthread_mutex_lock(&session->lock);
	bool follows = *followed_place(session, str_of(uri));
	pthread_mutex_unlock(&session->lock);
	return follows;
}

bool session_shows(struct session *session, const char *uri, const struct offer *offer,
                   const struct caller *caller)
{
	pthread_mutex_lock(&session->lock);
	const struct followed *followed = *followed_place(session, str_of(uri));
	bool shown = followed && is_shown(kept_of(followed), offer, caller);
	pthread_mutex_unlock(&session->lock);
	return shown;
}

const char **session_shown(struct session *session, const struct caller *caller, struct arena *arena,
                           int *count)
{
	pthread_mutex_lock(&session->lock);
	const char **shown = arena_array(arena, const char *, session->followed_count);
	*count = 0;
	for (const struct followed *each = session->followed; each; each = each->next) {
		str uri = uri_of(kept_of(each));
		const void *in;
		if (is_shown(kept_of(each), offer_for_uri(arena, uri, &in), caller))
			shown[(*count)++] = arena_copy(arena, uri);
	}
	pthread_mutex_unlock(&session->lock);
	return shown;
}
