/* channel.c - the stream of a session: opened, found, finished, forgotten.
 *
 * A channel lives on its home loop: there events are numbered and written. Who gets them is a listener,
 * a connection on any loop; a client that comes back lands where the kernel puts it. Meanwhile the
 * events are in the database, so whichever process it comes back to has them.
 *
 * Event ids are "channel-event". They are only looked up within the session the request belongs to,
 * whose owner was checked, so they can't name another's stream. */
#include <stdlib.h>

#include "channel_private.h"

/* ---- Who holds what ---- */

struct channel *channel_keep(struct channel *channel)
{
	atomic_fetch_add(&channel->references, 1);
	return channel;
}

void channel_drop(struct channel *channel)
{
	if (atomic_fetch_sub(&channel->references, 1) != 1)
		return;
	events_drop(channel);
	session_drop(channel->session);
	free(channel->ids);
	free(channel);
}

void channel_forget(struct channel *channel)
{
	struct session *session = channel->session;
	struct channel **place;

	if (channel->forgotten)
		return;
	channel->forgotten = true;
	timer_clear(channel->home, &channel->timer);
	timer_clear(channel->home, &channel->flush);
	listening_remove(channel);
	pthread_mutex_lock(&session->lock);
	for (place = &session->channels; *place && *place != channel;)
		place = &(*place)->next;
	bool listed = *place;
	if (listed) {
		*place = channel->next;
		session->channel_count--;
	}
	pthread_mutex_unlock(&session->lock);
	if (listed)
		channel_drop(channel);
}

void channel_forget_idle(struct channel *channel)
{
	if (channel->answers && !channel->running && !channel->storing && !channel->listener &&
	    !channel->first)
		channel_forget(channel);
}

void channel_set_timer(struct channel *channel, struct timer *timer, int64_t in_ms)
{
	if (!channel->forgotten)
		timer_set(channel->home, timer, loop_tick_ms(channel->home) + in_ms);
}

void channel_set_listener(struct channel *channel, struct listener *listener)
{
	struct listener *before = channel->listener;

	channel->listener = listener ? listener_keep(listener) : NULL;
	atomic_store(&channel->attached, listener != NULL);
	if (before)
		listener_drop(before);
}

static void end_connection(struct channel *channel, listener_fn *act)
{
	if (!channel->listener)
		return;
	listener_on(listener_loop(channel->listener), act, channel->listener, 0, (str) { 0 });
	channel_set_listener(channel, NULL);
}

void channel_end_listener(struct channel *channel)
{
	end_connection(channel, listener_finish);
}

void channel_interrupt(struct channel *channel)
{
	end_connection(channel, listener_interrupt);
}

/* ---- What is to be done on its home, wherever that is ---- */

struct sent_home {
	struct message message;
	struct channel *channel;        /* held */
	void (*act)(struct channel *channel);
};

static void arrives_home(struct message *message, UNUSED struct loop *loop)
{
	struct sent_home *sent = (struct sent_home *)message;

	if (loop_current())             /* else its home is no more, and all channels are about to go */
		sent->act(sent->channel);
	channel_drop(sent->channel);
	free(sent);
}

/* The reference is handed over. */
static void send_home(struct channel *channel, void (*act)(struct channel *channel))
{
	struct sent_home *sent = malloc(sizeof(*sent));

	if (!sent)
		abort();
	sent->message.run = arrives_home;
	sent->channel = channel;
	sent->act = act;
	loop_post(channel->home, &sent->message);
}

/* ---- Those of a session; under its lock ---- */

static struct channel *find(const struct session *session, int64_t number)
{
	struct channel *each = session->channels;

	while (each && each->number != number)
		each = each->next;
	return each;
}

/* Only one that listens and has no client is not. One that is over goes by itself as soon as its events
 * are in the database; until then its client waits for them. */
static bool is_needed(const struct channel *channel)
{
	return channel->ended || channel->answers || channel->attached;
}

/* Takes the oldest that nobody needs out of the session, where it has as many as it may; held as the
 * session held it. */
static struct channel *take_oldest(struct session *session)
{
	struct channel **place = NULL, *old;

	if (session->channel_count < runtime.set.session_streams_max)
		return NULL;
	for (struct channel **each = &session->channels; *each; each = &(*each)->next)
		if (!is_needed(*each))
			place = each;           /* the last in the list is the oldest */
	if (!place)
		return NULL;
	old = *place;
	*place = old->next;
	session->channel_count--;
	return old;
}

/* Makes room in the session where it must; false: it is full. One that comes from another process is
 * none more; false: another loop was quicker. */
static bool add_to_session(struct session *session, struct channel *channel)
{
	struct channel *old = NULL;
	bool room, is_new = !channel->number;

	pthread_mutex_lock(&session->lock);
	if (is_new)
		old = take_oldest(session);
	room = is_new ? session->channel_count < runtime.set.session_streams_max
	              : !find(session, channel->number);
	if (room) {
		if (is_new)
			channel->number = shared_number();
		channel->next = session->channels;
		session->channels = channel;
		session->channel_count++;
	}
	pthread_mutex_unlock(&session->lock);
	if (old)
		send_home(old, channel_finish);
	return room;
}

struct channel *channel_find(struct session *session, int64_t number)
{
	pthread_mutex_lock(&session->lock);
	struct channel *channel = find(session, number);
	if (channel)
		channel_keep(channel);
	pthread_mutex_unlock(&session->lock);
	return channel;
}

/* ---- Opening ---- */

struct channel *channel_create(struct session *session, struct loop *home, int64_t number,
                               bool answers)
{
	struct channel *channel = calloc(1, sizeof(*channel));

	if (!channel)
		abort();
	atomic_store(&channel->references, 1);
	channel->home = home;
	channel->number = number;
	channel->answers = answers;
	channel->attached = true;       /* soon: nobody takes its place meanwhile */
	channel->session = session_keep(session);
	if (add_to_session(session, channel))
		return channel;
	if (!number)
		metric_add(METRIC_LIMIT_STREAMS, 1);
	channel_drop(channel);
	return NULL;
}

struct channel *channel_open(struct session *session, struct exchange *x, bool answers, str ids)
{
	struct channel *channel = channel_create(session, exchange_loop(x), 0, answers);

	if (!channel)
		return NULL;
	channel->owned = channel->fresh = true;
	channel->running = answers;
	channel->ids = strndup(answers ? ids.at : "[]", answers ? ids.size : 2);
	if (!channel->ids)
		abort();
	/* The listener's own reference is its stream's. */
	channel_set_listener(channel, listener_create(channel, x, 0));
	if (answers) {
		channel_keep(channel);
	} else {
		atomic_store(&session->opening, channel->number);
		atomic_store(&session->listener, channel->number);
		listening_add(channel);
	}
	channel_commit_later(channel);
	/* Its session ended meanwhile, and who told the others may have missed this one. */
	if (atomic_load(&session->ended))
		channel_finish(channel);
	return channel;
}

/* ---- Ending ---- */

void channel_end(struct channel *channel)
{
	channel_finish(channel);
	channel_drop(channel);
}

void channels_end_session(struct session *session)
{
	pthread_mutex_lock(&session->lock);
	for (struct channel *channel = session->channels; channel; channel = channel->next)
		send_home(channel_keep(channel), channel_finish);
	pthread_mutex_unlock(&session->lock);
}

void channels_free_session(struct session *session)
{
	for (struct channel *channel = session->channels, *next; channel; channel = next) {
		next = channel->next;
		channel_drop(channel);
	}
	session->channels = NULL;
}
