/* channel.c - the events of one stream of a session, kept for a client that comes back.
 *
 * A channel lives on its home loop: there events are numbered and sent. Who gets them is a listener,
 * a connection on any loop; a client that comes back lands where the kernel puts it. Where they are
 * kept meanwhile is in channel_kept.c and channel_shared.c.
 *
 * Event ids are "channel-event". They are only looked up within the session the request belongs to,
 * whose owner was checked, so they can't name another's stream. */
#include <stdio.h>
#include <stdlib.h>

#include "channel_private.h"
#include "shared.h"

const struct fault channel_unknown = {
	.code = 400, .http_sessions = 400, .http_stateless = 400,
	.text = "Last-Event-ID names no stream of this session that is still kept; open a new one "
	        "without it."
};

/* ---- Events ---- */

struct event *event_create(struct channel *channel, int64_t number, str message)
{
	char head[80];
	int head_size = snprintf(head, sizeof(head), "id: %lld-%lld\nevent: message\ndata: ",
	                         (long long)channel->number, (long long)number);
	size_t size = (size_t)head_size + message.size + 2;
	struct event *event = malloc(sizeof(*event) + size);

	if (!event)
		abort();
	*event = (struct event) { .channel = channel, .number = number, .size = size, .head = (size_t)head_size };
	memcpy(event->text, head, (size_t)head_size);
	memcpy(event->text + head_size, message.at, message.size);
	memcpy(event->text + size - 2, "\n\n", 2);
	return event;
}

void event_append(struct channel *channel, struct event *event)
{
	*(channel->last ? &channel->last->next : &channel->first) = event;
	channel->last = event;
	channel->kept += event->size;
	budget_take(caller_streams(channel->session->caller), event->size);
}

void event_drop_first(struct channel *channel)
{
	struct event *event = channel->first;

	channel->first = event->next;
	if (!channel->first)
		channel->last = NULL;
	channel->kept -= event->size;
	budget_give(caller_streams(channel->session->caller), event->size);
	if (!channel->shared)
		kept_drop(event);
	free(event);
}

/* ---- Who holds what ---- */

struct channel *channel_keep(struct channel *channel)
{
	atomic_fetch_add(&channel->references, 1);
	return channel;
}

static void free_channel(struct channel *channel)
{
	while (channel->first)
		event_drop_first(channel);
	atomic_fetch_sub(&channel->session->kept_channels, 1);
	session_drop(channel->session);
	free(channel->ids);
	free(channel);
}

static void last_word_arrives(struct message *message, UNUSED struct loop *loop)
{
	free_channel((struct channel *)(void *)((char *)message - offsetof(struct channel, last_word)));
}

/* Its events are in a list of its home's. */
void channel_drop(struct channel *channel)
{
	if (atomic_fetch_sub(&channel->references, 1) != 1)
		return;
	if (!channel->first || !loop_current() || loop_current() == channel->home) {
		free_channel(channel);
		return;
	}
	channel->last_word.run = last_word_arrives;
	loop_post(channel->home, &channel->last_word);
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

static void end(struct channel *channel, void (*act)(struct listener *, int64_t, str))
{
	if (!channel->listener)
		return;
	listener_on(listener_loop(channel->listener), act, channel->listener, 0, (str) { 0 });
	channel_set_listener(channel, NULL);
}

void channel_end_listener(struct channel *channel)
{
	end(channel, listener_finish);
}

void channel_interrupt(struct channel *channel)
{
	end(channel, listener_interrupt);
}

/* ---- Writing ---- */

void channel_send(struct channel *channel, str message)
{
	struct event *event = event_create(channel, ++channel->events, message);

	if (channel->shared)
		stored_send(channel, event);
	else
		kept_send(channel, event);
}

void channel_finish(struct channel *channel)
{
	channel->ended = true;
	listening_remove(channel);
	if (channel->shared)
		stored_finish(channel);
	else
		kept_finish(channel);
}

void channel_close_stream(struct channel *channel)
{
	if (channel->shared)
		stored_close_stream(channel);
	else
		channel_interrupt(channel);
}

bool channel_is_crowded(const struct channel *channel)
{
	return channel->shared ? channel->kept > runtime.set.backlog_max : kept_is_crowded(channel);
}

void channel_end(struct channel *channel)
{
	channel_finish(channel);
	channel_drop(channel);
}

/* ---- Opening ---- */

static bool is_there(const struct session *session, int64_t number)
{
	const struct channel *each = session->channels;

	while (each && each->number != number)
		each = each->next;
	return each;
}

/* One that is over, or only listens and has no client. Where the database has its events, one that is
 * over goes by itself as soon as they are there; until then its client waits for them. */
static bool is_needed(const struct channel *channel)
{
	if (channel->ended)
		return channel->shared;
	return channel->answers || channel->attached;
}

/* Takes the oldest that nobody needs out of the session, where it has as many as it may. Under its lock;
 * held as the session held it. */
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
	              : !is_there(session, channel->number);
	if (room) {
		if (is_new)
			channel->number = channel->shared ? shared_number() : ++session->next_channel;
		channel->next = session->channels;
		session->channels = channel;
		session->channel_count++;
	}
	pthread_mutex_unlock(&session->lock);
	if (old)
		send_home(old, channel_forget);
	return room;
}

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
	channel->shared = shared_on();
	channel->attached = true;       /* soon: nobody takes its place meanwhile */
	channel->session = session_keep(session);
	atomic_fetch_add(&session->kept_channels, 1);
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
	if (answers)
		channel_keep(channel);
	channel_set_listener(channel, listener_create(channel, x));
	/* The listener's own reference is its stream's. */
	if (!answers)
		listening_add(channel);
	if (channel->shared)
		stored_open(channel, ids);
	else
		listener_prime(channel->listener, 0, (str) { 0 });
	/* Its session ended meanwhile, and who told the others may have missed this one. */
	if (atomic_load(&session->ended))
		channel_finish(channel);
	return channel;
}

struct channel *channel_find(struct session *session, int64_t number)
{
	struct channel *channel;

	pthread_mutex_lock(&session->lock);
	for (channel = session->channels; channel && channel->number != number;)
		channel = channel->next;
	if (channel)
		channel_keep(channel);
	pthread_mutex_unlock(&session->lock);
	return channel;
}

/* ---- Coming back ---- */

const struct fault *channel_resume(struct reply *reply, str last_event_id)
{
	str rest = last_event_id, head = str_cut(&rest, '-');
	struct exchange *x = reply->exchange;
	int64_t number, event;

	if (!str_to_int(head, &number) || !str_to_int(rest, &event))
		return &channel_unknown;
	if (shared_on()) {
		stored_resume(reply, number, event);
		return NULL;
	}
	exchange_set_user(x, NULL);
	const struct fault *fault = kept_resume(reply->session, x, number, event);
	if (fault)
		exchange_set_user(x, reply);
	else
		reply_taken_over(reply, x);
	return fault;
}

/* ---- Ending ---- */

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
