/* signin.c - what clients are told that look for a sign-in (OAuth) where there is none.
 *
 * Many take a 401 for the begin of one: they ask for metadata, register themselves, and show the
 * person what they were told there instead of what the 401 said. So that has to say what is
 * needed. */
#include "connect.h"
#include "issuer.h"
#include "origin.h"
#include "visitor.h"

/* By the beginning of the path. The codes are those of RFC 6749 where one fits, and none that
 * makes a client throw away what it knows and begin again (invalid_client, invalid_grant). */
static const struct { const char *path, *error; bool whole; } places[] = {
	{ "/register", "access_denied", true },                 /* RFC 7591 */
	{ "/token", "unsupported_grant_type", true },
	{ "/authorize", "unsupported_response_type", true },
	{ "/.well-known/oauth-", "not_supported", false },      /* RFC 8414, RFC 9728 */
	{ "/.well-known/openid-configuration", "not_supported", false },
	{ "/mcp/.well-known/", "not_supported", false },
};

static const char *error_of(str path)
{
	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++)
		if (places[i].whole ? str_is(path, places[i].path)
		                    : str_starts(path, places[i].path))
			return places[i].error;
	return NULL;
}

bool visitor_needs_key(void)
{
	/* Whoever is let in without one is anonymous, who is nothing to drop. */
	return auth_check((str) { 0 }).outcome != AUTH_FINE;
}

bool signin_is_path(str path)
{
	return error_of(path);
}

/* What is needed instead, in a sentence or two. */
static const char *words(struct arena *arena)
{
	if (issuer_name())
		return arena_print(arena, "Nobody signs in here: the authorization server is %s, as"
		                   " /.well-known/oauth-protected-resource says. A program that cannot"
		                   " register itself there is given a client id, which whoever runs this"
		                   " server knows.", issuer_name());
	if (!visitor_needs_key())
		return "No sign-in is needed: the endpoint /mcp answers without a key.";
	return arena_print(arena, "There is no sign-in (OAuth) here. Each request needs a key, as"
	                   " the header Authorization: Bearer KEY (mcp-remote takes it as"
	                   " --header); if one was sent, it is not known. %s",
	                   connect_key(arena, runtime.server->name));
}

void signin_answer(struct reply *reply, str path)
{
	struct arena *arena = reply_arena(reply);
	struct json json = json_begin(arena, 512);

	json_object(&json);
	json_key(&json, "error");
	json_text(&json, error_of(path));
	json_key(&json, "error_description");
	json_text(&json, words(arena));
	json_object_end(&json);
	origin_allow(reply->exchange);
	exchange_add_header(reply->exchange, "Cache-Control", "no-store");
	reply->answered = true;
	exchange_answer(reply->exchange, 404, "application/json", json_end(&json));
}
