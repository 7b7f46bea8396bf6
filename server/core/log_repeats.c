/* log_repeats.c - see log_repeats.h. A table of fixed size, looked through from its beginning. */
#include "log_repeats.h"

#include <stdio.h>

struct kept {
	const char *place;              /* NULL: nothing is kept here */
	uint64_t hash;                  /* of the message; 0: of what else its place says */
	int64_t since_ms;
	int64_t count;
	enum log_level level;
	size_t size;
	char text[REPEATS_TEXT];
};

/* The last one is for what finds no room. */
static struct kept table[REPEATS_KEPT + 1];
static const char elsewhere[] = "";

static bool is_free(const struct kept *kept, int64_t now)
{
	return !kept->place || (kept->count == 0 && now - kept->since_ms >= REPEATS_MS);
}

/* No character is cut in two. */
static size_t fitting(str message)
{
	size_t size = message.size < REPEATS_TEXT ? message.size : REPEATS_TEXT;

	while (size < message.size && size > 0 && ((unsigned char)message.at[size] & 0xc0) == 0x80)
		size--;
	return size;
}

static void keep(struct kept *kept, const char *place, uint64_t hash, enum log_level level, str message)
{
	kept->place = place;
	kept->hash = hash;
	kept->since_ms = tick_ms();
	kept->count = 0;
	kept->level = level;
	kept->size = fitting(message);
	memcpy(kept->text, message.at, kept->size);
}

struct found {
	struct kept *same, *rest, *room;
	int of_place;
};

static struct found find(const char *place, uint64_t hash)
{
	struct found found = { 0 };
	int64_t now = tick_ms();

	for (struct kept *each = table; each < table + REPEATS_KEPT; each++) {
		if (is_free(each, now)) {
			found.room = found.room ? found.room : each;
			continue;
		}
		if (each->place != place)
			continue;
		found.of_place++;
		if (each->hash == hash)
			found.same = each;
		else if (each->hash == 0)
			found.rest = each;
	}
	return found;
}

static enum repeat count_in(struct kept *kept)
{
	return kept->count++ == 0 ? REPEAT_BEGUN : REPEAT_COUNTED;
}

enum repeat repeats_count(const char *place, enum log_level level, str message)
{
	uint64_t hash = str_hash(message) | 1;
	struct found found = find(place, hash);

	if (found.same)
		return count_in(found.same);
	/* The last room of a place is for all that differs further. */
	if (found.room && found.of_place < REPEATS_OF_PLACE - 1) {
		keep(found.room, place, hash, level, message);
		return REPEAT_FIRST;
	}
	struct kept *others = found.rest ? found.rest : found.room ? found.room : &table[REPEATS_KEPT];
	if (!found.rest && others->count == 0)
		keep(others, found.room ? place : elsewhere, 0, level, message);
	return count_in(others);
}

static const struct kept *next_due(void)
{
	const struct kept *next = NULL;

	for (const struct kept *each = table; each <= table + REPEATS_KEPT; each++)
		if (each->count > 0 && (!next || each->since_ms < next->since_ms))
			next = each;
	return next;
}

int64_t repeats_due_ms(void)
{
	const struct kept *next = next_due();

	return next ? next->since_ms + REPEATS_MS : -1;
}

int repeats_take(bool all, char text[REPEATS_ROOM], enum log_level *level)
{
	int64_t now = tick_ms(), due_ms = repeats_due_ms();
	struct kept *kept = due_ms >= 0 ? &table[next_due() - table] : NULL;

	if (!kept || (!all && due_ms > now))
		return -1;
	const char *what = !kept->hash ? "like it" : kept->count == 1 ? "time" : "times";
	int size = snprintf(text, REPEATS_ROOM, "%.*s (%s%lld more %s in %lld s)", (int)kept->size, kept->text,
	                    kept->hash ? "" : "one of ", (long long)kept->count, what,
	                    (long long)((now - kept->since_ms + 500) / 1000));
	*level = kept->level;
	kept->count = 0;
	kept->since_ms = now;
	return size;
}

void repeats_forget(void)
{
	memset(table, 0, sizeof(table));
}
