/* issuer.h - the one issuer (OAuth 2.1, OpenID Connect) whose access tokens are accepted, and its keys.
 *
 * Without one nothing of this costs anything: no thread, no memory. */
#ifndef ISSUER_H
#define ISSUER_H

#include <stdatomic.h>

#include "core.h"
#include "counted.h"

/* What an operator sets; NULL: not set. Lists are separated by commas or white space. */
struct issuer_settings {
	const char *issuer;             /* OAUTH_ISSUER; NULL: there is none */
	const char *audience;           /* OAUTH_AUDIENCE, a list; NULL: public_url */
	const char *clients;            /* OAUTH_CLIENTS, a list; NULL: whichever */
	const char *scopes;             /* OAUTH_SCOPES, a list: what a sign-in asks for */
	const char *scope_prefix;       /* OAUTH_SCOPE_PREFIX */
	const char *scope_claims;       /* OAUTH_SCOPE_CLAIM, a list; NULL: scope, scp */
	const char *customer_claim;     /* OAUTH_CUSTOMER_CLAIM */
	const char *jwks;               /* OAUTH_JWKS: URL or @FILE; NULL: by discovery */
	const char *public_url;         /* PUBLIC_URL */
	bool facade;                    /* OAUTH_FACADE: what discovery said is kept */
};

/* Once, before anybody checks. Reads a @FILE of keys. NULL, or what is wrong, in words that name the setting
 * and say what to do. */
const char *issuer_configure(const struct issuer_settings *settings);
/* The scopes there are here (separated by spaces, alive for ever): a token's others are not looked at. Until
 * then a token has no rights. NULL, or which of OAUTH_SCOPES is none of them. */
const char *issuer_know_scopes(const char *scopes);

/* Starts the thread that fetches the keys, and stops it. Neither does anything without an issuer that has
 * an URL of keys. Who waits is told before issuer_stop() returns. */
void issuer_start(void);
void issuer_stop(void);
/* SIGHUP: reads a @FILE again, has keys at an URL fetched at once. NULL, or why the old ones stay. */
const char *issuer_reload(void);

/* ---- For whoever tells others; all alive as long as the process ---- */

const char *issuer_name(void);          /* OAUTH_ISSUER as it was written; NULL: there is none */
const char *issuer_scopes(void);        /* OAUTH_SCOPES without prefix, separated by spaces; "": none set */
const char *issuer_scope_prefix(void);  /* "": none */
bool issuer_asks(str scope);            /* it is in OAUTH_SCOPES */
/* Its discovery document as it last came, where there is a façade; NULL: it was not had yet. */
char *issuer_document(struct arena *arena);

/* ---- Counted ---- */

struct sign_ins {
	atomic_llong accepted, cached;          /* tokens that were checked; that were known */
	atomic_llong malformed, signature, unknown_key, expired, audience, claims;      /* refused */
	atomic_llong waited, unavailable;       /* for keys; no keys to check with */
	atomic_llong fetches, failed_fetches;   /* of the issuer's keys */
	atomic_llong keys_had_s;                /* when a fetch last had them, since 1970; 0: never */
};
extern struct sign_ins sign_ins;
extern const struct counted sign_ins_counted[];         /* the same, for /metrics */
int64_t sign_ins_refused(void);                         /* of every kind */
int64_t sign_ins_keys_age_s(void);                      /* -1: none were fetched yet */

/* A token that came from there was refused; `address` as limits know it (auth_address_group()). */
void sign_ins_note_refused(str address);
/* From how many addresses such came within the last quarter of an hour, at least. */
int sign_ins_refused_from(void);

#endif
