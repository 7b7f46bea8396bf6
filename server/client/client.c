/* client.c - calls the tools of another MCP server: tries, pauses, and when to stop trying. */
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/random.h>
#include <time.h>

#include "tool_answer.h"
#include "breaker.h"
#include "calls_out.h"
#include "client.h"
#include "log.h"
#include "tool_request.h"
#include "trouble.h"

#define CONNECT_MS 1000
#define TOTAL_MS 3000
#define TRIES 3
#define ANSWER_MAX (4 * 1024 * 1024)
#define FETCHERS_KEPT 64                /* with a connection each; to open one costs more than a call */

struct client {
	char *url, *key, *name, *version;
	atomic_llong last_id;
	struct breaker breaker;
	struct calls_out *calls;
	pthread_mutex_t lock;           /* of the fetchers nobody uses now */
	struct fetcher *kept[FETCHERS_KEPT];
	size_t kept_count;
};

static char *copy(const char *text)
{
	char *mine = text ? strdup(text) : NULL;
	if (text && !mine)
		abort();
	return mine;
}

static bool is_key(const char *key)
{
	for (const char *at = key; *at; at++)
		if (*at <= ' ' || *at > '~')
			return false;
	return true;
}

struct client *client_create(const char *url, const char *key, const char *name,
                             const char *version)
{
	const char *wrong = fetch_check_url(url);
	if (wrong) {
		log_error("the URL of a server to call cannot be used: %s", wrong);
		return NULL;
	}
	if (key && !is_key(key)) {
		log_error("the key for %s cannot be used: it holds a space or another character that"
		          " no key has", url);
		return NULL;
	}
	struct client *client = calloc(1, sizeof(*client));
	if (!client)
		abort();
	client->url = copy(url);
	client->key = copy(key && key[0] ? key : NULL);
	client->name = copy(name);
	client->version = copy(version);
	client->breaker = (struct breaker)BREAKER_START;
	client->calls = calls_out_to(url);
	pthread_mutex_init(&client->lock, NULL);
	return client;
}

void client_destroy(struct client *client)
{
	if (!client)
		return;
	while (client->kept_count > 0)
		fetcher_destroy(client->kept[--client->kept_count]);
	pthread_mutex_destroy(&client->lock);
	free(client->url);
	free(client->key);
	free(client->name);
	free(client->version);
	free(client);
}

static struct fetcher *borrow(struct client *client)
{
	struct fetcher *fetcher = NULL;
	pthread_mutex_lock(&client->lock);
	if (client->kept_count > 0)
		fetcher = client->kept[--client->kept_count];
	pthread_mutex_unlock(&client->lock);
	return fetcher ? fetcher : fetcher_create();
}

static void give_back(struct client *client, struct fetcher *fetcher)
{
	pthread_mutex_lock(&client->lock);
	if (client->kept_count < FETCHERS_KEPT) {
		client->kept[client->kept_count++] = fetcher;
		fetcher = NULL;
	}
	pthread_mutex_unlock(&client->lock);
	fetcher_destroy(fetcher);
}

/* 50 to 100 ms, then 150 to 300: callers that failed together do not come back together. */
static int64_t pause_ms(int tries)
{
	int64_t least = tries == 1 ? 50 : 150;
	uint32_t random = 0;
	if (getrandom(&random, sizeof(random), 0) != (ssize_t)sizeof(random))
		random = 0;
	return least + random % (least + 1);
}

static void sleep_ms(int64_t ms)
{
	struct timespec left = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 };
	while (nanosleep(&left, &left) != 0)
		;
}

static struct answer send_once(struct client *client, struct arena *arena,
                               struct fetch_request *request, int64_t id, int64_t left_ms)
{
	struct fetch_answer fetched;
	request->total_ms = left_ms > 1 ? left_ms : 1;
	request->connect_ms = request->total_ms < CONNECT_MS ? request->total_ms : CONNECT_MS;
	struct fetcher *fetcher = borrow(client);
	fetch(fetcher, arena, request, &fetched);
	give_back(client, fetcher);
	return answer_judge(arena, &fetched, id, client->url);
}

static struct answer send_until(struct client *client, struct arena *arena,
                                struct fetch_request *request, int64_t id, int64_t deadline)
{
	for (int tries = 1; ; tries++) {
		struct answer answer = send_once(client, arena, request, id, deadline - tick_ms());
		bool again = answer.verdict == VERDICT_NOT_DONE ||
		             (answer.verdict == VERDICT_UNKNOWN && !request->once);
		if (!again || tries == TRIES)
			return answer;
		int64_t pause = pause_ms(tries);
		if (pause < answer.retry_after_ms)
			pause = answer.retry_after_ms;
		if (tick_ms() + pause >= deadline)
			return answer;
		sleep_ms(pause);
	}
}

static struct answer send_call(struct client *client, struct arena *arena, bool idempotent,
                               struct request_parts *parts)
{
	parts->id = atomic_fetch_add(&client->last_id, 1) + 1;
	parts->key = client->key;
	parts->name = client->name;
	parts->version = client->version;
	struct fetch_request request = {
		.method = "POST", .url = client->url, .answer_max = ANSWER_MAX, .once = !idempotent,
	};
	request.body = request_write(arena, parts, &request.headers);
	return send_until(client, arena, &request, parts->id, tick_ms() + TOTAL_MS);
}

/* Tells the breaker, and whoever reads the log. */
static void note(struct client *client, enum breaker_pass pass, const char *tool,
                 const struct answer *answer)
{
	bool reached = answer->verdict != VERDICT_NOT_DONE && answer->verdict != VERDICT_UNKNOWN;
	if (answer->verdict == VERDICT_DENIED)
		log_warning("calling %s of %s failed: %s", tool, client->url, answer->why);
	if (!reached || answer->verdict == VERDICT_UNREADABLE)
		log_often(LOG_WARNING, "calling %s failed: %s", tool, answer->why);
	switch (breaker_leave(&client->breaker, pass, reached, tick_ms())) {
	case BREAKER_OPENED:
		log_warning("%s failed %d times in a row; it is not called for %d s", client->url,
		            BREAKER_FAILURES, BREAKER_OPEN_MS / 1000);
		break;
	case BREAKER_CLOSED:
		log_warning("%s answers again", client->url);
		break;
	case BREAKER_AS_IT_WAS:
		break;
	}
}

static enum client_outcome conclude(struct client *client, struct arena *arena,
                                    const struct answer *answer, const struct shape *out,
                                    void *result, const char **why, enum call_out *came_of)
{
	static const enum call_out each[] = {
		[VERDICT_ANSWERED] = CALL_ANSWERED, [VERDICT_REFUSED] = CALL_REFUSED, [VERDICT_DENIED] = CALL_DENIED,
		[VERDICT_UNREADABLE] = CALL_UNREADABLE, [VERDICT_NOT_DONE] = CALL_UNREACHABLE,
		[VERDICT_UNKNOWN] = CALL_UNREACHABLE,
	};

	*came_of = each[answer->verdict];
	*why = answer->why;
	if (answer->verdict == VERDICT_REFUSED || answer->verdict == VERDICT_DENIED)
		return CLIENT_REFUSED;
	if (answer->verdict != VERDICT_ANSWERED)
		return CLIENT_UNREACHABLE;
	if (!out)
		return CLIENT_ANSWERED;
	const char *wrong = "it has no structured result";
	*came_of = CALL_UNREADABLE;
	if (answer->structured)
		wrong = shape_read(out, answer->structured, 0, result, arena);
	if (!wrong) {
		*came_of = CALL_ANSWERED;
		return CLIENT_ANSWERED;
	}
	*why = arena_print(arena, "the answer of %s cannot be used: %s", client->url, wrong);
	return CLIENT_UNREACHABLE;
}

enum client_outcome (client_call)(struct client *client, struct arena *arena, const char *tool,
                                  bool idempotent, const struct shape *in, const void *arguments,
                                  const struct shape *out, void *result, const char **why)
{
	enum breaker_pass pass = breaker_enter(&client->breaker, tick_ms());
	enum call_out came_of;
	if (pass == BREAKER_NO_ENTRY) {
		calls_out_note(client->calls, CALL_HELD_BACK);
		*why = arena_print(arena, "%s did not answer lately, so it was not called",
		                   client->url);
		return CLIENT_UNREACHABLE;
	}
	struct request_parts parts = {
		.tool = tool, .in = in, .arguments = arguments, .about = about_now(),
	};
	struct answer answer = send_call(client, arena, idempotent, &parts);
	note(client, pass, tool, &answer);
	enum client_outcome outcome = conclude(client, arena, &answer, out, result, why, &came_of);
	calls_out_note(client->calls, came_of);
	return outcome;
}
