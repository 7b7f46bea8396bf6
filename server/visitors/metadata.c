/* metadata.c - the documents in which clients look up where to sign in.
 *
 * RFC 9728's of this server as a protected resource names the issuer. Where that leaves out of its own
 * document what clients insist on (Cognito, Entra: PKCE), this server's origin stands in for it there
 * (OAUTH_FACADE) and has RFC 8414's document of it: static, with the issuer's own endpoints, so nobody's
 * token passes here. Anybody may read them, pages of any origin too. */
#include "issuer.h"
#include "json.h"
#include "visitor.h"

#define RESOURCE_PATH "/.well-known/oauth-protected-resource"
#define SERVER_PATH "/.well-known/oauth-authorization-server"

static struct {
	str origin, path;               /* of the endpoint as clients reach it */
	str resource;                   /* the document; .at NULL: there is no issuer */
} metadata;

/* The authority ends where the path begins. */
static void split(str url)
{
	size_t scheme = str_starts(url, "https://") ? 8 : 7, size = scheme;

	while (size < url.size && !strchr("/?#", url.at[size]))
		size++;
	metadata.origin = (str) { url.at, size };
	metadata.path = (str) { url.at + size, url.size - size };
}

static void write_scopes(struct json *json)
{
	str rest = str_of(issuer_scopes());

	if (rest.size == 0)
		return;
	json_key(json, "scopes_supported");
	json_array(json);
	while (rest.size > 0) {
		str scope = str_cut(&rest, ' ');
		json_text(json, arena_print(json->arena, "%s%.*s", issuer_scope_prefix(),
		                            STR_FORMAT(scope)));
	}
	json_array_end(json);
}

static void write_list(struct json *json, const char *key, const char *first, const char *second)
{
	json_key(json, key);
	json_array(json);
	json_text(json, first);
	if (second)
		json_text(json, second);
	json_array_end(json);
}

void metadata_start(void)
{
	struct json json = json_begin(runtime.arena, 512);

	metadata.resource = (str) { 0 };
	if (!issuer_name())
		return;
	split(str_of(runtime.set.public_url));
	json_object(&json);
	json_key(&json, "resource");
	json_text(&json, runtime.set.public_url);
	write_list(&json, "authorization_servers", runtime.set.facade
	           ? arena_copy(runtime.arena, metadata.origin) : issuer_name(), NULL);
	write_scopes(&json);
	write_list(&json, "bearer_methods_supported", "header", NULL);
	json_key(&json, "resource_name");
	json_text(&json, runtime.server->title ? runtime.server->title : runtime.server->name);
	json_object_end(&json);
	metadata.resource = json_end(&json);
}

const char *metadata_url(struct arena *arena)
{
	return !metadata.resource.at ? NULL
		: arena_print(arena, "%.*s" RESOURCE_PATH "%.*s", STR_FORMAT(metadata.origin),
		              STR_FORMAT(metadata.path));
}

/* ---- The issuer's, as clients want it ---- */

/* Clients open it in a browser, or send it what they got there, because this server says so: only
 * what is on the web, or on this machine as the issuer itself. */
static bool is_endpoint(str url)
{
	for (size_t i = 0; i < url.size; i++)
		if (url.at[i] <= ' ' || url.at[i] > '~' || strchr("\"'`<>\\^{|}", url.at[i]))
			return false;
	return str_starts(url, "https://") ||
	       (str_starts(url, "http://") && str_starts(str_of(issuer_name()), "http://"));
}

static void copy(struct json *json, yyjson_val *document, const char *key)
{
	str url = json_member(document, key);

	if (!url.at || !is_endpoint(url))
		return;
	json_key(json, key);
	json_str(json, url);
}

/* A client of people's machines has no secret, whether the issuer says so or not. */
static void write_methods(struct json *json, yyjson_val *document)
{
	yyjson_val *methods = yyjson_obj_get(document, "token_endpoint_auth_methods_supported"), *each;
	size_t index, count;

	json_key(json, "token_endpoint_auth_methods_supported");
	json_array(json);
	json_text(json, "none");
	yyjson_arr_foreach(methods, index, count, each)
		if (yyjson_is_str(each) && !yyjson_equals_str(each, "none"))
			json_value(json, each);
	json_array_end(json);
}

static str write_server(struct arena *arena, yyjson_val *document)
{
	struct json json = json_begin(arena, 1024);

	json_object(&json);
	json_key(&json, "issuer");
	json_text(&json, arena_copy(arena, metadata.origin));
	copy(&json, document, "authorization_endpoint");
	copy(&json, document, "token_endpoint");
	copy(&json, document, "revocation_endpoint");
	copy(&json, document, "jwks_uri");
	write_list(&json, "response_types_supported", "code", NULL);
	write_list(&json, "grant_types_supported", "authorization_code", "refresh_token");
	write_list(&json, "code_challenge_methods_supported", "S256", NULL);
	write_methods(&json, document);
	write_scopes(&json);
	json_object_end(&json);
	return json_end(&json);
}

static void answer(struct reply *reply, str document)
{
	exchange_add_header(reply->exchange, "Cache-Control", "public, max-age=300");
	exchange_answer(reply->exchange, 200, "application/json", document);
}

static void answer_server(struct reply *reply)
{
	struct arena *arena = reply_arena(reply);
	const char *text = issuer_document(arena);
	enum json_trouble trouble;
	yyjson_val *document = text ? json_parse_copy(arena, str_of(text), runtime.set.depth_max, &trouble)
	                            : NULL;

	if (is_endpoint(json_member(document, "authorization_endpoint")) &&
	    is_endpoint(json_member(document, "token_endpoint"))) {
		answer(reply, write_server(arena, document));
		return;
	}
	exchange_add_header(reply->exchange, "Retry-After", "5");
	exchange_add_header(reply->exchange, "Cache-Control", "no-store");
	exchange_answer(reply->exchange, 503, "application/json",
	                STR("{\"error\":\"temporarily_unavailable\",\"error_description\":"
	                    "\"What the issuer says of itself could not be had yet.\"}"));
}

/* ---- Requests ---- */

static bool is_resource(str path)
{
	if (!metadata.resource.at || !str_starts(path, RESOURCE_PATH))
		return false;
	str of = { path.at + strlen(RESOURCE_PATH), path.size - strlen(RESOURCE_PATH) };
	return of.size == 0 || str_same(of, metadata.path) || str_is(of, "/mcp");
}

static bool is_server(str path)
{
	return metadata.resource.at && runtime.set.facade && str_is(path, SERVER_PATH);
}

static void preflight(struct exchange *x)
{
	exchange_add_header(x, "Access-Control-Allow-Methods", "GET, HEAD, OPTIONS");
	exchange_add_header(x, "Access-Control-Allow-Headers",
	                    "MCP-Protocol-Version, Accept, Content-Type, Authorization");
	exchange_add_header(x, "Access-Control-Max-Age", "7200");
	exchange_answer(x, 204, NULL, STR(""));
}

bool metadata_answer(struct reply *reply, str path)
{
	struct exchange *x = reply->exchange;
	bool resource = is_resource(path);

	if (!resource && !is_server(path))
		return false;
	reply->answered = true;
	exchange_add_header(x, "Access-Control-Allow-Origin", "*");
	switch (exchange_method(x)) {
	case HTTP_GET:
	case HTTP_HEAD:
		if (resource)
			answer(reply, metadata.resource);
		else
			answer_server(reply);
		break;
	case HTTP_OPTIONS:
		preflight(x);
		break;
	default:
		exchange_add_header(x, "Allow", "GET, HEAD, OPTIONS");
		exchange_answer(x, 405, NULL, STR(""));
	}
	return true;
}
