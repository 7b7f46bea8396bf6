/* session_follow.c - the resources that a session follows: a list under its lock, counted in its
 * caller's share. */
#include <stdlib.h>

#include "session_private.h"

#define FOLLOWED_MAX 1000

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

static struct followed **followed_place(struct session *session, str uri)
{
	struct followed **place = &session->followed;

	while (*place && !str_same(uri, (str) { (*place)->uri, (*place)->size }))
		place = &(*place)->next;
	return place;
}

static bool has_room(const struct session *session, str uri)
{
	return session->followed_count < FOLLOWED_MAX &&
	       budget_has(caller_requests(session->caller), sizeof(struct followed) + uri.size);
}

static void follow(struct session *session, str uri, struct followed **place)
{
	struct followed *followed = malloc(sizeof(*followed) + uri.size);

	if (!followed)
		abort();
	budget_take(caller_requests(session->caller), sizeof(*followed) + uri.size);
	followed->next = NULL;
	followed->size = uri.size;
	memcpy(followed->uri, uri.at, uri.size);
	*place = followed;
	session->followed_count++;
}

bool session_subscribe(struct session *session, str uri, bool wanted)
{
	bool room = true;

	pthread_mutex_lock(&session->lock);
	struct followed **place = followed_place(session, uri);
	if (*place && !wanted)
		follow_no_longer(session, place);
	else if (!*place && wanted && (room = has_room(session, uri)))
		follow(session, uri, place);
	atomic_store(&session->follows, session->followed_count > 0);
	pthread_mutex_unlock(&session->lock);
	return room;
}

void session_follow_only(struct session *session, yyjson_val *uris)
{
	size_t index, count;
	yyjson_val *each;

	pthread_mutex_lock(&session->lock);
	session_follow_nothing(session);
	yyjson_arr_foreach(uris, index, count, each) {
		if (!yyjson_is_str(each))
			continue;
		str uri = { yyjson_get_str(each), yyjson_get_len(each) };
		struct followed **place = followed_place(session, uri);
		if (!*place && has_room(session, uri))
			follow(session, uri, place);
	}
	atomic_store(&session->follows, session->followed_count > 0);
	pthread_mutex_unlock(&session->lock);
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
