/* open.c - a server begins and ends within a test, and its clients with their keys. */
#include <signal.h>
#include <stdlib.h>

#include "auth.h"
#include "clock.h"
#include "commands.h"
#include "databases.h"
#include "fault.h"
#include "inside.h"
#include "log.h"
#include "run.h"
#include "seal.h"
#include "series.h"
#include "settings.h"
#include "sha256.h"

#define KEY_BYTES 16
#define SETTINGS_OF_OURS 10

/* One place for all of them: what callers may keep is counted there as long as the process lives, see auth_share().
 * It runs where it has an arena; a test that failed has not closed its own. */
static struct trial the;

/* ---- Clients ---- */

static const char *commas(struct arena *arena, const char *scopes)
{
	char *copy = arena_copy(arena, str_of(scopes && *scopes ? scopes : "*"));

	for (char *at = copy; *at; at++)
		*at = *at == ' ' ? ',' : *at;
	return copy;
}

/* A key for it, and the line of it in API_KEYS. */
static const char *key_of(struct arena *arena, const struct mcp_test_with *with, const char **line)
{
	uint8_t digest[DIGEST_SIZE];
	char hash[DIGEST_TEXT_SIZE];
	const char *key = arena_print(arena, "mcp_%s", random_text(arena, KEY_BYTES));

	digest_of(str_of(key), digest);
	digest_print(digest, hash);
	*line = arena_print(arena, "%s:%s:%s%s%s", with->caller ? with->caller : "tester", hash,
	                    commas(arena, with->scopes), with->customer ? ",customer=" : "",
	                    with->customer ? with->customer : "");
	return key;
}

static const char *known_revision(struct arena *arena, const char *name)
{
	enum revision revision;
	const char *all = "";

	if (revision_find(str_of(name), &revision))
		return revision_names[revision];
	for (int i = 0; i < REVISIONS; i++)
		all = arena_print(arena, "%s%s%s", all, i ? ", " : "", revision_names[i]);
	fail_say("there is no revision %s: write one of %s", name, all);
}

static struct mcp_test *add_client(struct trial *trial, const struct mcp_test_with *with)
{
	struct mcp_test *test = arena_new(trial->arena, struct mcp_test);
	const char *line, *unknown = scope_unknown(trial->arena, trial->serving.server, str_of(with->scopes));

	if (unknown)
		fail_say("%s", unknown);

	test->trial = trial;
	test->revision = known_revision(trial->arena, with->revision ? with->revision : "2026-07-28");
	test->sessions = strcmp(test->revision, "2026-07-28") < 0;
	test->cannot_ask = with->cannot_ask;
	test->knows_tasks = with->knows_tasks;
	test->key = key_of(trial->arena, with, &line);
	trial->keys = trial->keys ? arena_print(trial->arena, "%s %s", trial->keys, line) : line;
	test->next = trial->clients;
	trial->clients = test;
	return test;
}

struct mcp_test *mcp_test_join(struct mcp_test *test, const struct mcp_test_with *with)
{
	fail_at(with->file, with->line, with->fail);
	struct mcp_test *other = add_client(test->trial, with);
	const char *wrong = auth_configure(test->trial->keys, false);
	if (wrong)
		fail_say("%s", wrong);
	return other;
}

/* ---- The server ---- */

static int count_of(const char *const *given)
{
	int count = 0;

	while (given && given[count])
		count++;
	return count;
}

/* The test's own come first, and count. */
static const char *take_settings(struct trial *trial, const struct mcp_test_with *with)
{
	int count = count_of(with->settings), n = 0;
	const char **all = arena_array(trial->arena, const char *, count + SETTINGS_OF_OURS + 1);
	static const char *const ours[] = {
		"HOST=127.0.0.1", "PORT=0", "METRICS_PORT=0", "LOOPS=1", "AUTH=keys", "LOG_LEVEL=warning", "LOG_FORMAT=text",
		"MISTAKES=answer",      /* which is not what the test expects; others go on */
	};

	for (; n < count; n++)
		all[n] = with->settings[n];
	for (size_t i = 0; i < sizeof(ours) / sizeof(*ours); i++)
		all[n++] = ours[i];
	all[n++] = arena_print(trial->arena, "API_KEYS=%s", trial->keys);
	if (trial->fresh)
		all[n++] = arena_print(trial->arena, "DATABASE_URL=%s", fresh_url(trial->fresh));
	const char *wrong = settings_take(settings_tables(with->server), all);
	return wrong ? wrong : options_make(with->server, &trial->serving.options);
}

/* Signals stay the test's: no thread of the server gets one. */
static bool begin(struct trial *trial)
{
	struct options *options = &trial->serving.options;
	sigset_t all, before;

	log_start(options->log_level, options->log_json);
	signal(SIGPIPE, SIG_IGN);
	for (int i = 0; i < MCP_COUNTERS; i++)
		trial->counted[i] = counter_value(i);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	bool started = serving_start(&trial->serving);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return started;
}

static void end(void)
{
	if (!the.arena)
		return;
	for (struct mcp_test *test = the.clients; test; test = test->next)
		request_end(test);
	store_close(the.store);
	serving_stop(&the.serving);
	log_stop();
	fresh_destroy(the.fresh);
	arena_destroy(the.arena);
	the.arena = NULL;
}

static struct trial *create(const struct mcp_server *server, struct fresh *fresh)
{
	static bool once;

	if (!once)
		atexit(end);
	once = true;
	the = (struct trial) { .serving.server = server, .arena = arena_create(), .fresh = fresh };
	return &the;
}

struct mcp_test *mcp_test_start(const struct mcp_test_with *with)
{
	const struct mcp_server *server = with->server;

	fail_at(with->file, with->line, with->fail);
	end();
	clock_present();
	if (!tables_sound(server))
		fail_say("the tables of %s have mistakes, which are told above", server->name);
	struct fresh *fresh = server->migrations ? fresh_create(with->database) : NULL;
	if (server->migrations && !fresh)
		return NULL;
	struct trial *trial = create(server, fresh);
	struct mcp_test *test = add_client(trial, with);
	const char *wrong = take_settings(trial, with);
	if (wrong)
		fail_say("%s", wrong);
	if (!begin(trial))
		fail_say("%s does not start; its log says why", server->name);
	return test;
}

void (mcp_test_close)(struct mcp_test *test)
{
	struct mcp_test *each = test ? test->trial->clients : NULL;

	for (; each; each = each->next)
		person_is_done(each);
	if (test)
		end();
}

/* ---- What it has ---- */

struct store *mcp_test_store(struct mcp_test *test)
{
	struct trial *trial = test->trial;

	if (!trial->store && trial->fresh)
		trial->store = store_open(fresh_url(trial->fresh), STORE_WRITES);
	return trial->store;
}

struct arena *mcp_test_arena(struct mcp_test *test)
{
	return test->trial->arena;
}
