/* guard.c - what is checked at the door, before a body is read: who comes from where, and how often.
 *
 * Host and Origin protect from DNS rebinding: a browser can be made to send requests here, but not
 * to lie about the page they come from (streamable-http, "Security Warning"). */
#include <stdio.h>

#include "connect.h"
#include "visitor.h"

static str open_scopes;                 /* every scope there is, for the challenge */

/* ---- Headers with one value ---- */

/* Of two lines a proxy may read the one and this server the other. What 2026-07-28 repeats of
 * the body is looked at in param.c, MCP-Protocol-Version in compat.c. */
const struct fault *guard_single_headers(struct reply *reply)
{
	static const struct fault twice = {
		.code = 400, .http_sessions = 400, .http_stateless = 400
	};
	static const char *const single[] = {
		"Authorization", "Origin", "Content-Type", "Mcp-Session-Id", "Last-Event-ID"
	};

	for (size_t i = 0; i < sizeof(single) / sizeof(*single); i++)
		if (exchange_header_repeats(reply->exchange, single[i]))
			return fault_say(reply_arena(reply), &twice,
			                 "The header %s came more than once; send it once.",
			                 single[i]);
	return NULL;
}

/* ---- Host and Origin ---- */

/* The name of "name:port", "[::1]:port" or "name". */
static str host_name(str host)
{
	if (host.size && host.at[0] == '[') {
		str rest = host, name = str_cut(&rest, ']');
		bool whole = rest.at && (rest.size == 0 || rest.at[0] == ':');
		return whole ? (str) { name.at + 1, name.size - 1 } : host;
	}
	return str_cut(&host, ':');
}

static bool is_loopback_name(str name)
{
	return str_is_nocase(name, "localhost") || str_is(name, "127.0.0.1") || str_is(name, "::1");
}

static bool is_address(str name)
{
	bool colon = name.size && memchr(name.at, ':', name.size);

	for (size_t i = 0; i < name.size; i++)
		if (!strchr(colon ? "0123456789abcdefABCDEF:." : "0123456789.", name.at[i]))
			return false;
	return name.size > 0;
}

static bool is_listed(const char *list, str item)
{
	str rest = str_of(list);

	for (str each; list && (each = setting_item(&rest)).at;)
		if (str_is(each, "*") || (each.size == item.size &&
		                          strncasecmp(each.at, item.at, item.size) == 0))
			return true;
	return false;
}

/* Without PUBLIC_HOSTS only names that no page can be served under by somebody else: those of this
 * machine itself, and bare addresses. */
static bool host_allowed(str host)
{
	str name = host_name(host);

	if (is_loopback_name(name) || is_listed(runtime.set.public_hosts, name) ||
	    is_listed(runtime.set.public_hosts, host))
		return true;
	return !runtime.set.public_hosts &&
	       (is_address(name) || str_is_nocase(name, runtime.set.host));
}

static bool is_visible(str text)
{
	for (size_t i = 0; i < text.size; i++)
		if (text.at[i] <= ' ' || text.at[i] > '~')
			return false;
	return true;
}

static bool origin_allowed(str origin)
{
	str rest = origin;
	bool loopback_bound = is_loopback_name(str_of(runtime.set.host)) ||
	                      str_starts(str_of(runtime.set.host), "127.");

	/* It is echoed: an origin has neither blanks nor other characters than ASCII's visible ones. */
	if (!is_visible(origin))
		return false;
	if (is_listed(runtime.set.allowed_origins, origin))
		return true;
	if (!str_starts(origin, "http://") && !str_starts(origin, "https://"))
		return false;
	rest.at += str_starts(origin, "https://") ? 8 : 7;
	rest.size -= (size_t)(rest.at - origin.at);
	return loopback_bound && is_loopback_name(host_name(rest));
}

const struct fault *guard_host_and_origin(struct reply *reply)
{
	static const struct fault host_fault = {
		.code = 403, .http_sessions = 403, .http_stateless = 403,
		.text = "This Host is not served here; the operator lists names in PUBLIC_HOSTS."
	}, origin_fault = {
		.code = 403, .http_sessions = 403, .http_stateless = 403,
		.text = "This Origin may not call; the operator lists origins in ALLOWED_ORIGINS."
	};
	str host = exchange_host(reply->exchange);
	str origin = exchange_header(reply->exchange, "Origin");

	if (host.at && !host_allowed(host))
		return &host_fault;
	if (origin.at && !origin_allowed(origin))
		return &origin_fault;
	return NULL;
}

/* ---- Browsers (CORS) ---- */

void guard_cors(struct exchange *x)
{
	str origin = exchange_header(x, "Origin");

	if (!origin.at || !origin_allowed(origin))
		return;
	struct arena *arena = arena_create();
	exchange_add_header(x, "Access-Control-Allow-Origin", arena_copy(arena, origin));
	arena_destroy(arena);
	exchange_add_header(x, "Vary", "Origin");
	exchange_add_header(x, "Access-Control-Expose-Headers",
	                    "Mcp-Session-Id, WWW-Authenticate, Retry-After");
}

#define PARAMS_MAX 32           /* more than a tool has; all of them must fit into an answer's headers */

/* The headers a page asks to send, as far as they are ours: the fixed ones and Mcp-Param-*. */
static const char *param_headers(struct exchange *x, struct arena *arena)
{
	str rest = exchange_header(x, "Access-Control-Request-Headers");
	const char *list = "";
	int count = 0;

	for (str item; count < PARAMS_MAX && (item = header_item(&rest)).at;) {
		if (item.size <= 10 || item.size >= 80 || !is_visible(item) ||
		    strncasecmp(item.at, "mcp-param-", 10) != 0)
			continue;
		list = arena_print(arena, "%s, %.*s", list, STR_FORMAT(item));
		count++;
	}
	return list;
}

void guard_preflight(struct exchange *x)
{
	struct arena *arena = arena_create();

	guard_cors(x);
	exchange_add_header(x, "Allow", "GET, POST, DELETE, OPTIONS");
	exchange_add_header(x, "Access-Control-Allow-Methods", "GET, POST, DELETE, OPTIONS");
	exchange_add_header(x, "Access-Control-Allow-Headers",
		arena_print(arena,
		            "Authorization, Content-Type, Accept, MCP-Protocol-Version, Mcp-Session-Id, "
		            "Last-Event-ID, Mcp-Method, Mcp-Name, traceparent, tracestate%s",
		            param_headers(x, arena)));
	exchange_add_header(x, "Access-Control-Max-Age", "7200");
	arena_destroy(arena);
}

/* ---- Callers ---- */

static void add_scope(const char *scope)
{
	str rest = open_scopes;

	for (str item; scope && rest.at && (item = str_cut(&rest, ' ')).size;)
		if (str_is(item, scope))
			return;
	if (scope)
		open_scopes = str_of(arena_print(runtime.arena, "%.*s%s%s", STR_FORMAT(open_scopes),
		                                 open_scopes.size ? " " : "", scope));
}

static void add_scopes(const struct offers *offers)
{
	for (int i = 0; i < offers->count; i++)
		add_scope(offers->first[i].scope);
}

void guard_start(void)
{
	open_scopes = STR("");
	add_scopes(&runtime.tools);
	add_scopes(&runtime.resources);
	add_scopes(&runtime.templates);
	add_scopes(&runtime.prompts);
}

/* The words stand in the header too where there is an `error`, which some clients show
 * (RFC 6750); so they have no quotes. */
static const struct fault *challenge(struct arena *arena, int status, const char *error,
                                     const char *scopes, const char *text)
{
	struct fault *fault = arena_new(arena, struct fault);
	const char *why = !error ? "" :
		arena_print(arena, ", error=\"%s\", error_description=\"%s\"", error, text);

	*fault = (struct fault) { .code = status, .http_sessions = status, .http_stateless = status,
	                          .text = text };
	fault->challenge = arena_print(arena, "Bearer realm=\"%s\"%s%s%s%s",
		runtime.server->name, why,
		*scopes ? ", scope=\"" : "", scopes, *scopes ? "\"" : "");
	return fault;
}

const struct fault *guard_caller(struct reply *reply)
{
	struct arena *arena = reply_arena(reply);
	const char *scopes = open_scopes.at;

	switch (auth_check(exchange_header(reply->exchange, "Authorization"), &reply->caller)) {
	case AUTH_FINE:
		return NULL;
	case AUTH_MISSING:
		return challenge(arena, 401, NULL, scopes, arena_print(arena,
		                 "A key is needed, as the header Authorization: Bearer KEY"
		                 " (mcp-remote takes it as --header). %s",
		                 connect_key(arena, runtime.server->name)));
	case AUTH_MALFORMED:
		return challenge(arena, 400, "invalid_request", scopes,
		                 "The Authorization header is not the word Bearer and a key.");
	default:
		return challenge(arena, 401, "invalid_token", scopes, arena_print(arena,
		                 "This key is not known. %s",
		                 connect_key(arena, runtime.server->name)));
	}
}

const struct fault *guard_still(struct reply *reply)
{
	if (!reply->caller || auth_is_current(reply->caller))
		return NULL;
	return challenge(reply_arena(reply), 401, "invalid_token", open_scopes.at,
	                 "This key was revoked.");
}

const struct fault *guard_scope(struct mcp_call *call, const char *scope)
{
	if (call_may(call, scope))
		return NULL;
	return challenge(call->arena, 403, "insufficient_scope", scope,
	                 arena_print(call->arena, "This key does not have the scope %s.", scope));
}

/* ---- Rates ---- */

static const struct fault *take(struct reply *reply, struct rates *rates, str who)
{
	int64_t wait_ms = rates_take(rates, who, loop_tick_ms(reply->loop));

	if (wait_ms == 0)
		return NULL;
	metric_add(METRIC_LIMIT_RATE, 1);
	struct fault *fault = fault_say(reply_arena(reply), &FAULT_RATE, "%s",
	                                FAULT_RATE.text);
	fault->retry_after_ms = wait_ms;
	return fault;
}

const struct fault *guard_address_rate(struct reply *reply)
{
	char room[16];

	return runtime.set.address_rates
		? take(reply, runtime.set.address_rates, reply_address(reply, room)) : NULL;
}

const struct fault *guard_caller_rate(struct reply *reply)
{
	return runtime.set.caller_rates
		? take(reply, runtime.set.caller_rates, str_of(caller_name(reply->caller))) : NULL;
}

void guard_rate_more(struct reply *reply, size_t messages)
{
	int64_t now = loop_tick_ms(reply->loop), more = (int64_t)messages - 1;
	char room[16];

	if (runtime.set.address_rates)
		rates_owe(runtime.set.address_rates, reply_address(reply, room), now, more);
	if (runtime.set.caller_rates && reply->caller)
		rates_owe(runtime.set.caller_rates, str_of(caller_name(reply->caller)), now, more);
}

const struct fault *guard_initialize(struct reply *reply)
{
	char room[16];

	return runtime.set.initialize_rates
		? take(reply, runtime.set.initialize_rates, reply_address(reply, room)) : NULL;
}
