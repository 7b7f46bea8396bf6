/* notify.c - PostgreSQL's NOTIFY within one connection, and the other functions a state's
 * statements use. What a transaction tells waits for its commit, and is dropped with it. */
#include <stdlib.h>

#include "fatal.h"
#include "sqlite_private.h"

#define CHANNELS_MAX 8
#define WORDS_MAX 8000                  /* bytes, and fewer: as PostgreSQL has it */

struct notice {
	struct notice *next;
	const char *words;
	char channel[];
};

struct queue {
	struct notice *first, **last;
};

struct notices {
	struct queue told, heard;       /* in the transaction at hand, and before */
	char *channels[CHANNELS_MAX];   /* that are listened to */
	int count;
};

static void queue_clear(struct queue *queue)
{
	struct notice *notice;

	while ((notice = queue->first)) {
		queue->first = notice->next;
		free(notice);
	}
	queue->last = &queue->first;
}

void notices_settle(struct notices *notices, bool committed)
{
	if (!notices || !notices->told.first)
		return;
	if (committed) {
		*notices->heard.last = notices->told.first;
		notices->heard.last = notices->told.last;
		notices->told.first = NULL;
	}
	queue_clear(&notices->told);
}

/* ---- Functions for statements ---- */

static void now(sqlite3_context *context, UNUSED int count, UNUSED sqlite3_value **values)
{
	sqlite3_result_int64(context, now_ms());
}

static void octet_length(sqlite3_context *context, UNUSED int count, sqlite3_value **values)
{
	if (sqlite3_value_type(values[0]) != SQLITE_NULL)
		sqlite3_result_int64(context, sqlite3_value_bytes(values[0]));
}

static bool is_listened_to(const struct notices *notices, const char *channel)
{
	for (int i = 0; i < notices->count; i++)
		if (strcmp(notices->channels[i], channel) == 0)
			return true;
	return false;
}

static void tell(struct notices *notices, const char *channel, const char *words, size_t size)
{
	size_t head = sizeof(struct notice) + strlen(channel) + 1;
	struct notice *notice = malloc(head + size + 1);

	if (!notice)
		fatal();
	strcpy(notice->channel, channel);
	memcpy((char *)notice + head, words, size + 1);
	notice->words = (char *)notice + head;
	notice->next = NULL;
	*notices->told.last = notice;
	notices->told.last = &notice->next;
}

static void notify(sqlite3_context *context, UNUSED int count, sqlite3_value **values)
{
	struct notices *notices = sqlite3_user_data(context);
	const char *channel = (const char *)sqlite3_value_text(values[0]);
	const char *words = (const char *)sqlite3_value_text(values[1]);
	size_t size = (size_t)sqlite3_value_bytes(values[1]);

	if (!channel) {
		sqlite3_result_error(context, "pg_notify() without a channel", -1);
	} else if (size >= WORDS_MAX) {
		sqlite3_result_error(context, "pg_notify() of too many words", -1);
	} else {
		if (is_listened_to(notices, channel))
			tell(notices, channel, words ? words : "", size);
		sqlite3_result_text(context, "", 0, SQLITE_STATIC);
	}
}

struct notices *notices_create(sqlite3 *db)
{
	struct notices *notices = calloc(1, sizeof(*notices));

	if (!notices)
		fatal();
	queue_clear(&notices->told);
	queue_clear(&notices->heard);
	if (sqlite3_create_function(db, "mcp_now", 0, SQLITE_UTF8, NULL, now, NULL, NULL) != SQLITE_OK
	    || sqlite3_create_function(db, "octet_length", 1, SQLITE_UTF8 | SQLITE_DETERMINISTIC, NULL,
	                               octet_length, NULL, NULL) != SQLITE_OK
	    || sqlite3_create_function(db, "pg_notify", 2, SQLITE_UTF8 | SQLITE_DIRECTONLY, notices,
	                               notify, NULL, NULL) != SQLITE_OK)
		fatal();
	return notices;
}

void notices_destroy(struct notices *notices)
{
	if (!notices)
		return;
	queue_clear(&notices->told);
	queue_clear(&notices->heard);
	for (int i = 0; i < notices->count; i++)
		free(notices->channels[i]);
	free(notices);
}

/* ---- Listening ---- */

/* It can't be lost, and tells nothing but on the thread that uses it. */
unsigned sqlite_connection(UNUSED const struct store *store)
{
	return 1;
}

int sqlite_socket(UNUSED const struct store *store)
{
	return -1;
}

bool sqlite_listen(struct store *store, const char *channel)
{
	struct notices *notices = sqlite_of(store)->notices;

	if (!notices || notices->count == CHANNELS_MAX) {
		store_misused(store, NULL, "nobody listens on that many channels, nor to a store that is no state");
		return false;
	}
	if (is_listened_to(notices, channel))
		return true;
	char *name = strdup(channel);
	if (!name)
		fatal();
	notices->channels[notices->count++] = name;
	return true;
}

bool sqlite_heard(struct store *store, struct store_notice *notice)
{
	struct notices *notices = sqlite_of(store)->notices;
	struct notice *first = notices ? notices->heard.first : NULL;

	if (!first)
		return false;
	notices->heard.first = first->next;
	if (!first->next)
		notices->heard.last = &notices->heard.first;
	*notice = (struct store_notice) { .channel = first->channel, .words = first->words, .mine = true,
	                                  .owned = first };
	return true;
}

void sqlite_heard_free(struct store_notice *notice)
{
	free(notice->owned);
}
