/* secret.c - see secret.h. */
#include "secret.h"

#include "watched.h"

#define SECRETS_MAX 100

static SHAPE(secret_shape, struct secret,
	PARAM(struct secret, Name), PARAM(struct secret, OwningService), PARAM(struct secret, RotationEnabled),
	PARAM(struct secret, LastRotatedDate), PARAM(struct secret, LastChangedDate), PARAM(struct secret, LastAccessedDate),
	PARAM(struct secret, NextRotationDate), PARAM(struct secret, DeletedDate));
static SHAPE(secrets_shape, struct secrets,
	LIST(struct secrets, SecretList, SecretList_count, struct secret, secret_shape, NULL), PARAM(struct secrets, NextToken));

struct filter { const char *Key; const char **Values; int64_t Values_count; };
static SHAPE(filter_shape, struct filter, PARAM(struct filter, Key), TEXTS(struct filter, Values, Values_count, NULL));
struct ask { int64_t MaxResults; struct filter *Filters; int64_t Filters_count; };
static SHAPE(ask_shape, struct ask,
	PARAM(struct ask, MaxResults), LIST(struct ask, Filters, Filters_count, struct filter, filter_shape, NULL));

bool secrets_of_cluster(struct look *look, struct secrets *secrets)
{
	const char *prefix = arena_print(mcp_arena(look->call), "%s/", watched_cluster());
	struct filter filter = { "name", &prefix, 1 };
	struct ask ask = { SECRETS_MAX, &filter, 1 };

	*secrets = (struct secrets) { 0 };
	if (!look_at(look, "the secrets", SECRETS_LIST, ask_shape, &ask, secrets_shape, secrets))
		return false;
	if (secrets->NextToken)
		look_gap(look, "the secrets", "there are more than a hundred; the first are shown");
	return true;
}
