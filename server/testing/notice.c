/* notice.c - what a server tells on its own: progress, log messages, changes of what is followed. */
#include "inside.h"

#define WAIT_MS 5000

struct notice {
	struct notice *next;
	str method;
	yyjson_val *params;
};

struct stream {
	struct stream *next;
	struct wire *wire;
};

static bool is_of(const struct notice *notice, const char *name)
{
	const char prefix[] = "notifications/";
	size_t size = sizeof(prefix) - 1;

	return str_starts(notice->method, prefix)
	       && str_is((str) { notice->method.at + size, notice->method.size - size }, name);
}

void notice_keep(struct mcp_test *test, yyjson_val *message)
{
	struct arena *arena = test->trial->arena;
	struct notice *notice = arena_new(arena, struct notice), **end = &test->notices;
	yyjson_val *params = yyjson_obj_get(message, "params");

	*notice = (struct notice) { .method = json_member(message, "method"),
	                            .params = params ? params : words_parse(arena, STR("{}")) };
	if (is_of(notice, "subscriptions/acknowledged"))
		return;
	while (*end)
		end = &(*end)->next;
	*end = notice;
}

/* ---- Streams that listen ---- */

/* Of what has come; a round of `wait_ms` where nothing has. False: nothing came. */
static bool listen_once(struct mcp_test *test, int64_t wait_ms)
{
	bool some = false;

	for (struct stream *stream = test->streams; stream; stream = stream->next) {
		for (str text; (text = wire_message(stream->wire, some ? 0 : wait_ms)).at;) {
			notice_keep(test, words_parse(test->trial->arena, text));
			some = true;
		}
	}
	return some;
}

static void add_stream(struct mcp_test *test, struct wire *wire)
{
	struct stream *stream = arena_new(test->trial->arena, struct stream);

	if (wire_status(wire) != 200) {
		str why = wire_message(wire, WAIT_MS);
		fail_say("nothing can be followed: HTTP %d: %.*s", wire_status(wire), STR_FORMAT(why));
	}
	*stream = (struct stream) { .next = test->streams, .wire = wire };
	test->streams = stream;
}

static void subscribe(struct mcp_test *test, const char *uri)
{
	if (!test->streams)
		add_stream(test, request_listen(test, NULL, NULL));
	if (!uri)
		return;
	struct mcp_said said = (mcp_test_request)(test, "resources/subscribe", "{\"uri\": \"%s\"}", uri);
	if (said.error)
		fail_say("%s can't be followed: %s", uri, said.text);
}

/* What the server has agreed to tell of: the rest it leaves out. NULL: it said nothing. */
static yyjson_val *acknowledged(struct mcp_test *test, struct wire *wire)
{
	for (str text; (text = wire_message(wire, WAIT_MS)).at;) {
		yyjson_val *message = words_parse(test->trial->arena, text);
		notice_keep(test, message);
		if (str_is(json_member(message, "method"), "notifications/subscriptions/acknowledged"))
			return yyjson_obj_get(yyjson_obj_get(message, "params"), "notifications");
	}
	return NULL;
}

void (mcp_test_follow)(struct mcp_test *test, const char *uri)
{
	struct arena *arena = test->trial->arena;

	if (test->sessions) {
		subscribe(test, uri);
		return;
	}
	const char *what = uri ? arena_print(arena, "{\"resourceSubscriptions\":[\"%s\"]}", uri)
		: "{\"toolsListChanged\":true,\"promptsListChanged\":true,\"resourcesListChanged\":true}";
	yyjson_val *params = words_parse(arena, str_of(arena_print(arena, "{\"notifications\":%s}", what)));
	struct wire *wire = request_listen(test, "subscriptions/listen", params);
	add_stream(test, wire);
	yyjson_val *agreed = acknowledged(test, wire);
	if (!agreed || words_differ(arena, yyjson_obj_get(params, "notifications"), agreed))
		fail_say("%s can't be followed: the server tells of %s", uri ? uri : "a list",
		         agreed ? words_of(arena, agreed) : "nothing");
}

void notice_end(struct mcp_test *test)
{
	for (struct stream *stream = test->streams; stream; stream = stream->next)
		wire_close(stream->wire);
	test->streams = NULL;
}

/* ---- Expecting ---- */

/* Takes the first that is so; what came of that name is told in *others. */
static bool take(struct mcp_test *test, const char *name, yyjson_val *wanted, const char **others)
{
	struct arena *arena = test->trial->arena;

	*others = "";
	for (struct notice **at = &test->notices; *at; at = &(*at)->next) {
		if (is_of(*at, name) && !words_differ(arena, wanted, (*at)->params)) {
			*at = (*at)->next;
			return true;
		}
		*others = arena_print(arena, "%s\n  got      %.*s %s", *others, STR_FORMAT((*at)->method),
		                      words_of(arena, (*at)->params));
	}
	return false;
}

void (mcp_test_notice)(struct mcp_test *test, const char *name, const char *json, ...)
{
	struct arena *arena = test->trial->arena;
	int64_t until_ms = tick_ms() + WAIT_MS;
	const char *others;
	va_list list;

	va_start(list, json);
	yyjson_val *wanted = words_read(arena, json, list);
	va_end(list);
	while (!take(test, name, wanted, &others)) {
		bool some = test->streams && tick_ms() < until_ms && listen_once(test, 20);
		if (!some && (!test->streams || tick_ms() >= until_ms))
			fail_say("expected a notification %s %s, got none such%s", name, words_of(arena, wanted), others);
	}
}

void (mcp_test_quiet)(struct mcp_test *test)
{
	const char *others;

	/* What was told so far is on its way when the loops have gone round. */
	http_settle(test->trial->serving.http);
	listen_once(test, 0);
	take(test, "", NULL, &others);
	if (*others)
		fail_say("expected no notification%s", others);
}
