/* protocol.c - the protocol as a whole: what it is made of, how it starts and stops. */
#include <stdlib.h>

#include "build.h"
#include "fatal.h"
#include "fetch.h"
#include "followers.h"
#include "guard.h"
#include "subscription.h"
#include "protocol.h"
#include "readiness.h"
#include "rpc.h"
#include "session.h"
#include "skill_methods.h"
#include "task.h"
#include "topic.h"
#include "visitor.h"

static const struct extension *const extensions[] = {
	&tasks_extension, &pages_extension, &skills_extension, NULL
};

const char *protocol_start(const struct protocol_settings *settings)
{
	runtime.set = *settings;
	runtime.server = settings->server;
	runtime.extensions = extensions;
	for (int revision = 0; revision < REVISIONS; revision++)
		runtime.eras[revision] = revision < R2026_07_28 ? &era_sessions : &era_stateless;
	topic_tell_also(session_streams_tell);
	followers_are_told_by(subscriptions_follow);
	followers_are_told_by(session_streams_follow);
	runtime.arena = arena_create();
	readiness_set(READINESS_STOPS, NULL, "");
	runtime.version = version_with_build(runtime.arena, runtime.server->version);
	offers_build();
	const char *wrong = guard_start();
	page_start();
	metadata_start();

	struct json json = json_begin(runtime.arena, 256);
	json_object(&json);
	json_key(&json, "io.modelcontextprotocol/serverInfo");
	json_raw(&json, runtime.server_info[R2026_07_28]);
	json_object_end(&json);
	runtime.result_meta = json_end(&json);
	return wrong;
}

void protocol_use_pool(struct pool *pool)
{
	runtime.pool = pool;
}

void protocol_use_http(struct http *http)
{
	atomic_store(&runtime.http, http);
}

void protocol_unready(void)
{
	readiness_set(READINESS_STOPS, "it stops", "");
}

struct ending {
	struct message message;
	int64_t jitter_ms;
};

static void end_listeners(struct message *message, UNUSED struct loop *loop)
{
	struct ending *ending = (struct ending *)message;

	session_streams_end_listening(ending->jitter_ms);
	subscriptions_end(ending->jitter_ms);
	topic_end_all();
	free(ending);
}

void protocol_end_streams(struct http *http, int64_t jitter_ms)
{
	for (int i = 0; i < http_loops(http); i++) {
		struct ending *ending = calloc(1, sizeof(*ending));
		if (!ending)
			fatal();
		ending->message.run = end_listeners;
		ending->jitter_ms = jitter_ms;
		loop_post(http_loop(http, i), &ending->message);
	}
}

void protocol_end_loop(void)
{
	calls_end_all();
	fetch_settle();         /* a call that is over may still be being handed on, to this loop or to a worker */
	subscriptions_end_loop();
}

void protocol_end_tasks(struct http *http, int64_t until_tick_ms)
{
	tasks_end(http, until_tick_ms);
}

void protocol_stop(void)
{
	sessions_stop();
	skills_stop();
	presence_end();
	atomic_store(&runtime.http, NULL);
	runtime.pool = NULL;
	arena_destroy(runtime.arena);
	runtime.arena = NULL;
	runtime.tools = runtime.resources = runtime.templates = runtime.prompts = (struct offers) { 0 };
}
