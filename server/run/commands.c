/* commands.c - the commands every program has, and those of its own. */
#include <limits.h>

#include "build.h"
#include "commands.h"
#include "databases.h"
#include "mistake.h"
#include "run.h"
#include "settings.h"
#include "store_internal.h"
#include "validate.h"

#define HEALTH_MS 3000
#define USAGE 2                         /* the exit status of a wrong command line */

struct command {
	const char *name, *usage, *about;
	int (*run)(const struct mcp_server *server, int argc, char **argv);
	int words;                      /* that may follow it */
	const char *of_database;        /* what a server that has none can't do; NULL: it does without */
};

static const struct command *find(const char *name);

int command_misused(const struct mcp_server *server, const char *name, const char *what, const char *word)
{
	const struct command *command = name ? find(name) : NULL;

	fprintf(stderr, "mcp-%s: %s%s\nusage: mcp-%s %s [SETTINGS]\nmcp-%s --help lists the commands and"
	        " settings.\n", server->name, what, word, server->name,
	        command ? command->usage : "[COMMAND]", server->name);
	return USAGE;
}

int command_failed(const struct mcp_server *server, const char *why)
{
	fprintf(stderr, "mcp-%s: %s\n", server->name, why);
	return 1;
}

void command_elsewhere(const struct mcp_server *server)
{
	struct arena *arena = arena_create();
	const char *words = server->elsewhere ? server->elsewhere(arena) : NULL;

	if (words)
		printf("%s\n", words);
	arena_destroy(arena);
}

const char *command_database(const struct mcp_server *server)
{
	const char *url = setting_text("DATABASE_URL");

	if (!url)
		command_failed(server, "DATABASE_URL is not set; it is sqlite:PATH or"
		                       " postgresql://HOST/DATABASE");
	store_sign_in(setting_text("DATABASE_USER"), setting_text("DATABASE_PASSWORD"));
	return url;
}

struct store *command_store(const struct mcp_server *server)
{
	const char *url = command_database(server);

	return url ? store_open(url, STORE_WRITES) : NULL;
}

static int run_serve(const struct mcp_server *server, int argc UNUSED, char **argv UNUSED)
{
	return serve(server);
}

const char *mcp_version(void)
{
	return MCP_VERSION;
}

static int run_version(const struct mcp_server *server, int argc UNUSED, char **argv UNUSED)
{
	struct arena *arena = arena_create();

	printf("mcp-%s %s\nmcp-server %s\n", server->name, version_with_build(arena, server->version), mcp_version());
	arena_destroy(arena);
	return 0;
}

static int run_setup(const struct mcp_server *server, int argc UNUSED, char **argv UNUSED)
{
	return setup(server);
}

static int run_check(const struct mcp_server *server, int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], "tables") != 0)
		return command_misused(server, argv[0], "what is this word for? ", argv[1]);
	return check(server, argc > 1);
}

static int run_backup(const struct mcp_server *server, int argc, char **argv)
{
	return argc == 2 ? backup(server, argv[1])
	                 : command_misused(server, argv[0], "backup: name the file to write", "");
}

static int run_restore(const struct mcp_server *server, int argc, char **argv)
{
	return argc == 2 ? restore(server, argv[1])
	                 : command_misused(server, argv[0], "restore: name the file that backup wrote", "");
}

/* ---- connect, healthcheck ---- */

static int run_connect(const struct mcp_server *server, int argc UNUSED, char **argv)
{
	struct options options;
	char url[URL_ROOM + 8];
	const char *wrong = options_make(server, &options);
	if (wrong) {
		options_release(&options);
		return command_misused(server, argv[0], wrong, "");
	}
	options_url(options.host, options.port, url);
	strcat(url, "/mcp");
	connect_print(stdout, &options, options.public_url ? options.public_url : url);
	options_release(&options);
	return 0;
}

/* For containers, which have no curl. */
static int run_healthcheck(const struct mcp_server *server, int argc UNUSED, char **argv UNUSED)
{
	char url[URL_ROOM];
	const char *host = setting_text("HOST");
	int port = (int)setting_int("PORT"), status;

	/* Bound to all addresses, it is asked on loopback. */
	if (strcmp(host, "0.0.0.0") == 0 || strcmp(host, "::") == 0)
		host = "localhost";
	status = healthcheck(host, port, HEALTH_MS);
	if (status == 200)
		return 0;
	options_url(host, port, url);
	if (status)
		fprintf(stderr, "mcp-%s: %s/healthz answered %d\n", server->name, url, status);
	else
		fprintf(stderr, "mcp-%s: %s/healthz does not answer\n", server->name, url);
	return 1;
}

static int run_key(const struct mcp_server *server, int argc, char **argv)
{
	return make_key(server, argc, argv);
}

/* ---- The table ---- */

static int run_help(const struct mcp_server *server, int argc, char **argv);

static const struct command commands[] = {
	{ "serve", "serve", "Serve until SIGTERM; also without any command", run_serve, 0, NULL },
	{ "connect", "connect", "Print how to connect Claude to it", run_connect, 0, NULL },
	{ "key", "key NAME SCOPE... [customer=ID]", "Make a key that may call what the scopes allow", run_key,
	  INT_MAX, NULL },
	{ "setup", "setup", "Make the role, the database and the tables on PostgreSQL, as SETUP_USER",
	  run_setup, 0, "to set up" },
	{ "check", "check [tables]", "Say whether the tables and all that it needs are sound, or the tables alone: status 0",
	  run_check, 1, NULL },
	{ "backup", "backup FILE", "Copy the SQLite database to FILE, whole, also while it is served",
	  run_backup, 1, "to back up" },
	{ "restore", "restore FILE", "Check FILE and put it in the database's place; what was there is kept",
	  run_restore, 1, "to restore" },
	{ "healthcheck", "healthcheck", "Ask /healthz of the server on this machine: status 0 or 1",
	  run_healthcheck, 0, NULL },
	{ "version", "version", "Print its version, and the runtime's", run_version, 0, NULL },
	{ "help", "help", "Print this", run_help, 0, NULL },
	{ 0 },
};

/* Its own commands are found first, so one of the same name would hide the runtime's. */
static const char *const *command_names(void)
{
	static const char *names[sizeof(commands) / sizeof(*commands)];

	for (int i = 0; commands[i].name; i++)
		names[i] = commands[i].name;
	return names;
}

bool tables_sound(const struct mcp_server *server)
{
	const struct ours ours = { settings_tables(server)[0], command_names() };
	struct arena *arena = arena_create();
	struct complaints found = server_validate(server, &ours, arena);

	for (int i = 0; i < found.count; i++)
		fprintf(stderr, "mcp-%s: %s\n", server->name ? server->name : "NAME", found.lines[i]);
	arena_destroy(arena);
	return found.count == 0;
}

static void print_command(const char *usage, const char *about)
{
	/* A long usage has its meaning below it. */
	if (strlen(usage) > 22)
		printf("  %s\n  %-22s  %s\n", usage, "", about);
	else
		printf("  %-22s  %s\n", usage, about);
}

static int run_help(const struct mcp_server *server, int argc UNUSED, char **argv UNUSED)
{
	printf("mcp-%s %s - %s, an MCP server\n\nusage: mcp-%s [COMMAND] [SETTINGS]\n\n"
	       "Commands:\n\n", server->name, server->version, server->title ? server->title : server->name,
	       server->name);
	for (const struct mcp_command *own = server->commands; own && own->name; own++)
		print_command(own->usage, own->about);
	for (const struct command *command = commands; command->name; command++)
		if (server->migrations || !command->of_database)
			print_command(command->usage, command->about);
	printf("\n");
	settings_help(stdout, settings_told(server));
	printf("\nSIGTERM and SIGINT stop it in order, a second one at once. SIGHUP reads API_KEYS"
	       " again.\n");
	return 0;
}

static bool has_flag(int argc, char **argv, const char *flag)
{
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
		if (strcmp(argv[i], flag) == 0)
			return true;
	return false;
}

const struct mcp_command *command_own(const struct mcp_server *server, const char *name)
{
	for (const struct mcp_command *own = server->commands; own && own->name; own++)
		if (strcmp(own->name, name) == 0)
			return own;
	return NULL;
}

bool commands_print(const struct mcp_server *server, int argc, char **argv)
{
	const char *word = argc > 1 ? argv[1] : "";
	const struct mcp_command *own = command_own(server, word);

	if (own && own->help && (has_flag(argc, argv, "--help") || has_flag(argc, argv, "-h"))) {
		own->help();
		return true;
	}
	if (strcmp(word, "help") == 0 || has_flag(argc, argv, "--help")
	    || has_flag(argc, argv, "-h"))
		return run_help(server, argc, argv) == 0;
	if (strcmp(word, "version") == 0 || has_flag(argc, argv, "--version"))
		return run_version(server, argc, argv) == 0;
	return false;
}

/* ---- A program's own ---- */

int command_run_own(const struct mcp_command *own, struct store *store, int argc, char **argv)
{
	mistake_by("command", own->name);
	int status = own->run(store, argc, argv);
	bool failed = mistake_was_fatal();
	mistake_by(NULL, NULL);
	return failed && status == 0 ? 1 : status;
}

static int run_own(const struct mcp_server *server, const struct mcp_command *own, int argc,
                   char **argv)
{
	struct store *store = NULL;
	if (server->migrations) {
		store = command_store(server);
		bool shared = store && store_url_is_shared(setting_text("DATABASE_URL"));
		bool ready = store && store_migrate(store, protocol_migrations(server, shared));
		int status = ready ? statements_prepare(server, store, false) : 1;
		if (status) {
			store_close(store);
			return status;
		}
		store_unhurried(store);
	}
	options_mistakes();
	int status = command_run_own(own, store, argc, argv);
	store_close(store);
	return status;
}

static const struct command *find(const char *name)
{
	for (const struct command *command = commands; command->name; command++)
		if (strcmp(command->name, name) == 0)
			return command;
	return NULL;
}

static int without_database(const struct mcp_server *server, const struct command *command)
{
	fprintf(stderr, "mcp-%s keeps nothing: there is no database %s\n", server->name, command->of_database);
	return USAGE;
}

/* The runtime's commands take no flags but settings, which were taken out. */
static int run_ours(const struct mcp_server *server, const struct command *command, int argc,
                    char **argv)
{
	if (command->of_database && !server->migrations)
		return without_database(server, command);
	for (int i = 1; i < argc; i++) {
		if (argv[i][0] == '-')
			return command_misused(server, argv[0], "there is no flag or setting ", argv[i]);
		if (i > command->words)
			return command_misused(server, argv[0], "what is this word for? ", argv[i]);
	}
	return command->run(server, argc, argv);
}

int commands_run(const struct mcp_server *server, int argc, char **argv)
{
	if (argc < 2)
		return serve(server);
	if (argv[1][0] == '-')
		return command_misused(server, NULL, "there is no flag or setting ", argv[1]);
	const struct mcp_command *own = command_own(server, argv[1]);
	if (own)
		return run_own(server, own, argc - 1, argv + 1);
	const struct command *command = find(argv[1]);
	if (!command)
		return command_misused(server, NULL, "there is no command ", argv[1]);
	return run_ours(server, command, argc - 1, argv + 1);
}
