/* credential_source.h - where this process's credentials come from: what the environment and AWS's files say, in the order
 * of AWS's own tools.
 *
 * The first that is configured is the one, and if that fails there are none: nobody is to find himself as somebody else,
 * with other rights, because a file was not there. All of it is decided here, and nothing fetched. */
#ifndef CREDENTIAL_SOURCE_H
#define CREDENTIAL_SOURCE_H

#include "credential_answer.h"
#include "endpoint.h"
#include "profile.h"

enum credential_kind {
	CREDENTIALS_OF_KEYS,            /* they stand there */
	CREDENTIALS_OF_PROCESS, CREDENTIALS_OF_SSO, CREDENTIALS_OF_ROLE, CREDENTIALS_OF_WEB_IDENTITY,
	CREDENTIALS_OF_CONTAINER, CREDENTIALS_OF_INSTANCE,
};

/* What a kind does not have is NULL. */
struct credential_source {
	enum credential_kind kind;
	const char *where;              /* for people: "the profile shop" */
	struct identity_parts keys;
	const char *command;            /* of a process */
	const char *url;                /* of a container or an instance */
	const char *token_file;         /* read each time: of a container, a web identity; a sign-in's, of SSO */
	const char *token;              /* of a container */
	const char *role_arn, *session_name, *external_id;
	int64_t duration_s;
	const char *account_id, *role_name;     /* of SSO */
	const char *region;             /* of STS or SSO; NULL: nobody says */
	const struct credential_source *base;   /* who takes the role */
};

struct credential_places {
	aws_variable_fn *variable;
	const struct profiles *profiles;
	const char *home;               /* its folder .aws; NULL: there is none */
};

/* NULL, or what is wrong. What the source points to is in the arena, one of arena_create_secret(), and the profiles. */
const char *credential_source_choose(struct arena *arena, const struct credential_places *places,
                                     struct credential_source *source);

/* The region: of AWS_REGION, AWS_DEFAULT_REGION, the profile. NULL: nobody says. */
const char *credential_region(struct arena *arena, const struct credential_places *places);
/* A value of the profile that is meant. NULL: it has none. */
const char *credential_profile_value(struct arena *arena, const struct credential_places *places, const char *key);

#endif
