/* command_setup.c - the command `setup`: the role and the database of a server on PostgreSQL, and its tables. */
#include <stdio.h>

#include "commands.h"
#include "databases.h"
#include "postgresql.h"
#include "settings.h"

static bool make_role_and_database(const struct mcp_server *server, const char *url)
{
	struct store_setup setup = {
		.url = url, .user = setting_text("DATABASE_USER"),
		.password = setting_text("DATABASE_PASSWORD"),
		.master_url = setting_text("SETUP_URL"), .master_user = setting_text("SETUP_USER"),
		.master_password = setting_text("SETUP_PASSWORD"),
	};

	if (!store_setup(&setup)) {
		command_failed(server, setup.why);
		return false;
	}
	printf("The role %s, the database %s.\n",
	       setup.made_role ? "was made" : setup.set_password ? "has a new password" : "was there",
	       setup.made_database ? "was made" : "was there");
	return true;
}

int setup(const struct mcp_server *server)
{
	const char *url = setting_text("DATABASE_URL");
	char place[STORE_PLACE_SIZE];

	if (!url)
		return command_failed(server, "DATABASE_URL is not set: postgresql://HOST/DATABASE");
	/* A file needs nobody's permission but the system's. */
	bool shared = store_url_is_shared(url);
	if (shared && !make_role_and_database(server, url))
		return 1;
	store_sign_in(setting_text("DATABASE_USER"), setting_text("DATABASE_PASSWORD"));
	struct store *store = store_open(url, STORE_WRITES);
	bool done = store && store_migrate(store, protocol_migrations(server, shared));
	int status = done ? statements_prepare(server, store, false) : 1;
	store_close(store);
	if (!status)
		printf("%s is ready.\n", store_place(url, place));
	return status;
}
