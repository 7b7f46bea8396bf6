/* issuer.c - what an operator sets about the issuer of access tokens, checked at the start. */
#include "issuer.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

#include "claims.h"
#include "fetch.h"
#include "key_source.h"
#include "settings.h"

#define SCOPE_MAX 64            /* as in keys */
#define TEXT_MAX 1000           /* of a setting's item */

static struct issuer the;       /* .name NULL: there is none */
static struct arena *texts;     /* its */

static char trouble[512];       /* not each thread's: who configures is one */

static const char *wrong(const char *setting, const char *what)
{
	snprintf(trouble, sizeof(trouble), "%s: %s", setting, what);
	return trouble;
}

/* Fit to stand in a header and in JSON: visible ASCII but " , and \. */
static bool is_plain(str text)
{
	for (size_t i = 0; i < text.size; i++)
		if (text.at[i] <= ' ' || text.at[i] > '~' || strchr("\",\\", text.at[i]))
			return false;
	return text.size <= TEXT_MAX;
}

/* Whoever answers there says who is let in: so it has to be who it is taken for. */
static const char *check_url(const char *setting, const char *url)
{
	bool web = str_starts(str_of(url), "https://") || str_starts(str_of(url), "http://");
	const char *what = web ? NULL : "it must begin with https://, without a quote before that";

	if (!is_plain(str_of(url)))
		what = "it holds a blank, a quote or a comma; it is one URL, as it stands";
	if (!what)
		what = fetch_check_url(url);
	if (!what && strncmp(url, "https://", 8) != 0 && !fetch_is_loopback(url))
		what = "it must begin with https:// (http:// is for this machine alone, such as"
		       " http://127.0.0.1:9000)";
	return what ? wrong(setting, what) : NULL;
}

static const char *check_list(const char *setting, const char *list)
{
	str rest = str_of(list);
	int count = 0;

	for (str item; list && (item = setting_item(&rest)).at; count++)
		if (!is_plain(item))
			return wrong(setting, "an item is longer than 1000 bytes, or holds a quote, a backslash or"
			                      " what is no ASCII");
	return !list || count > 0 ? NULL : wrong(setting, "it is empty: leave it out, or name at least one");
}

/* Of a claim within others a name says the way (RFC 6901). Names may be empty there; here one that is was
 * mistyped. */
static const char *check_claim(const char *setting, str name)
{
	if (!str_starts(name, "/"))
		return NULL;
	for (size_t i = 0; i < name.size; i++) {
		char next = i + 1 < name.size ? name.at[i + 1] : '\0';
		if (name.at[i] == '/' && (next == '/' || next == '\0'))
			return wrong(setting, "a name that begins with / is a JSON Pointer such as"
			                      " /realm_access/roles: after each / comes a name");
		if (name.at[i] == '~' && next != '0' && next != '1')
			return wrong(setting, "a name that begins with / is a JSON Pointer such as"
			                      " /realm_access/roles: in it ~ is written ~0, and a / of a name ~1");
	}
	return NULL;
}

static const char *check_claims(const struct issuer_settings *from)
{
	const char *why = check_list("OAUTH_SCOPE_CLAIM", from->scope_claims), *customer = from->customer_claim;
	str rest = str_of(from->scope_claims);

	for (str name; !why && from->scope_claims && (name = setting_item(&rest)).at;)
		why = check_claim("OAUTH_SCOPE_CLAIM", name);
	if (!why && customer && (!*customer || !is_plain(str_of(customer))))
		why = wrong("OAUTH_CUSTOMER_CLAIM", "it is the name of one claim, such as customer_id");
	return why || !customer ? why : check_claim("OAUTH_CUSTOMER_CLAIM", str_of(customer));
}

static const char *check_issuer(const struct issuer_settings *from)
{
	const char *why = check_url("OAUTH_ISSUER", from->issuer);

	if (why)
		return why;
	if (strpbrk(from->issuer, "?#"))
		return wrong("OAUTH_ISSUER", "an issuer has neither a ? nor a #; it is the text that its"
		                             " tokens have as iss");
	if (strstr(from->issuer, "/.well-known/"))
		return wrong("OAUTH_ISSUER", "it ends before /.well-known/: it is the text that its tokens have as"
		                             " iss, and its discovery is found from there");
	if (!from->public_url)
		return wrong("OAUTH_ISSUER", "it needs PUBLIC_URL, the endpoint as clients type it, such as"
		                             " https://mcp.example/mcp: tokens are made for it");
	if (!is_plain(str_of(from->public_url)) || strpbrk(from->public_url, "?#"))
		return wrong("PUBLIC_URL", "with OAUTH_ISSUER it has no ?, #, blank, quote or comma: tokens are made"
		                           " for it, and clients compare it");
	return NULL;
}

static bool is_scope(str scope)
{
	for (size_t i = 0; i < scope.size; i++)
		if (!isalnum((unsigned char)scope.at[i]) && !strchr("._:/-", scope.at[i]))
			return false;
	return scope.size <= SCOPE_MAX;
}

static const char *check_scopes(const struct issuer_settings *from)
{
	str rest = str_of(from->scopes);
	const char *prefix = from->scope_prefix;

	for (str scope; from->scopes && (scope = setting_item(&rest)).at;) {
		if (prefix && *prefix && str_starts(scope, prefix))
			return wrong("OAUTH_SCOPES", "write them as this server has them, without"
			                             " OAUTH_SCOPE_PREFIX, which is put before them");
		if (!is_scope(scope))
			return wrong("OAUTH_SCOPES", "a scope is 1 to 64 of A-Z a-z 0-9 . _ : / -, such as"
			                             " entries:read; * is none");
	}
	return NULL;
}

static const char *check_prefix(const char *prefix)
{
	size_t size = prefix ? strlen(prefix) : 0;

	if (size > 0 && !is_plain(str_of(prefix)))
		return wrong("OAUTH_SCOPE_PREFIX", "it holds a blank, a quote or a comma");
	if (size > 0 && isalnum((unsigned char)prefix[size - 1]))
		return wrong("OAUTH_SCOPE_PREFIX", "a scope comes right behind it: so it ends with what the issuer has"
		                                   " between them, such as a /");
	return NULL;
}

static const char *check_jwks(const struct issuer_settings *from)
{
	if (!from->jwks)
		return NULL;
	if (from->facade)
		return wrong("OAUTH_FACADE", "it repeats what the issuer's discovery says, which there is none of"
		                             " with OAUTH_JWKS: leave one of them out");
	if (from->jwks[0] != '@' && !strstr(from->jwks, "://"))
		return wrong("OAUTH_JWKS", "it must begin with https://, or with an @ where it is the path of a file");
	if (from->jwks[0] != '@')
		return check_url("OAUTH_JWKS", from->jwks);
	return from->jwks[1] ? NULL : wrong("OAUTH_JWKS", "after the @ comes the path of a file of keys");
}

/* One that is about an issuer which there is not: a name was mistyped, or left out. */
static const char *check_none(const struct issuer_settings *from)
{
	const struct { const char *name, *value; } others[] = {
		{ "OAUTH_AUDIENCE", from->audience }, { "OAUTH_CLIENTS", from->clients },
		{ "OAUTH_SCOPES", from->scopes }, { "OAUTH_SCOPE_PREFIX", from->scope_prefix },
		{ "OAUTH_SCOPE_CLAIM", from->scope_claims }, { "OAUTH_JWKS", from->jwks },
		{ "OAUTH_CUSTOMER_CLAIM", from->customer_claim },
		{ "OAUTH_FACADE", from->facade ? "on" : NULL },
	};

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (others[i].value)
			return wrong(others[i].name, "it says how tokens of OAUTH_ISSUER are read, which is not"
			                             " set: set that too, or leave this out");
	return NULL;
}

static const char *check(const struct issuer_settings *from)
{
	const char *why = check_issuer(from);

	if (!why)
		why = check_list("OAUTH_AUDIENCE", from->audience);
	if (!why)
		why = check_list("OAUTH_CLIENTS", from->clients);
	if (!why)
		why = check_claims(from);
	if (!why)
		why = check_prefix(from->scope_prefix);
	if (!why)
		why = check_scopes(from);
	return why ? why : check_jwks(from);
}

static const char *copy(const char *text)
{
	return text ? arena_copy(texts, str_of(text)) : NULL;
}

static const char *spaced(const char *list)
{
	str rest = str_of(list ? list : "");
	const char *text = "";

	for (str item; (item = setting_item(&rest)).at;)
		text = arena_print(texts, "%s%s%.*s", text, *text ? " " : "", STR_FORMAT(item));
	return text;
}

const char *issuer_configure(const struct issuer_settings *from)
{
	const char *why = from->issuer ? check(from) : check_none(from);

	if (why)
		return why;
	arena_destroy(texts);
	texts = NULL;
	the = (struct issuer) { 0 };
	if (!from->issuer)
		return key_source_configure(NULL);
	texts = arena_create();
	the = (struct issuer) {
		.name = copy(from->issuer),
		.audience = copy(from->audience ? from->audience : from->public_url),
		.clients = copy(from->clients), .asked = spaced(from->scopes),
		.prefix = copy(from->scope_prefix ? from->scope_prefix : ""),
		.scope_claims = copy(from->scope_claims ? from->scope_claims : STANDARD_SCOPE_CLAIMS),
		.customer_claim = copy(from->customer_claim), .jwks = copy(from->jwks), .known = "",
		.facade = from->facade,
	};
	return key_source_configure(&the);
}

const char *issuer_know_scopes(const char *scopes)
{
	str rest = str_of(the.asked);

	if (!the.name)
		return NULL;
	the.known = copy(scopes);
	for (str asked; (asked = setting_item(&rest)).at;)
		if (!text_lists(scopes, asked)) {
			snprintf(trouble, sizeof(trouble), "OAUTH_SCOPES: this server has no scope %.*s; it has %s",
			         STR_FORMAT(asked), scopes);
			return trouble;
		}
	return NULL;
}

const struct issuer *issuer_now(void)
{
	return the.name ? &the : NULL;
}

const char *issuer_name(void)
{
	return the.name;
}

const char *issuer_scopes(void)
{
	return the.name ? the.asked : "";
}

const char *issuer_scope_prefix(void)
{
	return the.name ? the.prefix : "";
}

bool issuer_asks(str scope)
{
	return the.name && text_lists(the.asked, scope);
}
