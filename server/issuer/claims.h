/* claims.h - what an access token says (RFC 9068, RFC 7519), held against what is asked of it. */
#ifndef CLAIMS_H
#define CLAIMS_H

#include "issuer.h"

#define STANDARD_SCOPE_CLAIMS "scope scp"

/* The settings of the issuer, checked: lists as they were written, for setting_item(). */
struct issuer {
	const char *name;
	const char *audience, *clients;         /* clients NULL: whichever */
	const char *asked;                      /* OAUTH_SCOPES, separated by spaces */
	const char *prefix;                     /* "": none */
	const char *scope_claims;
	const char *customer_claim;             /* NULL: none */
	const char *jwks;                       /* NULL: by discovery */
	const char *known;                      /* this server's scopes, separated by spaces */
	bool facade;
};

const struct issuer *issuer_now(void);          /* NULL: there is none */

bool text_lists(const char *list, str item);    /* of setting_item() */

/* Why a token is no good, and where that is counted. */
struct refusal {
	const char *why;
	atomic_llong *count;
};

/* What clocks may differ by, and how far ahead of ours the issuer's may be. */
#define SKEW_MS ((int64_t)60 * 1000)
#define AHEAD_MS ((int64_t)300 * 1000)

struct claims {
	str subject;
	const char *scopes;             /* those of this server, separated by commas */
	const char *customer;           /* NULL: nobody's */
	const char *called;             /* what people call whom it is of; NULL: it does not say */
	int64_t expires_ms;             /* now_ms() from which it is refused */
};

/* NULL: it is this issuer's and has not expired, as it says itself. Before its signature is looked at, only
 * to refuse. */
const struct refusal *claims_glance(struct arena *arena, const struct issuer *issuer, str payload,
                                    int64_t at_ms);
/* NULL: it is good, and what it says is in `claims`, in the arena. After its signature was. */
const struct refusal *claims_read(struct arena *arena, const struct issuer *issuer, str payload,
                                  int64_t at_ms, struct claims *claims);

#endif
