/* seal.h - opaque text that only we can make and open: requestState and cursors.
 *
 * AES-256-GCM under a key derived from a STATE_KEYS entry, with a random nonce and the purpose as
 * associated data; base64url. Any task with the same keys opens what another sealed. The first key
 * seals, all of them open, so keys can be rotated. */
#ifndef SEAL_H
#define SEAL_H

#include "core.h"

#define SEAL_MAX (16 * 1024)    /* bytes of plain text */

/* Before the first thread that seals. `keys`: items separated by commas or white space, each at least
 * 32 characters of secret text (openssl rand -base64 32). NULL or empty: a random key for this
 * process. NULL, or what is wrong. */
const char *seal_configure(const char *keys);
bool seal_is_random(void);              /* it was given none */

/* .at NULL: `plain` is longer than SEAL_MAX. */
str seal(struct arena *arena, const char *purpose, str plain);
/* .at NULL: not ours, of another purpose, or damaged. */
str seal_open(struct arena *arena, const char *purpose, str sealed);

/* Random bytes from the system's CSPRNG, and as base64url text of (bytes * 4 + 2) / 3 characters. */
void random_bytes(void *into, size_t size);
char *random_text(struct arena *arena, size_t bytes);
str base64url(struct arena *arena, str bytes);
str base64url_open(struct arena *arena, str text);      /* .at NULL: not strict base64url */
str base64(struct arena *arena, str bytes);             /* with padding */
str base64_open(struct arena *arena, str text);         /* .at NULL: not strict, padded base64 */

#endif
