/* session_follow.c - the resources that a session follows: a list under its lock, counted in its
 * caller's share.
 *
 * A client may spell one in several ways, and is told in each. What it ends is the resource: that is what both
 * requests name, so every spelling of it is forgotten.
 *
 * A session outlives the token that it followed something with. Who sees only what is its customer's is
 * kept with the URI, and each change is told by the rights that whoever has the stream has now. */
#include <stdlib.h>

#include "fatal.h"
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

static void follow(struct session *session, str kept, struct topic topic, struct followed **place)
{
	struct followed *followed = malloc(sizeof(*followed) + kept.size);

	if (!followed)
		fatal();
	budget_take(caller_requests(session->caller), sizeof(*followed) + kept.size);
	followed->next = *place;
	followed->topic = topic;
	followed->size = kept.size;
	memcpy(followed->kept, kept.at, kept.size);
	*place = followed;
	session->followed_count++;
}

/* Under its lock. What it follows already it follows from now on as this says. */
static bool add(struct session *session, struct arena *arena, str kept)
{
	struct followed **place = followed_place(session, uri_of(kept));

	if (*place && str_same(kept, kept_of(*place)))
		return true;
	if (*place)
		follow_no_longer(session, place);
	if (!has_room(session, kept))
		return false;
	follow(session, kept, topic_of(arena, uri_of(kept)), place);
	return true;
}

bool session_subscribe(struct session *session, str kept)
{
	struct arena *arena = arena_create();

	pthread_mutex_lock(&session->lock);
	bool room = add(session, arena, kept);
	atomic_store(&session->follows, session->followed_count > 0);
	pthread_mutex_unlock(&session->lock);
	arena_destroy(arena);
	return room;
}

void session_unsubscribe(struct session *session, str uri)
{
	struct arena *arena = arena_create();
	struct topic topic = topic_of(arena, uri);

	arena_destroy(arena);
	pthread_mutex_lock(&session->lock);
	for (struct followed **place = &session->followed; *place; )
		if (topic_is((*place)->topic, topic))
			follow_no_longer(session, place);
		else
			place = &(*place)->next;
	atomic_store(&session->follows, session->followed_count > 0);
	pthread_mutex_unlock(&session->lock);
}

void session_follow_only(struct session *session, yyjson_val *all)
{
	struct arena *arena = arena_create();
	size_t index, count;
	yyjson_val *each;

	pthread_mutex_lock(&session->lock);
	session_follow_nothing(session);
	yyjson_arr_foreach(all, index, count, each)
		if (yyjson_is_str(each))
			(void)!add(session, arena, (str) { yyjson_get_str(each), yyjson_get_len(each) });
	atomic_store(&session->follows, session->followed_count > 0);
	pthread_mutex_unlock(&session->lock);
	arena_destroy(arena);
}

const char *session_kept_of(struct arena *arena, const struct state_session *row, const char *uri)
{
	struct topic topic = topic_of(arena, str_of(uri));
	struct json same = json_begin(arena, 256);
	enum json_trouble trouble;
	yyjson_val *each;
	size_t index, count;
	int found = 0;

	json_array(&same);
	yyjson_arr_foreach(json_parse_copy(arena, str_of(row->followed), 2, &trouble), index, count, each) {
		str kept = { yyjson_get_str(each), yyjson_get_len(each) };
		if (!kept.at || !topic_is(topic_of(arena, uri_of(kept)), topic))
			continue;
		json_str(&same, kept);
		found++;
	}
	json_array_end(&same);
	return found ? arena_copy(arena, json_end(&same)) : NULL;
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

bool session_follows(struct session *session, struct topic topic)
{
	if (!atomic_load(&session->follows))
		return false;
	pthread_mutex_lock(&session->lock);
	const struct followed *each = session->followed;
	while (each && !topic_is(each->topic, topic))
		each = each->next;
	pthread_mutex_unlock(&session->lock);
	return each;
}

const char **session_shown(struct session *session, const struct topic *topic, const struct caller *caller,
                           struct arena *arena, int *count)
{
	pthread_mutex_lock(&session->lock);
	const char **shown = arena_array(arena, const char *, session->followed_count);
	*count = 0;
	for (const struct followed *each = session->followed; each; each = each->next) {
		str uri = uri_of(kept_of(each));
		const void *in;
		if ((!topic || topic_is(each->topic, *topic)) &&
		    is_shown(kept_of(each), offer_for_uri(arena, uri, &in), caller))
			shown[(*count)++] = arena_copy(arena, uri);
	}
	pthread_mutex_unlock(&session->lock);
	return shown;
}
