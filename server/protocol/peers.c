/* peers.c - what the database and the other processes tell this one, brought to whom it is about. */
#include <stdlib.h>

#include "fatal.h"
#include "followers.h"
#include "input_wait.h"
#include "listener_rows.h"
#include "protocol.h"
#include "session.h"
#include "state.h"
#include "task.h"
#include "topic.h"

#define MIGRATIONS_MAX 1000
#define SECRET_BYTES 32

static void about_stream(str rest, enum stream_word word)
{
	struct session *session = session_held(str_cut(&rest, ' '));
	int64_t number;

	if (session && str_to_int(rest, &number))
		session_stream_hear(session, number, word);
	session_drop(session);
}

static void follows(str rest, bool wanted)
{
	str id = str_cut(&rest, ' ');

	session_follows_elsewhere(id, rest, wanted);
}

static void carried(str rest)
{
	str id = str_cut(&rest, ' ');
	int64_t stream;

	if (str_to_int(rest, &stream))
		session_carried_elsewhere(id, stream);
}

static void cancelled(str rest)
{
	struct session *session = session_held(str_cut(&rest, ' '));

	if (session)
		session_cancel_call(session, rest);
	session_drop(session);
}

static void lose(struct message *message, UNUSED struct loop *loop)
{
	session_streams_lose();
	tasks_lose();
	free(message);
}

static void missed(bool reborn)
{
	struct http *http = atomic_load(&runtime.http);

	sessions_doubt();
	topic_missed();
	for (int i = 0; reborn && http && i < http_loops(http); i++) {
		struct message *message = calloc(1, sizeof(*message));
		if (!message)
			fatal();
		message->run = lose;
		loop_post(http_loop(http, i), message);
	}
}

static void told(str what, str rest)
{
	if (str_is(what, "events"))
		about_stream(rest, STREAM_EVENTS);
	else if (str_is(what, "detach"))
		about_stream(rest, STREAM_DETACHED);
	else if (str_is(what, "lost"))
		about_stream(rest, STREAM_LOST);
	else if (str_is(what, "ended"))
		session_ended_elsewhere(rest);
	else if (str_is(what, "session"))
		session_changed_elsewhere(rest);
	else if (str_is(what, "follow") || str_is(what, "unfollow"))
		follows(rest, str_is(what, "follow"));
	else if (str_is(what, "carries"))
		carried(rest);
	else if (str_is(what, "cancel"))
		cancelled(rest);
	else if (str_is(what, "task-cancelled"))
		task_cancelled(rest);
	else if (str_is(what, "present"))
		presence_told(rest);
	else if (str_is(what, "followers"))
		followers_told(rest);
	else if (str_is(what, "missed"))
		missed(false);
}

/* Whoever comes back to a stream of a process that died is told so, call by call. */
static str last_words(struct arena *arena, str ids)
{
	static const struct fault died = { .code = -32603, .text =
		"The server that ran this call ended before it could answer; what it had begun may be"
		" done. Look, then call again." };
	struct json json = json_begin(arena, 512);
	enum json_trouble trouble;
	yyjson_val *each, *array = json_parse_copy(arena, ids, 4, &trouble);
	size_t index, count;

	json_array(&json);
	yyjson_arr_foreach(array, index, count, each) {
		struct json message = json_begin(arena, 256);
		fault_write(&message, &died, each);
		json_str(&json, json_end(&message));
	}
	json_array_end(&json);
	return json_end(&json);
}

const struct migration *protocol_migrations(const struct mcp_server *server, bool shared)
{
	static struct migration all[MIGRATIONS_MAX + 1];
	int count = 0;

	for (const struct migration *each = server->migrations; each->name; each++)
		if (count < MIGRATIONS_MAX)
			all[count++] = *each;
	for (const struct migration *each = state_migrations; shared && each->name; each++)
		if (count < MIGRATIONS_MAX)
			all[count++] = *each;
	all[count] = (struct migration) { 0 };
	return all;
}

/* Without STATE_KEYS what is sealed is good for every process that has the state, now or later. */
bool protocol_share(const char *database)
{
	const char *fresh = seal_is_random() ? random_text(runtime.arena, SECRET_BYTES) : NULL;
	bool started = state_start(&(struct state_settings) {
		.database = database, .fresh_secret = fresh,
		.session_idle_ms = runtime.set.session_idle_ms, .resume_ms = runtime.set.resume_ms,
		.task_ttl_ms = runtime.set.task_ttl_ms, .sessions_max = runtime.set.sessions_max,
		.stream_max = (int64_t)runtime.set.backlog_max,
		.kept_max = (int64_t)runtime.set.streams->max / 4 * 3, .budget = runtime.set.requests,
		.handler = { .changed = topic_arrived, .told = told, .missed = missed,
		             .used = sessions_used, .last_words = last_words, .due = input_due,
		             .task_due = task_due, .task_last_words = TASK_LAST_WORDS },
	});

	topic_hears(started && listener_rows_are_first());
	return started && (!fresh || !seal_configure(state_secret()));
}

void protocol_unshare(void)
{
	state_stop();
}
