/* mask.c - see mask.h. One pass: what a pattern looked at it does not look at again, so time grows as the text does, whatever it is. */
#include "mask.h"

#include "builder.h"
#include "mask_walk.h"

#define HIDDEN "***"

static inline bool goes_on_in_url(char c)
{
	return (unsigned char)c > ' ' && c != '@' && c != '"' && c != '\'' && c != '`' && c != '<' && c != '>' && c != '\\';
}

/* ---- Patterns: secrets by what stands before them ---- */

/* The next @ from there on, or what ends a URL: looked for once, however many URLs seem to begin before it. */
static size_t stop_from(struct walk *walk, size_t at)
{
	if (walk->stop < at)
		walk->stop = run_of(walk, at, goes_on_in_url);
	return walk->stop;
}

static bool is_at_sign(const struct walk *walk, size_t at)
{
	return at < walk->text.size && walk->text.at[at] == '@';
}

static bool is_port(const struct walk *walk, size_t at)
{
	size_t end = run_of(walk, at, is_digit);

	return end > at && (end == walk->text.size || strchr("/?#", walk->text.at[end]));
}

/* The password of postgres://user:password@host, which may have a / or an @ that nobody encoded. */
static bool find_in_url(struct walk *walk, struct found *found)
{
	size_t begin = walk->at + 3, user = begin;

	if (walk->text.size < begin || memcmp(walk->text.at + walk->at, "://", 3) != 0)
		return false;
	size_t end = stop_from(walk, begin);
	while (user < end && !strchr(":/?#[", walk->text.at[user]))
		user++;
	if (!is_at_sign(walk, end) || user == end || walk->text.at[user] != ':' || is_port(walk, user + 1))
		return false;
	for (size_t next; is_at_sign(walk, next = stop_from(walk, end + 1)) &&
	     !memchr(walk->text.at + end, '/', next - end); )
		end = next;
	*found = (struct found) { user + 1, end };
	return true;
}

/* Whatever it ends with: …:secret:shop-dev/products/keys-Xy12. */
static bool find_arn(struct walk *walk, struct found *found)
{
	if (!has_at(walk, walk->at, STR("arn:aws")))
		return false;
	size_t end = run_of(walk, walk->at, goes_on);
	*found = (struct found) { end, end };
	return true;
}

static bool find_dashes(struct walk *walk, struct found *found)
{
	return find_private_key(walk, found) || find_option(walk, found);
}

static bool find_behind_colon(struct walk *walk, struct found *found)
{
	return find_in_url(walk, found) || find_assigned(walk, found);
}

enum { NOTHING, ARN, ACCESS_KEY, PREFIXED, JSON_WEB_TOKEN, BEARER, DASHES, COLON, EQUALS, ENCODED, ELEMENT, CONTROL };

typedef bool find_fn(struct walk *walk, struct found *found);

static const struct pattern {
	bool with_word;                 /* it begins where a word does */
	find_fn *find, *by_form;        /* by what it looks like alone; NULL: that does not tell */
} patterns[] = {
	[ARN] = { true, find_arn, find_arn },
	[ACCESS_KEY] = { true, find_access_key, find_access_key },
	[PREFIXED] = { true, find_prefixed, find_prefixed },
	[JSON_WEB_TOKEN] = { true, find_json_web_token, find_json_web_token },
	[BEARER] = { true, find_bearer, find_bearer },
	[DASHES] = { false, find_dashes, find_private_key },
	[COLON] = { false, find_behind_colon, find_in_url },
	[EQUALS] = { false, find_assigned, NULL },
	[ENCODED] = { false, find_encoded, NULL },
	[ELEMENT] = { false, find_element, NULL },
	[CONTROL] = { false, NULL, NULL },
};

/* What can begin with a byte: with most nothing can. */
static int what_begins(unsigned char c)
{
	static const char kinds[256] = {
		['a'] = ARN, ['A'] = ACCESS_KEY, ['e'] = JSON_WEB_TOKEN,
		['F'] = PREFIXED, ['G'] = PREFIXED, ['I'] = PREFIXED, ['d'] = PREFIXED, ['g'] = PREFIXED, ['h'] = PREFIXED, ['m'] = PREFIXED,
		['n'] = PREFIXED, ['p'] = PREFIXED, ['r'] = PREFIXED, ['s'] = PREFIXED, ['w'] = PREFIXED, ['x'] = PREFIXED, ['y'] = PREFIXED,
		['b'] = BEARER, ['B'] = BEARER, ['-'] = DASHES, [':'] = COLON, ['='] = EQUALS, ['%'] = ENCODED,
		['>'] = ELEMENT,
		[0x7f] = CONTROL, [0xc2] = CONTROL, [0xe2] = CONTROL, [0xef] = CONTROL, [0xf3] = CONTROL,
	};

	return c < 0x20 ? CONTROL : kinds[c];
}

/* ---- The walk ---- */

/* The bytes of what no text should have; 0: it is something else. */
static size_t control_at(const struct walk *walk)
{
	str rest = { walk->text.at + walk->at, walk->text.size - walk->at };
	int32_t c = utf8_take(&rest);

	return c >= 0 && is_control(c) ? (size_t)(rest.at - walk->text.at) - walk->at : 0;
}

static bool begins_part(struct walk *walk)
{
	while (walk->parts && *walk->parts < walk->at)
		walk->parts++;
	return walk->parts && *walk->parts == walk->at;
}

static bool find(struct walk *walk, const struct pattern *pattern, find_fn *by, struct found *found)
{
	if (!by || (pattern->with_word && walk->at > 0 && is_wordy(walk->text.at[walk->at - 1]) && !begins_part(walk)))
		return false;
	return by(walk, found);
}

/* The next that is hidden or replaced, and by what. False: there is none any more. */
static bool next(struct walk *walk, struct found *found, str *by)
{
	for (; walk->at < walk->text.size; walk->at++) {
		int kind = what_begins((unsigned char)walk->text.at[walk->at]);
		size_t control = kind == CONTROL ? control_at(walk) : 0;
		if (control > 0) {
			*found = (struct found) { walk->at, walk->at + control };
			*by = STR(REPLACEMENT);
			return true;
		}
		if (kind == NOTHING || kind == CONTROL || !find(walk, &patterns[kind], patterns[kind].find, found))
			continue;
		*by = STR(HIDDEN);
		if (found->from < found->to)
			return true;
		walk->at = found->to > walk->at ? found->to - 1 : walk->at;
	}
	return false;
}

bool next_by_form(struct walk *walk, struct found *found)
{
	for (; walk->at < walk->text.size; walk->at++) {
		const struct pattern *pattern = &patterns[what_begins((unsigned char)walk->text.at[walk->at])];
		if (!find(walk, pattern, pattern->by_form, found))
			continue;
		if (found->from < found->to)
			return true;
		walk->at = found->to > walk->at ? found->to - 1 : walk->at;
	}
	return false;
}

static const char *mask_words(struct arena *arena, const char *text)
{
	struct walk walk = { .text = str_of(text) };
	struct builder masked = { 0 };
	struct found found;
	size_t copied = 0;
	str by;

	for (; next(&walk, &found, &by); copied = walk.at = found.to) {
		if (!masked.arena)
			masked = builder_begin(arena, walk.text.size + 64);
		builder_put(&masked, (str) { text + copied, found.from - copied });
		builder_put(&masked, by);
	}
	if (!masked.arena)
		return text;
	builder_put(&masked, (str) { text + copied, walk.text.size - copied });
	return builder_end(&masked);
}

const char *mask_text(struct arena *arena, const char *text)
{
	return mask_words(arena, mask_joined(arena, text));
}

const char *mask_named(struct arena *arena, const char *name, const char *text)
{
	return is_secret_name(str_of(mask_joined(arena, name))) && !says_little(str_of(text)) ? HIDDEN : mask_text(arena, text);
}

/* What is handed back to AWS as it came. */
static bool is_token(const struct field *field)
{
	size_t size = strlen(field->name);

	return strcmp(field->name, "Marker") == 0 || (size >= 5 && letters_same(field->name + size - 5, "token", 5));
}

static void mask_texts(struct arena *arena, const char **texts, int64_t count)
{
	for (int64_t i = 0; i < count; i++)
		texts[i] = mask_text(arena, texts[i]);
}

void mask_all(struct arena *arena, const struct shape *shape, void *of)
{
	for (const struct field *field = shape->fields; field->name; field++) {
		void *at = (char *)of + field->offset;
		int64_t count = field->count_offset ? *(int64_t *)(void *)((char *)of + field->count_offset) : 0;

		if (field->type == FIELD_TEXT && *(const char **)at && !is_token(field))
			mask_texts(arena, at, 1);
		else if (field->type == FIELD_TEXTS)
			mask_texts(arena, *(const char ***)at, count);
		else if (field->type == FIELD_NEST && *(void **)at)
			mask_all(arena, field->item, *(void **)at);
		else if (field->type == FIELD_LIST)
			for (int64_t i = 0; i < count; i++)
				mask_all(arena, field->item, *(char **)at + (size_t)i * field->item->size);
	}
}
