/* identity.h - who signs: an access key and its secret, for as long as AWS takes them.
 *
 * What one is made of never changes, and nothing hands out the secret: what is signed with is derived here. An
 * identity is counted; it is wiped when nobody keeps it any more. Any thread. */
#ifndef IDENTITY_H
#define IDENTITY_H

#include "sha256.h"

struct identity;

#define IDENTITY_TEXT_MAX (16 * 1024)   /* bytes of a token, by far the longest part */

struct identity_parts {
	str key_id, secret;
	str token;                      /* .at NULL: none, the key is somebody's for good */
	int64_t expires_at_ms;          /* by the wall clock; 0: never */
};

/* NULL, or what is wrong with the parts: one is missing or too long, or has a character that no header takes. */
const char *identity_check(const struct identity_parts *parts);
/* Of parts that were checked; they are copied. */
struct identity *identity_create(const struct identity_parts *parts);
struct identity *identity_keep(struct identity *identity);
void identity_drop(struct identity *identity);          /* NULL is fine */

str identity_key_id(const struct identity *identity);   /* not secret: AWS writes it into its logs */
str identity_token(const struct identity *identity);    /* .at NULL: it has none */
int64_t identity_expires_at_ms(const struct identity *identity);

#define SIGN_DAY_SIZE 8                 /* 20150830 */

/* What signs for a service of a region on one day. It is derived once: the last few are kept. */
void identity_signing_key(struct identity *identity, str day, str region, str service, uint8_t key[DIGEST_SIZE]);

#endif
