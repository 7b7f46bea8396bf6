/* client.c - calls the tools of another MCP server: tries, pauses, and when to stop trying. */
#include <stdlib.h>
#include <sys/random.h>

#include "calling.h"
#include "fatal.h"
#include "log.h"
#include "tool_request.h"

#define CONNECT_MS 1000
#define TOTAL_MS 3000
#define TRIES 3
#define ANSWER_MAX (4 * 1024 * 1024)

static char *copy(const char *text)
{
	char *mine = text ? strdup(text) : NULL;
	if (text && !mine)
		fatal();
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
		fatal();
	client->url = copy(url);
	client->key = copy(key && key[0] ? key : NULL);
	client->name = copy(name);
	client->version = copy(version);
	client->breaker = (struct breaker)BREAKER_START;
	client->calls = calls_out_to(url);
	return client;
}

void client_destroy(struct client *client)
{
	if (!client)
		return;
	free(client->url);
	free(client->key);
	free(client->name);
	free(client->version);
	free(client);
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

/* ---- One call, of one to three tries ---- */

static void limit(struct calling *calling, int64_t pause)
{
	struct fetch_request *request = &calling->request;
	int64_t left = calling->deadline - tick_ms() - pause;

	request->pause_ms = pause;
	request->total_ms = left > 1 ? left : 1;
	request->connect_ms = request->total_ms < CONNECT_MS ? request->total_ms : CONNECT_MS;
}

bool calling_begin(struct calling *calling, struct client *client, struct arena *arena, const char *tool,
                   bool idempotent, const struct shape *in, const void *arguments)
{
	*calling = (struct calling) {
		.client = client, .arena = arena, .tool = tool, .tries = 1, .deadline = tick_ms() + TOTAL_MS,
		.pass = breaker_enter(&client->breaker, tick_ms()),
	};
	if (calling->pass == BREAKER_NO_ENTRY) {
		calling->answer = (struct answer) {
			.verdict = VERDICT_NOT_DONE,
			.why = arena_print(arena, "%s did not answer lately, so it was not called", client->url),
		};
		return false;
	}
	struct request_parts parts = {
		.tool = tool, .in = in, .arguments = arguments, .about = about_now(),
		.id = atomic_fetch_add(&client->last_id, 1) + 1, .key = client->key,
		.name = client->name, .version = client->version,
	};
	span_begin(&calling->span);
	if (parts.about)
		parts.trace = calling->span.recorded ? &calling->span.trace : &parts.about->trace;
	calling->id = parts.id;
	calling->request = (struct fetch_request) {
		.method = "POST", .url = client->url, .answer_max = ANSWER_MAX, .once = !idempotent,
	};
	calling->request.body = request_write(arena, &parts, &calling->request.headers);
	limit(calling, 0);
	return true;
}

/* Tells the breaker, and whoever reads the log. */
static void note(struct client *client, enum breaker_pass pass, const char *tool,
                 const struct answer *answer)
{
	bool reached = answer->verdict != VERDICT_NOT_DONE && answer->verdict != VERDICT_UNKNOWN;
	if (answer->verdict == VERDICT_DENIED)
		log_warning("calling %s of %s failed: %s", tool, client->url, answer->why);
	if (!reached || answer->verdict == VERDICT_UNREADABLE || answer->verdict == VERDICT_UNAVAILABLE)
		log_often(LOG_WARNING, "calling %s failed: %s", tool, answer->why);
	/* One caller's share that is full, or its own many calls, keep nobody else from the service. */
	if (answer->failed_here) {
		breaker_forget(&client->breaker, pass);
		return;
	}
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

bool calling_judge(struct calling *calling, const struct fetch_answer *fetched)
{
	struct answer *answer = &calling->answer;

	*answer = answer_judge(calling->arena, fetched, calling->id, calling->client->url);
	bool again = answer->verdict == VERDICT_NOT_DONE ||
	             (answer->verdict == VERDICT_UNKNOWN && !calling->request.once);
	int64_t pause = again && calling->tries < TRIES ? pause_ms(calling->tries) : 0;
	if (pause && pause < answer->retry_after_ms)
		pause = answer->retry_after_ms;
	if (pause && tick_ms() + pause < calling->deadline) {
		calling->tries++;
		limit(calling, pause);
		return false;
	}
	note(calling->client, calling->pass, calling->tool, answer);
	return true;
}

void calling_forget(struct calling *calling)
{
	breaker_forget(&calling->client->breaker, calling->pass);
}

static enum client_outcome read_answer(const struct calling *calling, struct arena *arena, const struct shape *out,
                                       void *result, const char **why, enum call_out *came_of)
{
	const struct answer *answer = &calling->answer;
	static const enum call_out each[] = {
		[VERDICT_ANSWERED] = CALL_ANSWERED, [VERDICT_REFUSED] = CALL_REFUSED,
		[VERDICT_UNAVAILABLE] = CALL_UNAVAILABLE, [VERDICT_DENIED] = CALL_DENIED,
		[VERDICT_UNREADABLE] = CALL_UNREADABLE, [VERDICT_NOT_DONE] = CALL_UNREACHABLE,
		[VERDICT_UNKNOWN] = CALL_UNREACHABLE,
	};

	*came_of = calling->pass == BREAKER_NO_ENTRY ? CALL_HELD_BACK : each[answer->verdict];
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
	*why = arena_print(arena, "the answer of %s cannot be used: %s", calling->client->url, wrong);
	return CLIENT_UNREACHABLE;
}

enum client_outcome calling_conclude(struct calling *calling, struct arena *arena, const struct shape *out,
                                     void *result, const char **why)
{
	enum call_out came_of;
	enum client_outcome outcome = read_answer(calling, arena, out, result, why, &came_of);

	if (!calling->counted)
		calls_out_note(calling->client->calls, came_of);
	else
		calls_out_again(came_of);
	if (!calling->counted && calling->pass != BREAKER_NO_ENTRY)
		call_out_span_end(&calling->span, calling->client->calls, calling->tool, came_of);
	calling->counted = true;
	return outcome;
}

enum client_outcome (client_call)(struct client *client, struct arena *arena, const char *tool,
                                  bool idempotent, const struct shape *in, const void *arguments,
                                  const struct shape *out, void *result, const char **why)
{
	struct calling calling;
	struct fetch_answer fetched;

	if (calling_begin(&calling, client, arena, tool, idempotent, in, arguments))
		do
			fetch(arena, &calling.request, &fetched);
		while (!calling_judge(&calling, &fetched));
	return calling_conclude(&calling, arena, out, result, why);
}
