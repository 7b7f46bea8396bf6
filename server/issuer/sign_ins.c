/* sign_ins.c - what is counted of sign-ins, and how many addresses send tokens that are no good. */
#include "issuer.h"
#include "siphash.h"

struct sign_ins sign_ins;

const struct counted sign_ins_counted[] = {
	{ "mcp_sign_in_accepted_total", "counter", "Access tokens that were checked and found good",
	  &sign_ins.accepted },
	{ "mcp_sign_in_cached_total", "counter", "Requests with an access token that was checked before",
	  &sign_ins.cached },
	{ "mcp_sign_in_malformed_total", "counter", "Access tokens refused: they are none, or of an"
	  " algorithm that is not accepted", &sign_ins.malformed },
	{ "mcp_sign_in_signature_total", "counter", "Access tokens refused: the signature is wrong",
	  &sign_ins.signature },
	{ "mcp_sign_in_unknown_key_total", "counter", "Access tokens refused: the issuer has no such key",
	  &sign_ins.unknown_key },
	{ "mcp_sign_in_expired_total", "counter", "Access tokens refused: expired, or not valid yet",
	  &sign_ins.expired },
	{ "mcp_sign_in_audience_total", "counter", "Access tokens refused: for another server or client",
	  &sign_ins.audience },
	{ "mcp_sign_in_claims_total", "counter", "Access tokens refused: of another issuer or kind",
	  &sign_ins.claims },
	{ "mcp_sign_in_waited_total", "counter", "Requests that waited for keys of the issuer",
	  &sign_ins.waited },
	{ "mcp_sign_in_unavailable_total", "counter", "Requests answered 503 for want of keys of the issuer",
	  &sign_ins.unavailable },
	{ "mcp_issuer_fetches_total", "counter", "Fetches of the issuer's keys", &sign_ins.fetches },
	{ "mcp_issuer_failed_fetches_total", "counter", "Those that failed", &sign_ins.failed_fetches },
	{ "mcp_issuer_keys_timestamp_seconds", "gauge", "When the issuer's keys were last had, in seconds"
	  " since 1970; 0: never, or from a file", &sign_ins.keys_had_s },
	{ 0 },
};

int64_t sign_ins_refused(void)
{
	return atomic_load(&sign_ins.malformed) + atomic_load(&sign_ins.signature)
	       + atomic_load(&sign_ins.unknown_key) + atomic_load(&sign_ins.expired)
	       + atomic_load(&sign_ins.audience) + atomic_load(&sign_ins.claims);
}

int64_t sign_ins_keys_age_s(void)
{
	int64_t had_s = atomic_load(&sign_ins.keys_had_s), now_s = now_ms() / 1000;

	return had_s == 0 ? -1 : now_s > had_s ? now_s - had_s : 0;
}

/* ---- Addresses ---- */

/* A bit for each of the latest minutes and each of so many kinds of addresses: enough to tell one from
 * some, in the memory of a line. */
#define MINUTES 15
#define KINDS 64

static struct {
	atomic_llong minute;            /* by tick_ms() */
	atomic_ullong kinds;            /* that were refused in it */
} refused_from[MINUTES];

static int64_t minute_now(void)
{
	return tick_ms() / 60000;
}

void sign_ins_note_refused(str address)
{
	static const uint64_t key[2] = { 0 };   /* who chooses addresses that look alike is one of them */
	int64_t minute = minute_now();
	size_t at = (size_t)(minute % MINUTES);

	if (atomic_exchange(&refused_from[at].minute, minute) != minute)
		atomic_store(&refused_from[at].kinds, 0);
	atomic_fetch_or(&refused_from[at].kinds, 1ULL << (siphash(key, address) % KINDS));
}

int sign_ins_refused_from(void)
{
	unsigned long long kinds = 0;
	int64_t now = minute_now();

	for (size_t i = 0; i < MINUTES; i++)
		if (atomic_load(&refused_from[i].minute) > now - MINUTES)
			kinds |= atomic_load(&refused_from[i].kinds);
	return __builtin_popcountll(kinds);
}
