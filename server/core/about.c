/* about.c - what this thread works on, and what was noted of it. */
#include "about.h"

static _Thread_local struct about *now;

/* ---- Ids ---- */

void about_begin(struct about *about)
{
	trace_begin(&about->trace);
	memcpy(about->id, about->trace.span, SPAN_ID_SIZE);
	about->id_size = SPAN_ID_SIZE;
}

/* As UUIDs, and ids of load balancers and tracers are written. None of it means anything to a line of a log, a
 * header, or a shell. */
static bool is_id(str id)
{
	if (id.size == 0 || id.size > REQUEST_ID_MAX)
		return false;
	for (size_t i = 0; i < id.size; i++) {
		char c = id.at[i];
		bool letter = (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
		if (!letter && (c < '0' || c > '9') && !memchr("-_.:/+=@", c, 8))
			return false;
	}
	return true;
}

void about_take_id(struct about *about, str id)
{
	if (!is_id(id))
		return;
	memcpy(about->id, id.at, id.size);
	about->id[id.size] = '\0';
	about->id_size = (uint8_t)id.size;
}

void about_copy(struct about *to, const struct about *from)
{
	to->trace = from->trace;
	to->id_size = from->id_size;
	memcpy(to->id, from->id, from->id_size + (size_t)1);
}

/* ---- This thread's ---- */

void about_set(struct about *about)
{
	now = about;
}

struct about *about_now(void)
{
	return now;
}

/* ---- What was noted ---- */

bool noted_is_name(const char *name)
{
	static const char *const taken[] = {
		"time", "level", "id", "trace", "method", "target", "caller", "client", "revision", "address",
		"outcome", "status", "ms", "message",
	};
	size_t size = 0;

	while ((name[size] >= 'a' && name[size] <= 'z') || name[size] == '_')
		size++;
	if (size == 0 || size > NOTED_NAME_MAX || name[size])
		return false;
	for (size_t i = 0; i < sizeof(taken) / sizeof(*taken); i++)
		if (name[0] == taken[i][0] && strcmp(name, taken[i]) == 0)
			return false;
	return true;
}

/* Whole characters; what no line could show as it is, or would be taken for its end, is a question mark. */
static uint8_t take_text(char *into, str text)
{
	uint8_t size = 0;

	for (size_t step; text.size > 0; text.at += step, text.size -= step) {
		const unsigned char *c = (const unsigned char *)text.at;
		step = *c < 0x80 ? 1 : utf8_step(text);
		bool odd = step == 0 || *c < 0x20 || *c == 0x7f || *c == '"' || *c == '\\' ||
		           (step == 2 && c[0] == 0xc2 && c[1] < 0xa0);
		step += step == 0;
		if (size + (odd ? 1 : step) > NOTED_VALUE_MAX)
			break;
		memcpy(into + size, odd ? "?" : text.at, odd ? 1 : step);
		size = (uint8_t)(size + (odd ? 1 : step));
	}
	return size;
}

static struct noted *noted_of(struct about *about)
{
	struct noted *noted = atomic_load(&about->noted);

	if (noted)
		return noted;
	noted = arena_new(about->arena, struct noted);
	pthread_mutex_init(&noted->lock, NULL);
	atomic_store(&about->noted, noted);
	return noted;
}

void about_note(struct about *about, const char *name, str value)
{
	if (!about->arena)
		return;
	struct noted *noted = noted_of(about);
	int i = 0;

	pthread_mutex_lock(&noted->lock);
	while (i < noted->count && strcmp(noted->values[i].name, name) != 0)
		i++;
	if (i < NOTED_MAX) {
		noted->count = i < noted->count ? noted->count : i + 1;
		memcpy(noted->values[i].name, name, strlen(name) + 1);
		noted->values[i].size = take_text(noted->values[i].text, value);
	}
	pthread_mutex_unlock(&noted->lock);
}
