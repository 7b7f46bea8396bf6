/* channel.c - the events of one stream of a session, kept for a client that comes back.
 *
 * A channel lives on its home loop: there events are numbered, kept and sent. Who gets them is a
 * listener, a connection on any loop; a client that comes back lands where the kernel puts it. What
 * home and listener have to tell each other is posted, or done at once where they share the loop.
 *
 * Event ids are "channel-event". They are only looked up within the session the request belongs to,
 * whose owner was checked, so they can't name another's stream. */
#include <stdio.h>
#include <stdlib.h>

#include "channel_private.h"

#define EVENTS_MAX (64u << 20)          /* kept by all channels, unless set */

struct event {
	struct event *next;
	int64_t number;
	size_t size;
	char text[];
};

struct listener {
	atomic_int references;          /* its stream, the channel, each message about it */
	struct loop *loop;
	struct stream *stream;          /* its loop's; NULL: over */
	struct channel *channel;        /* held */
	struct session *session;        /* held: it is in use */
};

static atomic_size_t kept_by_all;

/* ---- Who holds what ---- */

static struct channel *channel_keep(struct channel *channel)
{
	atomic_fetch_add(&channel->references, 1);
	return channel;
}

static void drop_first_event(struct channel *channel)
{
	struct event *event = channel->first;

	channel->first = event->next;
	if (!channel->first)
		channel->last = NULL;
	channel->kept -= event->size;
	atomic_fetch_sub(&kept_by_all, event->size);
	free(event);
}

static void channel_drop(struct channel *channel)
{
	if (atomic_fetch_sub(&channel->references, 1) != 1)
		return;
	while (channel->first)
		drop_first_event(channel);
	atomic_fetch_sub(&channel->session->kept_channels, 1);
	session_drop(channel->session);
	free(channel);
}

static void listener_drop(struct listener *listener)
{
	if (atomic_fetch_sub(&listener->references, 1) != 1)
		return;
	channel_drop(listener->channel);
	session_drop(listener->session);
	free(listener);
}

/* ---- Messages between a listener and its channel's home ---- */

struct parcel {
	struct message message;
	void (*act)(struct listener *listener, int64_t number, str text);
	struct listener *listener;
	int64_t number;
	size_t size;
	char text[];
};

static void parcel_arrives(struct message *message, UNUSED struct loop *loop)
{
	struct parcel *parcel = (struct parcel *)message;

	parcel->act(parcel->listener, parcel->number, (str) { parcel->text, parcel->size });
	listener_drop(parcel->listener);
	free(parcel);
}

/* Does it on that loop: now, if this is it. */
static void act_on(struct loop *loop, void (*act)(struct listener *, int64_t, str),
                   struct listener *listener, int64_t number, str text)
{
	if (loop_current() == loop) {
		act(listener, number, text);
		return;
	}
	struct parcel *parcel = malloc(sizeof(*parcel) + text.size);
	if (!parcel)
		abort();
	atomic_fetch_add(&listener->references, 1);
	*parcel = (struct parcel) { .message.run = parcel_arrives, .act = act, .listener = listener,
	                            .number = number, .size = text.size };
	if (text.size)
		memcpy(parcel->text, text.at, text.size);
	loop_post(loop, &parcel->message);
}

/* ---- The listener's side ---- */

static void deliver(struct listener *listener, UNUSED int64_t number, str text)
{
	if (listener->stream && !stream_send(listener->stream, text))
		metric_add(METRIC_LIMIT_BACKLOG, 1);
}

static void finish(struct listener *listener, UNUSED int64_t number, UNUSED str text)
{
	if (!listener->stream)
		return;
	stream_end(listener->stream);
	listener->stream = NULL;
	listener_drop(listener);
}

static void detach(struct listener *listener, int64_t number, str text);

static void listener_gone(void *user)
{
	struct listener *listener = user;

	listener->stream = NULL;
	act_on(listener->channel->home, detach, listener, 0, (str) { 0 });
	listener_drop(listener);
}

static struct listener *listener_create(struct channel *channel, struct exchange *x)
{
	struct listener *listener = calloc(1, sizeof(*listener));

	if (!listener)
		abort();
	atomic_store(&listener->references, 1);
	listener->loop = exchange_loop(x);
	listener->channel = channel_keep(channel);
	listener->session = session_keep(channel->session);
	guard_cors(x);
	listener->stream = stream_open(x, listener_gone, listener);
	return listener;
}

/* ---- Home: keeping and forgetting ---- */

/* Takes it out of its session: nobody can come back to it any more. */
static void forget(struct channel *channel)
{
	struct session *session = channel->session;
	struct channel **place;

	if (channel->forgotten)
		return;
	channel->forgotten = true;
	timer_clear(channel->home, &channel->timer);
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

static void forget_now(struct timer *timer, UNUSED struct loop *loop)
{
	forget((struct channel *)(void *)((char *)timer - offsetof(struct channel, timer)));
}

static void forget_later(struct channel *channel)
{
	size_t most = runtime.set.events_max ? runtime.set.events_max : EVENTS_MAX;

	if (atomic_load(&channel->session->ended) || atomic_load(&kept_by_all) > most) {
		forget(channel);
		return;
	}
	channel->timer.run = forget_now;
	timer_set(channel->home, &channel->timer, loop_tick_ms(channel->home) + runtime.set.resume_ms);
}

static struct event *keep_event(struct channel *channel, str message)
{
	char head[64];
	int head_size = snprintf(head, sizeof(head), "id: %lld-%lld\nevent: message\ndata: ",
	                         (long long)channel->number, (long long)++channel->events);
	size_t size = (size_t)head_size + message.size + 2;
	struct event *event = malloc(sizeof(*event) + size);

	if (!event)
		abort();
	event->next = NULL;
	event->number = channel->events;
	event->size = size;
	memcpy(event->text, head, (size_t)head_size);
	memcpy(event->text + head_size, message.at, message.size);
	memcpy(event->text + size - 2, "\n\n", 2);
	*(channel->last ? &channel->last->next : &channel->first) = event;
	channel->last = event;
	channel->kept += size;
	atomic_fetch_add(&kept_by_all, size);
	while (channel->kept > runtime.set.backlog_max && channel->first != channel->last)
		drop_first_event(channel);
	return event;
}

static void set_listener(struct channel *channel, struct listener *listener)
{
	struct listener *before = channel->listener;

	channel->listener = listener;
	atomic_store(&channel->attached, listener != NULL);
	if (listener)
		atomic_fetch_add(&listener->references, 1);
	if (before)
		listener_drop(before);
}

static void detach(struct listener *listener, UNUSED int64_t number, UNUSED str text)
{
	struct channel *channel = listener->channel;

	if (channel->listener != listener)
		return;
	set_listener(channel, NULL);
	if (channel->ended || !channel->answers)
		forget_later(channel);
}

void channel_send(struct channel *channel, str message)
{
	struct event *event = keep_event(channel, message);

	if (channel->listener)
		act_on(channel->listener->loop, deliver, channel->listener, 0,
		       (str) { event->text, event->size });
}

void channel_finish(struct channel *channel)
{
	channel->ended = true;
	listening_remove(channel);
	if (channel->listener) {
		act_on(channel->listener->loop, finish, channel->listener, 0, (str) { 0 });
		set_listener(channel, NULL);
	}
	forget_later(channel);
}

void channel_close_stream(struct channel *channel)
{
	if (channel->listener) {
		act_on(channel->listener->loop, finish, channel->listener, 0, (str) { 0 });
		set_listener(channel, NULL);
	}
}

void channel_end(struct channel *channel)
{
	channel_finish(channel);
	channel_drop(channel);
}

/* ---- Opening ---- */

/* Makes room in the session by forgetting an ended channel at home here; false: it is full. */
static bool add_to_session(struct session *session, struct channel *channel)
{
	struct channel *old = NULL;
	bool room;

	pthread_mutex_lock(&session->lock);
	if (session->channel_count >= runtime.set.session_streams_max)
		for (struct channel *each = session->channels; each; each = each->next)
			if (each->home == channel->home && (each->ended || !each->listener) &&
			    !(each->answers && !each->ended))
				old = each;     /* the last in the list is the oldest */
	room = old || session->channel_count < runtime.set.session_streams_max;
	if (room) {
		channel->number = ++session->next_channel;
		channel->next = session->channels;
		session->channels = channel;
		session->channel_count++;
	}
	pthread_mutex_unlock(&session->lock);
	if (old)
		forget(old);
	return room;
}

/* 2025-11-25: an id to come back with and the pause before, at once. Older clients would parse the
 * empty data as JSON. */
static void prime(struct channel *channel)
{
	char text[96];
	int size = snprintf(text, sizeof(text), "id: %lld-0\nretry: %lld\ndata: \n\n",
	                    (long long)channel->number, (long long)runtime.set.retry_ms);

	if (channel->session->revision >= R2025_11_25)
		deliver(channel->listener, 0, (str) { text, (size_t)size });
}

struct channel *channel_open(struct session *session, struct exchange *x, bool answers)
{
	struct channel *channel = calloc(1, sizeof(*channel));

	if (!channel)
		abort();
	atomic_store(&channel->references, answers ? 2 : 1);
	channel->home = exchange_loop(x);
	channel->answers = answers;
	channel->session = session_keep(session);
	atomic_fetch_add(&session->kept_channels, 1);
	if (!add_to_session(session, channel)) {
		metric_add(METRIC_LIMIT_STREAMS, 1);
		atomic_store(&channel->references, 1);
		channel_drop(channel);
		return NULL;
	}
	set_listener(channel, listener_create(channel, x));
	if (!answers)
		listening_add(channel);
	prime(channel);
	return channel;
}

/* ---- Coming back ---- */

static void attach(struct listener *listener, int64_t number, UNUSED str text)
{
	struct channel *channel = listener->channel;

	timer_clear(channel->home, &channel->timer);
	if (channel->listener)
		act_on(channel->listener->loop, finish, channel->listener, 0, (str) { 0 });
	set_listener(channel, listener);
	for (struct event *event = channel->first; event; event = event->next)
		if (event->number > number)
			act_on(listener->loop, deliver, listener, 0, (str) { event->text, event->size });
	if (channel->ended || atomic_load(&channel->session->ended))
		channel_finish(channel);
}

static struct channel *find_channel(struct session *session, int64_t number)
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

const struct fault *channel_resume(struct session *session, struct exchange *x, str last_event_id)
{
	static const struct fault unknown = {
		.code = 400, .http_sessions = 400, .http_stateless = 400,
		.text = "Last-Event-ID names no stream of this session that is still kept; open a new one "
		        "without it."
	};
	str rest = last_event_id, head = str_cut(&rest, '-');
	int64_t number, event;

	if (!str_to_int(head, &number) || !str_to_int(rest, &event))
		return &unknown;
	struct channel *channel = find_channel(session, number);
	if (!channel)
		return &unknown;
	metric_add(METRIC_RESUMED, 1);
	struct listener *listener = listener_create(channel, x);
	act_on(channel->home, attach, listener, event, (str) { 0 });
	channel_drop(channel);
	return NULL;
}

/* ---- Ending ---- */

struct ending {
	struct message message;
	struct channel *channel;
};

static void ending_arrives(struct message *message, UNUSED struct loop *loop)
{
	struct ending *ending = (struct ending *)message;

	channel_finish(ending->channel);
	channel_drop(ending->channel);
	free(ending);
}

void channels_end_session(struct session *session)
{
	pthread_mutex_lock(&session->lock);
	for (struct channel *channel = session->channels; channel; channel = channel->next) {
		struct ending *ending = malloc(sizeof(*ending));
		if (!ending)
			abort();
		ending->message.run = ending_arrives;
		ending->channel = channel_keep(channel);
		loop_post(channel->home, &ending->message);
	}
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
