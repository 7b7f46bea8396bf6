/* consult.c - see consult.h. */
#include "consult.h"

#include <string.h>

#include "client.h"

static struct client *other;

struct consult { const char *rounds; };

SHAPE(consult_shape, struct consult,
	TEXT(struct consult, rounds, "Tools, as \"a b;c\": a and b at once, and when one of them has answered c",
	     .required = true, AT_MOST(1000)));

bool consult_start(void)
{
	return (other = client_create(setting_text("CONSULT_URL"), NULL, "probe", "1.0.0")) != NULL;
}

void consult_stop(void)
{
	client_destroy(other);
}

/* Asks until one of them has answered; what stands behind that is not looked at. */
static enum client_outcome ask_one_of(struct mcp_call *call, char *names, const char **why)
{
	enum client_outcome outcome = CLIENT_PENDING;
	char *rest;

	for (char *name = strtok_r(names, " ", &rest); name && outcome == CLIENT_PENDING; name = strtok_r(NULL, " ", &rest))
		outcome = client_ask(call, other, name, name, true, NULL, NULL, NULL, NULL, why);
	return outcome;
}

static int count_run(struct mcp_call *call)
{
	const int *before = mcp_kept(call);
	int *runs = arena_new(mcp_arena(call), int);

	*runs = before ? *before + 1 : 1;
	mcp_keep(call, runs);
	mcp_count(1, 1);
	return *runs;
}

enum mcp_answer consult(struct mcp_call *call, const void *in, struct store *store UNUSED)
{
	char *rest, *rounds = arena_print(mcp_arena(call), "%s", ((const struct consult *)in)->rounds);
	const char *why = "";
	int runs = count_run(call);

	for (char *round = strtok_r(rounds, ";", &rest); round; round = strtok_r(NULL, ";", &rest))
		switch (ask_one_of(call, round, &why)) {
		case CLIENT_PENDING:  return MCP_WAITING;
		case CLIENT_ANSWERED: break;
		default:              return mcp_fail(call, "%s", why);
		}
	return mcp_say(call, "All have answered after %d runs.", runs);
}
