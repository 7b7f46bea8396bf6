/* claims.c - what an access token says (RFC 9068, RFC 7519), held against what is asked of it.
 *
 * Whoever signs tokens signs others as well: for another API, of another kind (an ID token), for a client
 * that proves it has a key. Each of them has a right signature, and is refused here. */
#include "claims.h"

#include <math.h>

#include "json.h"
#include "settings.h"

#define DEPTH_MAX 16
#define VALUES_MAX 4096
#define SUBJECT_MAX 255
#define CUSTOMER_MAX 64
#define SECONDS_MAX 253402300799.0      /* the end of the year 9999 */

#define REFUSAL(name_, count_, why_) \
	static const struct refusal name_ = { why_, &sign_ins.count_ }

REFUSAL(no_object, malformed, "The token holds no JSON object.");
REFUSAL(other_issuer, claims, "The token is of another issuer than the one that is trusted here.");
REFUSAL(no_expiry, claims, "The token does not say when it expires.");
REFUSAL(expired, expired, "The token has expired.");
REFUSAL(too_early, expired, "The token is not valid yet.");
REFUSAL(from_future, expired, "The token was issued in the future: the clocks differ too much.");
REFUSAL(other_audience, audience, "The token is not for this server: its audience is another.");
REFUSAL(no_audience, audience, "The token does not say that it is for this server: it has no audience.");
REFUSAL(other_client, audience, "The token was issued to a client that is not accepted here.");
REFUSAL(no_scope_of_ours, audience, "The token is not for this server: it has none of its scopes.");
REFUSAL(no_access_token, claims, "This is no access token: an ID token or a refresh token is none.");
REFUSAL(bound, claims, "The token is bound to a key of its client, which is not supported here.");
REFUSAL(no_subject, claims, "The token does not say whose it is.");
REFUSAL(wrong_scopes, claims, "The scopes of the token are not text.");

/* ---- Values ---- */

bool text_lists(const char *list, str item)
{
	str rest = str_of(list);

	for (str each; (each = setting_item(&rest)).at;)
		if (str_same(each, item))
			return true;
	return false;
}

static str text_of(yyjson_val *value)
{
	return yyjson_is_str(value) ? (str) { yyjson_get_str(value), yyjson_get_len(value) } : (str) { 0 };
}

/* What yyjson keeps as raw text is no number that a date could be. */
static bool seconds_of(yyjson_val *value, int64_t *at_ms)
{
	double seconds = yyjson_is_num(value) ? yyjson_get_num(value) : NAN;

	if (!isfinite(seconds))
		return false;
	*at_ms = (int64_t)(fmin(fmax(seconds, -SECONDS_MAX), SECONDS_MAX) * 1000);
	return true;
}

static bool is_one_of(str text, const char *const *words)
{
	while (*words && !str_is_nocase(text, *words))
		words++;
	return *words;
}

/* ---- Whose, and when ---- */

static const struct refusal *check_times(yyjson_val *payload, int64_t now, int64_t *expires_ms)
{
	yyjson_val *before = yyjson_obj_get(payload, "nbf"), *issued = yyjson_obj_get(payload, "iat");
	int64_t at_ms;

	if (!seconds_of(yyjson_obj_get(payload, "exp"), &at_ms))
		return &no_expiry;
	*expires_ms = at_ms + SKEW_MS;
	if (now >= *expires_ms)
		return &expired;
	if (before && (!seconds_of(before, &at_ms) || now < at_ms - SKEW_MS))
		return &too_early;
	if (issued && (!seconds_of(issued, &at_ms) || now < at_ms - AHEAD_MS))
		return &from_future;
	return NULL;
}

static const struct refusal *check_issuer(yyjson_val *payload, const struct issuer *issuer)
{
	return str_is(text_of(yyjson_obj_get(payload, "iss")), issuer->name) ? NULL : &other_issuer;
}

/* ---- For whom ---- */

/* Of a URL without a path the slash at its end says nothing: some write it, some don't. */
static str bare(str url)
{
	const char *path = memmem(url.at, url.size, "://", 3);
	const char *slash = path ? memchr(path + 3, '/', url.size - (size_t)(path + 3 - url.at)) : NULL;

	return slash && slash == url.at + url.size - 1 ? (str) { url.at, url.size - 1 } : url;
}

static bool is_ours(const struct issuer *issuer, str audience)
{
	str rest = str_of(issuer->audience);

	for (str each; audience.at && (each = setting_item(&rest)).at;)
		if (str_same(bare(each), bare(audience)))
			return true;
	return false;
}

static bool has_audience(const struct issuer *issuer, yyjson_val *audience)
{
	bool found = is_ours(issuer, text_of(audience));
	size_t index, count;
	yyjson_val *each;

	yyjson_arr_foreach(audience, index, count, each) {
		if (!yyjson_is_str(each))
			return false;
		found = found || is_ours(issuer, text_of(each));
	}
	return found;
}

/* By whichever of the names that issuers have for it; every one that is there has to be accepted. */
static bool client_is_accepted(yyjson_val *payload, const struct issuer *issuer)
{
	static const char *const names[] = { "client_id", "azp", "cid", "appid" };
	int found = 0;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		yyjson_val *client = yyjson_obj_get(payload, names[i]);
		if (!client)
			continue;
		if (!yyjson_is_str(client) || !text_lists(issuer->clients, text_of(client)))
			return false;
		found++;
	}
	return found > 0;
}

static const struct refusal *check_audience(yyjson_val *payload, const struct issuer *issuer)
{
	yyjson_val *audience = yyjson_obj_get(payload, "aud");

	if (audience && !has_audience(issuer, audience))
		return &other_audience;
	if (!audience && !issuer->clients)
		return &no_audience;
	if (issuer->clients && !client_is_accepted(payload, issuer))
		return &other_client;
	return NULL;
}

/* ---- Of which kind ---- */

static const struct refusal *check_kind(yyjson_val *payload)
{
	static const char *const types[] = {    /* of the payload: Keycloak has other tokens, too */
		"Bearer", "JWT", "at+jwt", "application/at+jwt", "access", "access_token", NULL
	}, *const marks[] = { "nonce", "at_hash", "c_hash", "s_hash", "events" };
	yyjson_val *use = yyjson_obj_get(payload, "token_use"), *type = yyjson_obj_get(payload, "typ");

	if ((use && !str_is(text_of(use), "access")) || (type && !is_one_of(text_of(type), types)))
		return &no_access_token;
	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
		if (yyjson_obj_get(payload, marks[i]))
			return &no_access_token;
	return yyjson_obj_get(payload, "cnf") ? &bound : NULL;
}

/* ---- What it may ---- */

/* How a token may name one of our scopes. */
enum named { NOT_NAMED, NAMED_BARE, NAMED_WITH_PREFIX };

static enum named names_scope(const struct issuer *issuer, str item, str scope)
{
	size_t prefix = strlen(issuer->prefix);

	if (item.size == prefix + scope.size && memcmp(item.at, issuer->prefix, prefix) == 0 &&
	    memcmp(item.at + prefix, scope.at, scope.size) == 0)
		return NAMED_WITH_PREFIX;
	return str_same(item, scope) ? NAMED_BARE : NOT_NAMED;
}

static enum named better(enum named a, enum named b)
{
	return a > b ? a : b;
}

/* Text is a list separated by spaces (RFC 6749 3.3), a list's items are one each. */
static enum named value_names(const struct issuer *issuer, yyjson_val *value, str scope)
{
	enum named named = NOT_NAMED;
	str text = text_of(value);
	size_t index, count;
	yyjson_val *each;

	while (text.size > 0)
		named = better(named, names_scope(issuer, str_cut(&text, ' '), scope));
	yyjson_arr_foreach(value, index, count, each)
		named = better(named, names_scope(issuer, text_of(each), scope));
	return named;
}

static bool is_text(yyjson_val *value)
{
	size_t index, count;
	yyjson_val *each;

	yyjson_arr_foreach(value, index, count, each)
		if (!yyjson_is_str(each))
			return false;
	return yyjson_is_str(value) || yyjson_is_arr(value);
}

/* By its name, or by a JSON Pointer to one within others (RFC 6901). */
static yyjson_val *claim(yyjson_val *payload, str name)
{
	return str_starts(name, "/") ? yyjson_ptr_getn(payload, name.at, name.size)
	                             : yyjson_obj_getn(payload, name.at, name.size);
}

/* Also where a pointer leads there. */
static bool is_standard(str name)
{
	if (str_starts(name, "/"))
		name.at++, name.size--;
	return text_lists(STANDARD_SCOPE_CLAIMS, str_cut(&name, '/'));
}

static enum named claims_name(yyjson_val *payload, const struct issuer *issuer, const char *names,
                              bool strict, str scope)
{
	enum named best = NOT_NAMED;
	str rest = str_of(names);

	for (str name; (name = setting_item(&rest)).at;) {
		enum named named = value_names(issuer, claim(payload, name), scope);
		if (!strict || named == NAMED_WITH_PREFIX || !is_standard(name))
			best = better(best, named);
	}
	return best;
}

/* Only what this server knows: so nothing a token says means more than it does, be it a * or a comma. A
 * token without an audience is for us by the prefix of a scope, and then of those none counts without;
 * of groups and roles, which an operator names, some may. */
static const struct refusal *read_scopes(struct arena *arena, yyjson_val *payload,
                                         const struct issuer *issuer, struct claims *claims)
{
	bool by_scopes = !yyjson_obj_get(payload, "aud"), ours = false;
	char *scopes = arena_alloc(arena, strlen(issuer->known) + 1), *end = scopes;
	str rest = str_of(issuer->scope_claims);

	for (str name; (name = setting_item(&rest)).at;)
		if (claim(payload, name) && !is_text(claim(payload, name)))
			return &wrong_scopes;
	rest = str_of(issuer->known);
	for (str scope; (scope = setting_item(&rest)).at;) {
		enum named named = claims_name(payload, issuer, issuer->scope_claims, by_scopes, scope),
			standard = claims_name(payload, issuer, STANDARD_SCOPE_CLAIMS, true, scope);
		ours = ours || named == NAMED_WITH_PREFIX || standard == NAMED_WITH_PREFIX;
		if (named == NOT_NAMED)
			continue;
		if (end > scopes)
			*end++ = ',';
		memcpy(end, scope.at, scope.size);
		end += scope.size;
	}
	claims->scopes = scopes;
	return by_scopes && !ours ? &no_scope_of_ours : NULL;
}

/* Text in visible ASCII, or a whole number; anything else names nobody. */
static const char *read_customer(struct arena *arena, yyjson_val *value)
{
	str text = text_of(value);

	if (yyjson_is_uint(value))
		return arena_print(arena, "%llu", (unsigned long long)yyjson_get_uint(value));
	if (text.size == 0 || text.size > CUSTOMER_MAX)
		return NULL;
	for (size_t i = 0; i < text.size; i++)
		if (text.at[i] <= ' ' || text.at[i] > '~')
			return NULL;
	return arena_copy(arena, text);
}

#define CALLED_MAX 80                   /* bytes; what is longer is no name */

/* As it stands, but for what would break a line; of an address only what is before its @, which is nobody's way to write to them. */
static const char *read_called(struct arena *arena, yyjson_val *payload)
{
	static const struct { const char *claim; bool address; } names[] = { { "name", false }, { "preferred_username", true }, { "email", true } };

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		str rest = text_of(yyjson_obj_get(payload, names[i].claim)), text = names[i].address ? str_cut(&rest, '@') : rest;
		bool fine = text.size > 0 && text.size <= CALLED_MAX && text.at[0] != ' ';
		for (size_t at = 0; at < text.size; at++)
			fine &= (unsigned char)text.at[at] >= ' ' && text.at[at] != 127;
		if (fine)
			return arena_copy(arena, text);
	}
	return NULL;
}

/* ---- The whole ---- */

static yyjson_val *parse(struct arena *arena, str payload)
{
	char *copy = arena_alloc_raw(arena, payload.size + YYJSON_PADDING_SIZE);
	enum json_trouble trouble;
	const char *why;

	if (payload.size > 0)
		memcpy(copy, payload.at, payload.size);
	yyjson_val *root = json_parse(arena, copy, payload.size,
	                              (struct json_bounds) { .depth = DEPTH_MAX, .values = VALUES_MAX },
	                              &trouble, &why);
	return yyjson_is_obj(root) ? root : NULL;
}

#define REFUSE_UNLESS(step_) \
	do { const struct refusal *refusal_ = (step_); if (refusal_) return refusal_; } while (0)

const struct refusal *claims_glance(struct arena *arena, const struct issuer *issuer, str text,
                                    int64_t at_ms)
{
	yyjson_val *payload = parse(arena, text);
	int64_t expires_ms;

	if (!payload)
		return &no_object;
	REFUSE_UNLESS(check_issuer(payload, issuer));
	return check_times(payload, at_ms, &expires_ms);
}

const struct refusal *claims_read(struct arena *arena, const struct issuer *issuer, str text,
                                  int64_t at_ms, struct claims *claims)
{
	yyjson_val *payload = parse(arena, text);

	*claims = (struct claims) { 0 };
	if (!payload)
		return &no_object;
	REFUSE_UNLESS(check_issuer(payload, issuer));
	REFUSE_UNLESS(check_times(payload, at_ms, &claims->expires_ms));
	REFUSE_UNLESS(check_audience(payload, issuer));
	REFUSE_UNLESS(check_kind(payload));
	claims->subject = text_of(yyjson_obj_get(payload, "sub"));
	if (claims->subject.size == 0 || claims->subject.size > SUBJECT_MAX)
		return &no_subject;
	claims->called = read_called(arena, payload);
	if (issuer->customer_claim)
		claims->customer = read_customer(arena, claim(payload, str_of(issuer->customer_claim)));
	return read_scopes(arena, payload, issuer, claims);
}
