/* token.h - access tokens: JSON Web Tokens of the issuer (RFC 9068), each checked before it is believed. */
#ifndef TOKEN_H
#define TOKEN_H

#include "auth.h"

/* Whose access token is it? With `again` its key was waited for already. */
struct auth_answer token_check(str token, bool again);

#endif
