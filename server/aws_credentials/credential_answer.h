/* credential_answer.h - what those who give out credentials say, each in its form.
 *
 * What is read points into the text and the arena, which is one of arena_create_secret(). */
#ifndef CREDENTIAL_ANSWER_H
#define CREDENTIAL_ANSWER_H

#include "identity.h"

enum credential_form {
	CREDENTIAL_CONTAINER,           /* Fargate, and whatever AWS_CONTAINER_CREDENTIALS_FULL_URI names */
	CREDENTIAL_INSTANCE,            /* EC2's metadata */
	CREDENTIAL_PROCESS,             /* the output of a credential_process */
	CREDENTIAL_SSO,                 /* GetRoleCredentials */
	CREDENTIAL_ROLE,                /* STS's AssumeRole, in XML */
	CREDENTIAL_WEB_IDENTITY,        /* STS's AssumeRoleWithWebIdentity */
};

#define CREDENTIAL_ANSWER_MAX (64 * 1024)       /* bytes */

/* NULL, or what is wrong: nothing of the answer is quoted, but for words of an error. */
const char *credential_answer_read(struct arena *arena, enum credential_form form, str text, struct identity_parts *parts);

/* The file in which a sign-in keeps its token: NULL, or what is wrong with it. */
const char *sso_token_read(struct arena *arena, str text, str *token, int64_t *expires_at_ms);

#endif
