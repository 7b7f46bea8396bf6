/* command_backup.c - the commands `backup` and `restore`: the database of a server in SQLite to a file and back. */
#include <signal.h>
#include <stdio.h>

#include "commands.h"
#include "databases.h"
#include "progress.h"
#include "settings.h"
#include "sqlite.h"

/* What is half done is taken away again, whoever ends it. */
static volatile sig_atomic_t interrupted;

static void interrupt(int signal UNUSED)
{
	interrupted = 1;
}

static void mind_signals(void)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP };

	for (size_t i = 0; i < sizeof(signals) / sizeof(*signals); i++)
		sigaction(signals[i], &(struct sigaction) { .sa_handler = interrupt }, NULL);
}

static bool show(void *context, int64_t bytes, int64_t of)
{
	struct progress *progress = context;

	progress->size = of;
	progress_show(progress, bytes, bytes / 1024);
	return !interrupted;
}

/* NULL, or why there is no file to copy. */
static const char *unfit(const char *url)
{
	if (!url)
		return "DATABASE_URL is not set: sqlite:PATH";
	if (store_url_is_shared(url))
		return "nothing was done: this server's data is in PostgreSQL, which has its own tools:"
		       " pg_dump --format=custom --file=FILE DATABASE_URL makes a backup, also while it is"
		       " served; pg_restore --clean --if-exists --dbname=DATABASE_URL FILE brings it back";
	if (!store_url_file(url))
		return "DATABASE_URL is not of the form sqlite:PATH";
	return NULL;
}

static bool carry_out(bool (*work)(struct store_copy *), struct store_copy *copy, const char *url)
{
	struct progress progress = progress_begin("KiB", 0);

	mind_signals();
	copy->path = store_url_file(url);
	copy->going = show;
	copy->context = &progress;
	bool done = work(copy);
	progress_clear(&progress);
	return done;
}

int backup(const struct mcp_server *server, const char *file)
{
	const char *url = setting_text("DATABASE_URL"), *why = unfit(url);
	struct store_copy copy = { .file = file };
	char place[STORE_PLACE_SIZE], count[COUNT_TEXT_SIZE];
	int64_t began_ms = tick_ms();

	if (why)
		return command_failed(server, why);
	if (!carry_out(store_backup, &copy, url)) {
		command_failed(server, copy.why);
		printf("There is no new backup.\n");
		return 1;
	}
	printf("%s was copied to %s and checked: %s bytes in %.1f s.\n", store_place(url, place), file,
	       count_print(copy.bytes, count), (double)(tick_ms() - began_ms) / 1000);
	command_elsewhere(server);
	return 0;
}

int restore(const struct mcp_server *server, const char *file)
{
	const char *url = setting_text("DATABASE_URL"), *why = unfit(url);
	struct store_copy copy = { .file = file, .migrations = server->migrations };
	char place[STORE_PLACE_SIZE];

	if (why)
		return command_failed(server, why);
	if (!carry_out(store_restore, &copy, url)) {
		command_failed(server, copy.why);
		printf("Nothing was restored.\n");
		return 1;
	}
	printf("%s is what %s holds, which was checked.\n", store_place(url, place), file);
	if (*copy.aside)
		printf("What was there before is kept as %s.\n", copy.aside);
	command_elsewhere(server);
	return 0;
}
