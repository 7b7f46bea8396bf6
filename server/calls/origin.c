/* origin.c - which hosts are served and which pages may call: Host, Origin, and CORS for browsers.
 *
 * Host and Origin protect from DNS rebinding: a browser can be made to send requests here, but not
 * to lie about the page they come from (streamable-http, "Security Warning"). */
#include "call.h"
#include "origin.h"

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

/* Behind host_name(): nothing, or a colon and the digits of a port. */
static bool ends_as_host(str host, str name)
{
	str rest = { name.at + name.size, (size_t)(host.at + host.size - (name.at + name.size)) };
	int64_t port;

	if (str_starts(rest, "]"))
		rest.at++, rest.size--;
	if (rest.size == 0)
		return true;
	str digits = { rest.at + 1, rest.size - 1 };
	return *rest.at == ':' && digits.size > 0 && digits.at[0] != '+' && digits.at[0] != '-' && str_to_int(digits, &port) && port <= 65535;
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
	return loopback_bound && is_loopback_name(host_name(rest)) && ends_as_host(rest, host_name(rest));
}

const struct fault *origin_host_check(struct reply *reply)
{
	static const struct fault host_fault = {
		FAULT_HTTP(403),
		.text = "This Host is not served here; the operator lists names in PUBLIC_HOSTS."
	};
	str host = exchange_host(reply->exchange);

	return host.at && !host_allowed(host) ? &host_fault : NULL;
}

const struct fault *origin_check(struct reply *reply)
{
	static const struct fault origin_fault = {
		FAULT_HTTP(403),
		.text = "This Origin may not call; the operator lists origins in ALLOWED_ORIGINS."
	};
	str origin = exchange_header(reply->exchange, "Origin");

	return origin.at && !origin_allowed(origin) ? &origin_fault : NULL;
}

/* ---- Browsers (CORS) ---- */

void origin_allow(struct exchange *x)
{
	str origin = exchange_header(x, "Origin");

	if (!origin.at || !origin_allowed(origin))
		return;
	struct arena *arena = arena_create();
	exchange_add_header(x, "Access-Control-Allow-Origin", arena_copy(arena, origin));
	arena_destroy(arena);
	exchange_add_header(x, "Vary", "Origin");
	exchange_add_header(x, "Access-Control-Expose-Headers",
	                    "Mcp-Session-Id, WWW-Authenticate, Retry-After, X-Request-Id");
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

void origin_preflight(struct exchange *x)
{
	struct arena *arena = arena_create();

	origin_allow(x);
	exchange_add_header(x, "Allow", "GET, POST, DELETE, OPTIONS");
	exchange_add_header(x, "Access-Control-Allow-Methods", "GET, POST, DELETE, OPTIONS");
	exchange_add_header(x, "Access-Control-Allow-Headers",
		arena_print(arena,
		            "Authorization, Content-Type, Accept, MCP-Protocol-Version, Mcp-Session-Id, "
		            "Last-Event-ID, Mcp-Method, Mcp-Name, traceparent, tracestate, X-Request-Id%s",
		            param_headers(x, arena)));
	exchange_add_header(x, "Access-Control-Max-Age", "7200");
	arena_destroy(arena);
}
