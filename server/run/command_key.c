/* command_key.c - the command `key`: makes one that may do what scopes of this server allow. */
#include <stdio.h>

#include "auth.h"
#include "commands.h"

#define SCOPES_MAX 64

struct scopes {
	str names[SCOPES_MAX];
	int count;
};

static bool knows(const struct scopes *scopes, str name)
{
	for (int i = 0; i < scopes->count; i++)
		if (str_same(scopes->names[i], name))
			return true;
	return false;
}

static void add_scope(struct scopes *scopes, const char *alternatives)
{
	for (str rest = str_of(alternatives); rest.size > 0;) {
		str name = str_cut(&rest, ' ');
		if (scopes->count < SCOPES_MAX && !knows(scopes, name))
			scopes->names[scopes->count++] = name;
	}
}

static void collect(struct scopes *scopes, const struct mcp_server *server)
{
	add_scope(scopes, server->scopes ? server->scopes : "");
	for (const struct mcp_tool *tool = server->tools; tool && tool->name; tool++)
		add_scope(scopes, tool->scope);
	for (const struct mcp_resource *one = server->resources; one && one->uri; one++)
		add_scope(scopes, one->scope);
	for (const struct mcp_prompt *prompt = server->prompts; prompt && prompt->name; prompt++)
		add_scope(scopes, prompt->scope);
}

/* "a, b, or ", before what is always there. */
static const char *listed(struct arena *arena, const struct scopes *scopes)
{
	const char *list = "";

	for (int i = 0; i < scopes->count; i++)
		list = arena_print(arena, "%s%.*s, ", list, STR_FORMAT(scopes->names[i]));
	return arena_print(arena, "%s%s", list, scopes->count > 0 ? "or " : "");
}

static const char *usage_of(struct arena *arena, const struct mcp_server *server,
                            const struct scopes *scopes)
{
	return arena_print(arena, "usage: mcp-%s key NAME SCOPE... [customer=ID]\n"
		"  NAME         who will use it: 1 to 64 of A-Z a-z 0-9 . _ -, not \"anonymous\"\n"
		"  SCOPE        what it may do: %s* for everything\n"
		"  customer=ID  whose key it is, for scopes under which a caller has its own things only\n",
		server->name, listed(arena, scopes));
}

static const char *unknown_scope(const struct scopes *scopes, int argc, char **argv)
{
	for (int i = 2; i < argc; i++)
		if (strcmp(argv[i], "*") != 0 && !strchr(argv[i], '=') && !knows(scopes, str_of(argv[i])))
			return argv[i];
	return NULL;
}

/* Of scopes under which a caller has its own things only, and of nobody's, what is there to see is nothing. */
static bool needs_customer(const struct mcp_server *server, int argc, char **argv)
{
	for (int i = 2; i < argc; i++)
		if (!server->own_scopes || !str_lists(str_of(server->own_scopes), ' ', str_of(argv[i])))
			return false;
	return argc > 2;
}

const char *scope_unknown(struct arena *arena, const struct mcp_server *server, str names)
{
	struct scopes scopes = { .count = 0 };

	collect(&scopes, server);
	while (names.size > 0) {
		str name = str_cut(&names, ' ');
		if (!str_is(name, "*") && !knows(&scopes, name))
			return arena_print(arena, "there is no scope %.*s: %s has %s* for everything", STR_FORMAT(name),
			                   server->name, listed(arena, &scopes));
	}
	return NULL;
}

int make_key(const struct mcp_server *server, int argc, char **argv)
{
	struct arena *arena = arena_create();
	struct scopes scopes = { .count = 0 };
	collect(&scopes, server);
	const char *usage = usage_of(arena, server, &scopes), *unknown = unknown_scope(&scopes, argc, argv);
	int status = 2;
	if (unknown)
		fprintf(stderr, "there is no scope %s\n%s", unknown, usage);
	else if (needs_customer(server, argc, argv))
		fprintf(stderr, "this key could do nothing: with %s a caller has its own things only, so say whose they are, as in\n"
		        "  mcp-%s key %s %s customer=C-17850\n", argv[2], server->name, argv[1], argv[2]);
	else
		status = auth_make_key(argc, argv, usage);
	arena_destroy(arena);
	return status;
}
