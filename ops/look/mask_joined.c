/* mask_joined.c - see mask_walk.h. What nobody sees: parts of a name that it stands in are to be one again before anything is looked for. */
#include "mask_walk.h"

#include "builder.h"

struct span { int32_t least, most; };

static bool is_in(const struct span *spans, size_t count, int32_t c)
{
	for (size_t i = 0; i < count; i++)
		if (c >= spans[i].least && c <= spans[i].most)
			return true;
	return false;
}

bool is_control(int32_t c)
{
	static const struct span spans[] = {
		{ 0, 8 }, { 0xb, 0x1f }, { 0x7f, 0x9f }, { 0x200b, 0x200b }, { 0x202a, 0x202e }, { 0x2060, 0x206f }, { 0xfeff, 0xfeff }, { 0xe0000, 0xe01ef },
	};

	return is_in(spans, sizeof(spans) / sizeof(*spans), c);
}

/* Has no width; in other scripts and in pictures some of these have a meaning. */
static bool is_unseen(int32_t c)
{
	static const struct span spans[] = {
		{ 0xad, 0xad }, { 0x34f, 0x34f }, { 0x61c, 0x61c }, { 0x115f, 0x1160 }, { 0x17b4, 0x17b5 }, { 0x180b, 0x180f }, { 0x200b, 0x200f },
		{ 0x3164, 0x3164 }, { 0xfe00, 0xfe0f }, { 0xffa0, 0xffa0 }, { 0xfff9, 0xfffb },
	};
	bool parts = c == '\r' || c == '\v' || c == '\f' || c == 0x1b || c == 0x85;

	return !parts && (is_control(c) || is_in(spans, sizeof(spans) / sizeof(*spans), c));
}

/* Whether one of them can begin with that byte. */
static bool may_be_unseen(unsigned char c)
{
	switch (c) {
	case 0x7f: case 0xc2: case 0xcd: case 0xd8: case 0xe1: case 0xe2: case 0xe3: case 0xef: case 0xf3:
		return true;
	default:
		return c < 0x20 && c != '\t' && c != '\n';
	}
}

static size_t behind_unseen(str text, size_t at)
{
	str rest = { text.at + at, text.size - at };

	while (rest.size > 0 && may_be_unseen((unsigned char)rest.at[0])) {
		str next = rest;
		int32_t c = utf8_take(&next);
		if (c < 0 || !is_unseen(c))
			break;
		rest = next;
	}
	return (size_t)(rest.at - text.at);
}

static bool is_plain(str text, size_t at)
{
	return at < text.size && ((text.at[at] >= ' ' && text.at[at] <= '~') || text.at[at] == '\t');
}

const char *mask_joined(struct arena *arena, const char *text)
{
	str all = str_of(text);
	struct builder joined = { 0 };
	size_t copied = 0;

	for (size_t at = 0, end; at < all.size; at = end > at ? end : at + 1) {
		end = behind_unseen(all, at);
		if (end == at || at == 0 || !is_plain(all, at - 1) || !is_plain(all, end))
			continue;
		if (!joined.arena)
			joined = builder_begin(arena, all.size + 1);
		builder_put(&joined, (str) { text + copied, at - copied });
		copied = end;
	}
	if (!joined.arena)
		return text;
	builder_put(&joined, (str) { text + copied, all.size - copied });
	return builder_end(&joined);
}
