/* program.c - the rules of the server itself, and of what a program has beside the protocol. */
#include "settings.h"
#include "validate_private.h"

/* ---- The server ---- */

static const struct needed needed_of_server[] = {
	NEEDED(struct mcp_server, name, "\"guestbook\"; the program is mcp-guestbook"),
	NEEDED(struct mcp_server, version, "\"1.0.0\""),
	{ 0 },
};

/* The command check runs it on a database that others use. */
static bool is_query(const char *sql)
{
	sql += strspn(sql, " \t\r\n");
	size_t size = strspn(sql, LETTERS);

	return str_is_nocase((str) { sql, size }, "select") || str_is_nocase((str) { sql, size }, "with");
}

void validate_server(struct checking *at)
{
	const struct mcp_server *server = at->server;

	validate_needed(at, server, needed_of_server);
	if (server->name && !is_made_of(server->name, "abcdefghijklmnopqrstuvwxyz" DIGITS "-"))
		complain(at, ".name \"%s\" is none: write small letters, digits and -",
		         str_quote(str_of(server->name), 64).text);
	validate_words(at, "title", server->title);
	validate_words(at, "version", server->version);
	validate_words(at, "instructions", server->instructions);
	validate_scopes(at);
	if (server->port < 0 || server->port > 65535)
		complain(at, ".port is %d: write one from 1 to 65535", server->port);
	if (server->counts && !server->migrations)
		complain(at, ".counts without .migrations: it has no database to count in; leave it out");
	if (server->counts && !is_query(server->counts))
		complain(at, ".counts is no query: write \"select count(*) as count from ...\"");
}

/* ---- Skills, jobs, migrations ---- */

static void check_file(struct checking *at, const void *entry)
{
	const struct mcp_file *file = entry;

	if (file->size > 0 && !file->bytes)
		complain(at, ".bytes is missing: embed_skills() makes this table");
}

rule_fn *const file_rules[] = { check_file, NULL };

static void check_job(struct checking *at, const void *entry)
{
	static const struct needed needed[] = { NEEDED(struct mcp_job, run, "the function that works"), { 0 } };

	validate_needed(at, entry, needed);
	if (!*at->name)
		complain(at, "its name is empty: write one, for the log");
}

rule_fn *const job_rules[] = { check_job, NULL };

static void check_migration(struct checking *at, const void *entry)
{
	const struct migration *migration = entry;

	if (!*at->name)
		complain(at, "its name is empty: write one like \"1-entry\", and never change it");
	/* What only PostgreSQL needs has "" for SQLite. */
	if (!migration->sqlite || (!*migration->sqlite && !migration->postgres))
		complain(at, "it has no SQL: write it behind the name");
}

rule_fn *const migration_rules[] = { check_migration, NULL };

/* ---- Commands ---- */

static const struct needed needed_of_command[] = {
	NEEDED(struct mcp_command, usage, "\"import FILE.csv\""),
	NEEDED(struct mcp_command, about, "one line, for --help"),
	NEEDED(struct mcp_command, run, "the function that does it"),
	{ 0 },
};

static void check_command(struct checking *at, const void *entry)
{
	validate_needed(at, entry, needed_of_command);
	if (!is_made_of(at->name, "abcdefghijklmnopqrstuvwxyz" DIGITS "-_") || *at->name == '-')
		complain(at, "this is no name: write small letters, digits and -");
	for (const char *const *ours = at->ours->commands; *ours; ours++)
		if (strcmp(*ours, at->name) == 0)
			complain(at, "every program has a command of that name: choose another");
}

rule_fn *const command_rules[] = { check_command, NULL };

/* ---- Counters: Prometheus, "Metric names and labels" ---- */

static const struct needed needed_of_counter[] = {
	NEEDED(struct mcp_counter, about, "one line, for /metrics"),
	{ 0 },
};

static void check_counter(struct checking *at, const void *entry)
{
	const struct mcp_counter *counter = entry;

	validate_needed(at, counter, needed_of_counter);
	validate_words(at, "about", counter->about);
	if (counter->about && strchr(counter->about, '\n'))
		complain(at, ".about has several lines: write one");
	if (at->place >= MCP_COUNTERS)
		complain(at, "there are more counters than the %d that fit: leave one out", MCP_COUNTERS);
	if (!is_made_of(at->name, LETTERS DIGITS "_") || strchr(DIGITS, *at->name))
		complain(at, "this is no name of a metric: write one like \"entries_written_total\"");
	else if (str_starts(str_of(at->name), "mcp_") || str_starts(str_of(at->name), "process_"))
		complain(at, "names that begin with mcp_ and process_ are the runtime's: choose another");
}

rule_fn *const counter_rules[] = { check_counter, NULL };

/* ---- Settings; a value that is none is found when they are read ---- */

static const struct needed needed_of_setting[] = {
	NEEDED(struct setting, about, "one line, for --help"),
	{ 0 },
};

static int count_settings(const struct setting *settings)
{
	int count = 0;

	while (settings[count].name)
		count++;
	return count;
}

static void check_setting(struct checking *at, const void *entry)
{
	const struct setting *setting = entry;

	validate_needed(at, setting, needed_of_setting);
	if (!is_made_of(at->name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ" DIGITS "_") || strchr(DIGITS, *at->name))
		complain(at, "this is no name: write capitals, digits and _, as in the environment");
	for (const struct setting *ours = at->ours->settings; ours->name; ours++)
		if (strcmp(ours->name, at->name) == 0)
			complain(at, "every program has a setting of that name: choose another");
	if ((unsigned)setting->kind > SETTING_CHOICE)
		complain(at, ".kind is none: write SETTING_TEXT, SETTING_INT, SETTING_BYTES, SETTING_DURATION,"
		         " SETTING_LIST or SETTING_CHOICE");
	if (setting->kind == SETTING_CHOICE && !setting->one_of)
		complain(at, ".one_of is missing: the texts to choose from, ending with NULL");
	int most = SETTINGS_MAX - count_settings(at->ours->settings);
	if (at->place == most)
		complain(at, "there are more settings than the %d that fit: leave some out", most);
}

rule_fn *const setting_rules[] = { check_setting, NULL };
