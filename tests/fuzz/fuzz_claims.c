/* fuzz_claims.c - what a token says, held against an issuer's settings.
 *
 * The input's first line chooses the settings (its first byte) and is OAUTH_AUDIENCE behind that; the rest
 * is a payload. */
#include "fuzz.h"

#include "claims.h"

#define NOW INT64_C(1800000000000)
#define KNOWN "products:read products:write orders:own"

static void check_words(const char *why)
{
	must(*why && !strpbrk(why, "\"\\\r\n") && !strstr(why, "scope=") && !strstr(why, "error="));
}

static void check(struct arena *arena, const struct issuer *issuer, str payload)
{
	struct claims claims;
	const struct refusal *glance = claims_glance(arena, issuer, payload, NOW);
	const struct refusal *refusal = claims_read(arena, issuer, payload, NOW, &claims);

	/* What is good is so at a glance, too. */
	must(!glance || refusal);
	if (refusal) {
		must(refusal->count);
		check_words(refusal->why);
		return;
	}
	must(claims.subject.size > 0 && claims.subject.size <= 255);
	must(claims.expires_ms > NOW);
	must(!claims.customer || (issuer->customer_claim && *claims.customer && !strpbrk(claims.customer, " \r\n")));
	str rest = str_of(claims.scopes);
	while (rest.size > 0)
		must(text_lists(KNOWN, str_cut(&rest, ',')));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_create();
	str rest = input_of(data, size), line = input_line(&rest);
	unsigned how = line.size > 0 ? (unsigned char)line.at[0] : 0;
	if (line.size > 0)
		line.at++, line.size--;

	check(arena, &(struct issuer) {
		.name = "https://id.example/realm", .audience = arena_copy(arena, line), .asked = "",
		.clients = how & 1 ? "app other" : NULL, .prefix = how & 2 ? "api://app/" : "",
		.scope_claims = how & 64 ? "/realm_access/roles /a~1b/0 scope"
		                : how & 4 ? "groups scope" : STANDARD_SCOPE_CLAIMS,
		.customer_claim = !(how & 8) ? NULL : how & 64 ? "/shop/customer" : "customer", .known = KNOWN,
	}, rest);
	arena_destroy(arena);
	return 0;
}
