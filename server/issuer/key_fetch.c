/* key_fetch.c - one fetch of the issuer's keys: discovery (OpenID Connect Discovery 1.0, RFC 8414), then
 * the key set it names. Or the key set alone, or a file.
 *
 * What comes is believed as far as it says who it is: a document of another issuer, a redirect, a page, a
 * body without end are failures, and what was known stays. */
#include <errno.h>
#include <stdio.h>

#include "fetch.h"
#include "json.h"
#include "key_source.h"

#define DOCUMENT_DEPTH_MAX 16
#define QUOTED_MAX 128
#define WORDS_MAX 400           /* of what libcurl says */

static bool get(struct arena *arena, const char *url,
                const atomic_bool *give_up, struct fetch_answer *answer)
{
	fetch(arena, &(struct fetch_request) {
		.method = "GET", .url = url,
		.headers = (const char *const[]) { "Accept: application/json", NULL },
		.connect_ms = key_times.fetch, .total_ms = key_times.fetch,
		.answer_max = JWK_SET_BYTES_MAX, .give_up = give_up,
	}, answer);
	return answer->status == 200;
}

static const char *not_had(struct arena *arena, const char *url, const struct fetch_answer *answer)
{
	if (answer->status == 0)
		return arena_print(arena, "%s: %s", url, str_quote(str_of(answer->why), WORDS_MAX).text);
	if (answer->elsewhere)
		return arena_print(arena, "%s redirects to %s (HTTP %d), which is not followed", url,
		                   str_quote(str_of(answer->elsewhere), QUOTED_MAX).text, answer->status);
	return arena_print(arena, "%s answers with HTTP %d", url, answer->status);
}

/* ---- Discovery ---- */

/* OpenID Connect puts it behind the issuer, RFC 8414 between host and path. */
static const char *document_url(struct arena *arena, const char *issuer, bool inserted)
{
	size_t size = strlen(issuer);

	while (size > 0 && issuer[size - 1] == '/')
		size--;
	if (!inserted)
		return arena_print(arena, "%.*s/.well-known/openid-configuration", (int)size, issuer);
	const char *host = strstr(issuer, "://") + 3;
	size_t to_path = (size_t)(host - issuer) + strcspn(host, "/");
	return arena_print(arena, "%.*s/.well-known/oauth-authorization-server%.*s", (int)to_path, issuer,
	                   size > to_path ? (int)(size - to_path) : 0, issuer + to_path);
}

/* On this machine only those of an issuer that is here, too: another must not have us call what listens. */
static bool keys_may_be_at(const struct issuer *issuer, const char *url)
{
	if (fetch_check_url(url))
		return false;
	return fetch_is_loopback(url) ? fetch_is_loopback(issuer->name)
	                              : str_starts(str_of(url), "https://");
}

static const char *read_document(struct arena *arena, const struct issuer *issuer, const char *url,
                                 str body, const char **keys_url)
{
	enum json_trouble trouble;
	yyjson_val *document = json_parse_copy(arena, body, DOCUMENT_DEPTH_MAX, &trouble);
	str named = json_member(document, "issuer"), keys = json_member(document, "jwks_uri");

	if (!yyjson_is_obj(document))
		return arena_print(arena, "%s is no JSON object", url);
	if (!str_is(named, issuer->name))
		return arena_print(arena, "%s is about the issuer %s, not about OAUTH_ISSUER, %s: they must be"
		                   " the same, byte for byte", url,
		                   named.at ? str_quote(named, QUOTED_MAX).text : "(none)", issuer->name);
	if (!keys.at)
		return arena_print(arena, "%s has no jwks_uri", url);
	*keys_url = arena_copy(arena, keys);
	return keys_may_be_at(issuer, *keys_url) ? NULL
		: arena_print(arena, "the jwks_uri of %s must begin with https://, and is on this machine only where"
		              " the issuer is: %s", url, str_quote(keys, QUOTED_MAX).text);
}

/* NULL: `keys_url` is known. The second form is only for issuers that don't have the first: what is wrong
 * there is not made good by it. */
static const char *discover(struct arena *arena, const struct issuer *issuer,
                            const atomic_bool *give_up, struct key_fetch *fetched, const char **keys_url)
{
	struct fetch_answer answer;
	const char *url = document_url(arena, issuer->name, false), *first = NULL;
	bool there = get(arena, url, give_up, &answer);

	if (!there && answer.status / 100 == 4) {
		first = not_had(arena, url, &answer);
		url = document_url(arena, issuer->name, true);
		there = get(arena, url, give_up, &answer);
	}
	if (!there)
		return !first ? not_had(arena, url, &answer)
			: arena_print(arena, "%s, and %s: is that what OAUTH_ISSUER is to be?", first,
			              not_had(arena, url, &answer));
	fetched->document = answer.body;
	return read_document(arena, issuer, url, answer.body, keys_url);
}

/* ---- Keys ---- */

static void read_keys(struct arena *arena, const char *where, str text, struct key_fetch *fetched)
{
	const char *wrong = NULL;

	fetched->keys = jwk_set_read(text, &wrong);
	if (!fetched->keys)
		fetched->why = arena_print(arena, "%s: the key set %s", where, wrong);
}

void key_fetch(struct arena *arena, const struct issuer *issuer,
               const atomic_bool *give_up, struct key_fetch *fetched)
{
	const char *url = issuer->jwks;
	struct fetch_answer answer;

	*fetched = (struct key_fetch) { 0 };
	if (!url)
		fetched->why = discover(arena, issuer, give_up, fetched, &url);
	if (fetched->why)
		return;
	if (get(arena, url, give_up, &answer))
		read_keys(arena, url, answer.body, fetched);
	else
		fetched->why = not_had(arena, url, &answer);
}

void key_read_file(struct arena *arena, const char *path, struct key_fetch *read)
{
	char *text = arena_alloc_raw(arena, JWK_SET_BYTES_MAX + 1);
	FILE *file = fopen(path, "re");
	size_t size = file ? fread(text, 1, JWK_SET_BYTES_MAX + 1, file) : 0;

	*read = (struct key_fetch) { 0 };
	if (!file || ferror(file))
		read->why = arena_print(arena, "cannot read %s: %s", path, strerror(errno));
	else if (size > JWK_SET_BYTES_MAX)
		read->why = arena_print(arena, "%s is larger than 256 KiB", path);
	else
		read_keys(arena, path, (str) { text, size }, read);
	if (file)
		fclose(file);
}
