/* words.c - what processes tell one another, by way of the database (NOTIFY). */
#include <stdio.h>

#include "databases.h"
#include "state_private.h"

struct words {
	const char *channel, *words, *told;
};

static SHAPE(words_shape, struct words,
	TEXT(struct words, channel, "To whom"),
	TEXT(struct words, words, "What"),
	TEXT(struct words, told, "Nothing"));

bool tell_all(struct store *store, const char *channel, const char *words)
{
	struct words told = { channel, words, NULL };
	struct arena *arena = arena_create();
	int found = store_find_one(store, arena,
		"select cast(pg_notify(:channel, :words) as text) as told", words_shape, &told, words_shape, &told);

	arena_destroy(arena);
	return found == 1;
}

bool tell_one(struct store *store, int64_t process, const char *what, const char *session,
              int64_t stream)
{
	char channel[48], words[256];

	snprintf(channel, sizeof(channel), CHANNEL_ONE "%lld", (long long)process);
	snprintf(words, sizeof(words), "%s %s %lld", what, session, (long long)stream);
	return tell_all(store, channel, words);
}

struct told {
	struct errand errand;
	const char *channel, *words;
};

static bool work_told(struct errand *errand, struct store *store)
{
	struct told *told = (struct told *)errand;

	return tell_all(store, told->channel, told->words);
}

static const struct errand_kind tell_kind = { .work = work_told, .lasts = true };
static const struct errand_kind passing_kind = { .work = work_told };   /* what is late is wrong */

/* PostgreSQL takes less than 8000 bytes. What clients say must not get into words by any length. */
#define WORDS_MAX 7000

static void tell(const struct errand_kind *kind, const char *channel, const char *words)
{
	struct told *told = errand_new(kind, struct told);

	told->channel = channel;
	told->words = arena_copy(told->errand.arena, str_of(words));
	errand_send_from(&told->errand, NULL);
}

static bool is_alone(void)
{
	return !state_set.database || !store_url_is_shared(state_set.database);
}

void state_changed(const char *uri, bool database_tells)
{
	if (!state_on())
		return;                 /* nobody serves yet, or any more */
	if (is_alone()) {
		state_set.handler.changed(uri);
		return;
	}
	if (database_tells)
		return;
	if (strlen(uri) <= WORDS_MAX)
		tell(&tell_kind, CHANNEL_CHANGED, uri);
	else
		tell(&tell_kind, CHANNEL_ALL, "missed");
}

void state_tell(const char *words)
{
	str rest = str_of(words), what = str_cut(&rest, ' ');

	if (state_on() && is_alone())
		state_set.handler.told(what, rest);
	else if (state_on())
		tell(&passing_kind, CHANNEL_ALL, words);
}
