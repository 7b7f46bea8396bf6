/* endpoint.c - the paths of the server: /mcp with its four methods, the health checks, and words
 * for who comes to another. */
#include "databases.h"
#include "guard.h"
#include "origin.h"
#include "protocol.h"
#include "readiness.h"
#include "rpc.h"
#include "session.h"
#include "spans.h"
#include "state.h"
#include "store_internal.h"
#include "visitor.h"

static const struct fault not_found = {
	FAULT_HTTP(404),
	.text = "There is nothing here; the endpoint is /mcp."
}, wrong_method = {
	FAULT_HTTP(405),
	.text = "This method is not served here."
}, too_large = {
	FAULT_HTTP(413),
	.text = "The body is larger than this server takes."
}, too_many_streams = {
	FAULT_HTTP(429), .retry_after_ms = 5000,
	.text = "This session has as many streams as it may have; close one."
}, no_connection = {
	FAULT_HTTP(503), .retry_after_ms = 1000,
	.text = "All connections of this server are at work; try again shortly."
};

/* ---- Health ---- */

/* A loop does not ask a database that is elsewhere: whoever has a connection for the state knows more. One that is a file
 * may be known to be away before anybody looked for that, also where this loop has no connection and gets none. */
static const char *why_no_database(struct exchange *x)
{
	struct loop *loop = exchange_loop(x);
	const char *database = ((const struct workplace *)loop_context(loop))->database;
	struct store *store = loop_store(loop);
	struct store_why why;

	if (!state_healthy())
		return READINESS_NO_ANSWER;
	if (store ? store_blocks(store) || store_reachable(store) : !database)
		return NULL;
	if (database && store_gone(database, &why))
		return READINESS_GONE;
	return store && !store_well(store, &why) ? READINESS_NO_WRITES : READINESS_NO_ANSWER;
}

/* In words for anybody; NULL: it is ready. */
static const char *why_not_ready(struct exchange *x)
{
	const char *why = readiness_why_not();
	return why ? why : why_no_database(x);
}

static void answer_ready(struct reply *reply)
{
	struct exchange *x = reply->exchange;
	const char *why = why_not_ready(x);

	if (!why)
		exchange_answer(x, 200, "text/plain", STR("ready\n"));
	else
		exchange_answer(x, 503, "text/plain",
		                str_of(arena_print(reply_arena(reply), "not ready: %s\n", why)));
}

/* Probes name any Host, come often and need no log line. */
static bool answer_health(struct reply *reply, str path)
{
	struct exchange *x = reply->exchange;
	bool alive = str_is(path, "/healthz"), ready = str_is(path, "/readyz");

	if (!alive && !ready)
		return false;
	reply->logged = reply->answered = true;
	exchange_add_header(x, "Cache-Control", "no-store");
	if (alive)
		exchange_answer(x, 200, "text/plain", STR("alive\n"));
	else
		answer_ready(reply);
	return true;
}

/* ---- Before the body is read ---- */

static const struct fault *not_allowed(struct reply *reply, const char *allow)
{
	exchange_add_header(reply->exchange, "Allow", allow);
	return &wrong_method;
}

/* Who does not speak MCP: answered, or asks what may be sent (OPTIONS). */
static bool is_visitor(struct reply *reply, str path)
{
	if (page_answer(reply, path))
		return true;
	if (!signin_is_path(path))
		return false;
	if (exchange_method(reply->exchange) != HTTP_OPTIONS)
		signin_answer(reply, path);
	return true;
}

/* ---- Who comes ---- */

static const struct fault *enter(struct reply *reply, const struct auth_answer *answer)
{
	struct exchange *x = reply->exchange;

	TRY(guard_caller(reply, answer));
	exchange_charge(x, caller_requests(reply->caller), caller_streams(reply->caller));
	TRY(guard_caller_rate(reply));
	return exchange_method(x) == HTTP_DELETE ? NULL : guard_types(reply);
}

/* A request waits for the keys that its token is checked with, before its body is read. */
struct entering {
	struct auth_waiter waiter;
	struct reply *reply;            /* held */
};

static void keys_came(struct auth_waiter *waiter)
{
	struct reply *reply = ((struct entering *)waiter)->reply;
	struct exchange *x = reply->exchange;

	reply->parked = false;
	reply->waiter = NULL;
	if (x) {
		struct auth_answer answer = auth_check_again(exchange_header(x, "Authorization"));
		const struct fault *fault = enter(reply, &answer);
		if (fault)
			reply_fault(reply, fault, NULL);
		else
			exchange_go_on(x);
	}
	reply_drop(reply);
}

static void left_before(void *user)
{
	struct reply *reply = user;
	struct auth_waiter *waiter = reply->waiter;

	reply_client_gone(reply);
	if (auth_await_cancel(waiter))
		reply_drop(reply);
}

static const struct fault *admit_caller(struct reply *reply)
{
	struct auth_answer answer = auth_check(exchange_header(reply->exchange, "Authorization"));
	char room[16];

	if (answer.outcome != AUTH_WAITING)
		return enter(reply, &answer);
	uint64_t party = caller_party(NULL, reply_address_group(reply, room));
	struct entering *entering = arena_new(reply_arena(reply), struct entering);
	entering->reply = reply;
	if (!auth_await_keys(&entering->waiter, reply->loop, party, keys_came)) {
		/* Until then some of them are gone. */
		answer = (struct auth_answer) { .outcome = AUTH_UNAVAILABLE, .retry_ms = AUTH_WAIT_MS };
		return enter(reply, &answer);
	}
	reply->references++;
	reply->parked = true;
	reply->waiter = &entering->waiter;
	exchange_park(reply->exchange, left_before);
	return NULL;
}

static const struct fault *admit(struct reply *reply, str path)
{
	struct exchange *x = reply->exchange;
	bool endpoint = str_is(path, "/mcp") || str_is(path, "/mcp/");
	enum revision revision;

	TRY(guard_address(reply));
	TRY(guard_address_rate(reply));
	TRY(guard_single_headers(reply));
	TRY(origin_host_check(reply));
	if (metadata_answer(reply, path))
		return NULL;
	TRY(origin_check(reply));
	if (!(endpoint && exchange_method(x) == HTTP_POST) && is_visitor(reply, path))
		return NULL;
	if (!endpoint)
		return &not_found;
	switch (exchange_method(x)) {
	case HTTP_OPTIONS:
		return NULL;
	case HTTP_POST:
		break;
	case HTTP_GET:
	case HTTP_DELETE:
		/* 2026-07-28 has no other method than POST. */
		if (revision_find(exchange_header(x, "MCP-Protocol-Version"), &revision) &&
		    revision == R2026_07_28)
			return not_allowed(reply, "POST, OPTIONS");
		break;
	default:
		return not_allowed(reply, "GET, POST, DELETE, OPTIONS");
	}
	return admit_caller(reply);
}

static void headers_in(struct exchange *x)
{
	struct reply *reply = reply_create(x);
	str path = exchange_path(x);
	const struct fault *fault;

	reply->era = &era_sessions;     /* unless its message says otherwise */
	if (answer_health(reply, path))
		return;
	spans_sample(&reply->about.trace);
	fault = exchange_is_spare(x) ? &no_connection : admit(reply, path);
	if (fault)
		reply_fault(reply, fault, NULL);
}

/* ---- What comes of it ---- */

static const struct fault *open_listener(struct reply *reply)
{
	struct exchange *x = reply->exchange;
	str last_event_id = exchange_header(x, "Last-Event-ID");

	TRY(rpc_session(reply, true));
	reply_tell_id(reply);
	if (last_event_id.at)
		return session_stream_resume(reply, last_event_id);
	exchange_set_user(x, NULL);
	if (!session_stream_open(reply, x, false, (str) { 0 })) {
		exchange_set_user(x, reply);
		return &too_many_streams;
	}
	reply_taken_over(reply, x);
	return NULL;
}

static const struct fault *end_session(struct reply *reply)
{
	TRY(rpc_session(reply, true));
	session_end_for(reply);
	return NULL;
}

static void post(struct reply *reply)
{
	switch (exchange_body_trouble(reply->exchange)) {
	case BODY_TOO_LARGE:
		metric_add(METRIC_LIMIT_BODY, 1);
		reply_fault(reply, &too_large, NULL);
		break;
	case BODY_NO_ROOM:
		metric_add(METRIC_LIMIT_BODY, 1);
		reply_fault(reply, reply_no_room(reply), NULL);
		break;
	default:
		rpc_receive(reply);
	}
}

/* ---- Sessions that this process has not met yet ---- */

static void take(struct reply *reply);

static void session_came(void *context, struct session *session, bool failed)
{
	struct reply *reply = context;

	reply->fetched = true;
	if (reply->exchange && failed)
		reply_fault(reply, &FAULT_BUSY, NULL);
	else if (reply->exchange)
		take(reply);
	session_drop(session);
	reply_drop(reply);
}

/* True: the request is taken when its session is here. Who asks what may be sent (OPTIONS) has
 * shown no key, and makes nobody look for anything. */
static bool fetches_session(struct reply *reply)
{
	str id = exchange_header(reply->exchange, "Mcp-Session-Id");
	str version = exchange_header(reply->exchange, "MCP-Protocol-Version");
	enum revision revision;

	if (!reply->caller || reply->fetched || !session_is_id(id) ||
	    session_is_here(id) ||
	    (revision_find(version, &revision) && revision == R2026_07_28))
		return false;
	reply->references++;
	reply_park(reply);
	session_fetch(id, reply->caller, session_came, reply);
	return true;
}

/* ---- The request ---- */

static const struct fault *carry_out(struct reply *reply)
{
	struct exchange *x = reply->exchange;

	TRY(guard_still(reply));        /* a body, or its session, may have been long in coming */
	switch (exchange_method(x)) {
	case HTTP_POST:
		post(reply);
		return NULL;
	case HTTP_GET:
		return open_listener(reply);
	case HTTP_DELETE:
		return end_session(reply);
	default:
		origin_preflight(x);
		reply->answered = true;
		exchange_answer(x, 204, NULL, STR(""));
		return NULL;
	}
}

static void take(struct reply *reply)
{
	reply->references++;            /* whatever happens, it outlives this */
	const struct fault *fault = carry_out(reply);
	if (fault)
		reply_fault(reply, fault, NULL);
	reply_drop(reply);
}

static void request_in(struct exchange *x)
{
	struct reply *reply = exchange_user(x);

	if (!fetches_session(reply))
		take(reply);
}

static void finished(struct exchange *x)
{
	struct reply *reply = exchange_user(x);

	if (!reply)
		return;                 /* its stream has taken over */
	/* Of one whose client left while it waits, its call tells, if it has come to one. */
	if (reply->answered || !reply->parked || !reply->calls)
		reply_log(reply, x);
	if (reply->parked && !reply->answered)
		return;                 /* the client left; its `gone` follows */
	reply_http_over(reply);
}

const struct http_handler protocol_handler = {
	.headers = headers_in, .request = request_in, .finished = finished
};
