/* issuer.c - what an operator sets about the issuer of access tokens. */
#include "issuer.h"

static const struct issuer_settings *set;

struct sign_ins sign_ins;
const struct counted sign_ins_counted[] = { { 0 } };

const char *issuer_configure(const struct issuer_settings *settings)
{
	set = settings->issuer ? settings : NULL;
	return NULL;
}

const char *issuer_know_scopes(UNUSED const char *scopes)
{
	return NULL;
}

void issuer_start(void)
{
}

void issuer_stop(void)
{
}

const char *issuer_reload(void)
{
	return NULL;
}

const char *issuer_name(void)
{
	return set ? set->issuer : NULL;
}

const char *issuer_scopes(void)
{
	return set && set->scopes ? set->scopes : "";
}

const char *issuer_scope_prefix(void)
{
	return set && set->scope_prefix ? set->scope_prefix : "";
}

bool issuer_asks(UNUSED str scope)
{
	return false;
}

char *issuer_document(UNUSED struct arena *arena)
{
	return NULL;
}
