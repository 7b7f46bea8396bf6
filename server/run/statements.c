/* statements.c - whether a program's statements can be run, before it serves or a command begins. */
#include <stdio.h>

#include "commands.h"
#include "databases.h"
#include "log.h"
#include "prepare.h"
#include "protocol.h"

#define WRONG 2                         /* the exit status of what is wrong with the program itself */

static void log_wrong(void *server, const char *line)
{
	(void)server;
	log_error("not started: %s", line);
}

static void print_wrong(void *server, const char *line)
{
	fprintf(stderr, "mcp-%s: %s\n", ((const struct mcp_server *)server)->name, line);
}

static int status_of(bool prepared, const struct store_prepared *done)
{
	return !prepared ? 1 : done->wrong ? WRONG : 0;
}

int statements_prepare(const struct mcp_server *server, struct store *store, bool logged)
{
	struct store_prepared done;
	bool prepared = store_prepare_once(store, server->migrations, store_program_statements(),
	                                   logged ? log_wrong : print_wrong, (void *)(uintptr_t)server, &done);

	return status_of(prepared, &done);
}

/* The runtime's own fit its tables, if those are there; whether the role may use them is the database's to say. */
static int check_all(const struct mcp_server *server, struct store *store)
{
	struct store_prepared done, own = { 0 };
	void *context = (void *)(uintptr_t)server;
	bool prepared = store_prepare(store, store_program_statements(), print_wrong, context, &done)
	                && store_may_run(store, store_runtime_statements(), print_wrong, context, &own);
	done.wrong += own.wrong;
	int status = status_of(prepared, &done);

	const char *kind = store_kind(store) == STORE_SQLITE ? "SQLite" : "PostgreSQL";
	if (!status)
		printf("The statements are sound: %d, as %s has them.\n", done.fine, kind);
	else if (done.wrong)
		fprintf(stderr, "mcp-%s: %d of %d statements %s not sound, as %s has them\n", server->name, done.wrong,
		        done.fine + done.wrong, done.wrong == 1 ? "is" : "are", kind);
	return status;
}

static int check_on_new(const struct mcp_server *server)
{
	struct store *store = store_open_scratch(NULL, "");
	int status = store && store_make_tables(store, server->migrations) ? check_all(server, store) : 1;

	if (status == 1)
		fprintf(stderr, "mcp-%s: its tables can't be made\n", server->name);
	store_close(store);
	return status;
}

int statements_check(const struct mcp_server *server, struct store *store, bool shared)
{
	int left = store ? store_migrations_left(store, protocol_migrations(server, shared)) : 1;

	if (left < 0)
		return 1;
	if (left == 0)
		return check_all(server, store);
	if (!shared)
		return check_on_new(server);
	printf("The statements are looked at once the database is up to date: %d migration%s still to run.\n",
	       left, left == 1 ? " has" : "s have");
	return 0;
}
