/* token.h - access tokens: JSON Web Tokens of the issuer (RFC 9068), each checked before it is believed. */
#ifndef TOKEN_H
#define TOKEN_H

#include "auth.h"
#include "sha256.h"

/* Whose access token is it? `digest` is its own; with `again` its key was waited for already. */
struct auth_answer token_check(str token, const uint8_t digest[DIGEST_SIZE], bool again);

#endif
