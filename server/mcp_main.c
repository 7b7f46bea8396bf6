/* mcp_main.c - mcp_main(): the settings are read, then the command runs; without one it serves. */
#include <signal.h>

#include "commands.h"
#include "run.h"
#include "settings.h"

int mcp_main(const struct mcp_server *server, int argc, char **argv)
{
	serve_began();
	/* A file that may not grow any more is a write that fails, as on a full disk, and not the end. */
	signal(SIGXFSZ, SIG_IGN);
	const struct setting *const *tables = settings_tables(server);

	/* What only prints works with wrong settings too. */
	if (commands_print(server, argc, argv))
		return 0;
	if (!tables_sound(server))
		return 2;
	const char *wrong = settings_read(tables, &argc, argv);
	return wrong ? command_misused(server, NULL, wrong, "") : commands_run(server, argc, argv);
}
