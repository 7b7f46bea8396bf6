/* token.c - access tokens: JSON Web Tokens of the issuer, each checked before it is believed. */
#include "token.h"

struct auth_answer token_check(UNUSED str token, UNUSED bool again)
{
	return (struct auth_answer) {
		.outcome = AUTH_INVALID, .why = "Access tokens are not accepted here yet."
	};
}

bool auth_await_keys(UNUSED struct auth_waiter *waiter, UNUSED struct loop *loop,
                     UNUSED void (*come)(struct auth_waiter *waiter))
{
	return false;
}

bool auth_await_cancel(UNUSED struct auth_waiter *waiter)
{
	return true;
}

const char *caller_rights(UNUSED const struct caller *caller, UNUSED struct arena *arena)
{
	return NULL;
}

const struct caller *auth_caller_with(const char *name, UNUSED const char *rights)
{
	return auth_caller(name);
}
