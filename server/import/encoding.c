/* encoding.c - the bytes of a file as UTF-8, whatever they are written in, in constant memory. */
#include "encoding.h"
#include "fatal.h"

#include <stdlib.h>

#define INPUT_SIZE (32 * 1024)
#define LOOKED_AT 1024                  /* bytes, for what has no mark */
#define NO_CHARACTER 0xff               /* a byte that is in no UTF-8 */
#define CHARACTER_MAX UTF8_MAX          /* bytes, either way */

const char encoding_names[] = "utf-8, utf-16le, utf-16be or windows-1252";

static const char *const titles[] = {
	[ENCODING_ASK] = "UTF-8", [ENCODING_UTF_8] = "UTF-8", [ENCODING_UTF_16LE] = "UTF-16LE",
	[ENCODING_UTF_16BE] = "UTF-16BE", [ENCODING_WINDOWS_1252] = "Windows-1252",
};

struct decoder {
	csv_read_fn *read;
	void *source;
	enum encoding encoding;
	size_t at, size;                /* of the input */
	bool ended, failed;
	unsigned char input[INPUT_SIZE];
};

const char *encoding_title(enum encoding encoding)
{
	return titles[encoding];
}

bool encoding_named(const char *name, enum encoding *encoding)
{
	for (size_t i = ENCODING_UTF_8; i < sizeof(titles) / sizeof(*titles); i++) {
		if (!str_is_nocase(str_of(name), titles[i]))
			continue;
		*encoding = (enum encoding)i;
		return true;
	}
	return false;
}

struct decoder *decoder_create(csv_read_fn *read, void *source)
{
	struct decoder *decoder = calloc(1, sizeof(*decoder));

	if (!decoder)
		fatal();
	decoder->read = read;
	decoder->source = source;
	return decoder;
}

void decoder_destroy(struct decoder *decoder)
{
	free(decoder);
}

enum encoding decoder_encoding(const struct decoder *decoder)
{
	return decoder->encoding;
}

/* ---- Bytes in ---- */

/* Until so many are there, or there are no more. */
static void fill(struct decoder *decoder, size_t wanted)
{
	decoder->size -= decoder->at;
	memmove(decoder->input, decoder->input + decoder->at, decoder->size);
	decoder->at = 0;
	while (decoder->size < wanted && !decoder->ended) {
		int64_t got = decoder->read(decoder->source, (char *)decoder->input + decoder->size,
		                            INPUT_SIZE - decoder->size);
		decoder->failed = got < 0;
		decoder->ended = got <= 0;
		decoder->size += got > 0 ? (size_t)got : 0;
	}
}

static size_t left(const struct decoder *decoder)
{
	return decoder->size - decoder->at;
}

str decoder_peek(struct decoder *decoder)
{
	fill(decoder, INPUT_SIZE);
	return (str) { (const char *)decoder->input, decoder->size };
}

/* ---- Which it is ---- */

static const struct { unsigned char bytes[3]; size_t size; enum encoding encoding; } marks[] = {
	{ { 0xef, 0xbb, 0xbf }, 3, ENCODING_UTF_8 },
	{ { 0xff, 0xfe }, 2, ENCODING_UTF_16LE },
	{ { 0xfe, 0xff }, 2, ENCODING_UTF_16BE },
};

static enum encoding take_mark(struct decoder *decoder)
{
	for (size_t i = 0; i < sizeof(marks) / sizeof(*marks); i++) {
		if (left(decoder) < marks[i].size
		    || memcmp(decoder->input + decoder->at, marks[i].bytes, marks[i].size) != 0)
			continue;
		decoder->at += marks[i].size;
		return marks[i].encoding;
	}
	return ENCODING_ASK;
}

/* Latin letters in UTF-16 are every other byte a NUL. */
static enum encoding guess(const struct decoder *decoder)
{
	size_t size = left(decoder) < LOOKED_AT ? left(decoder) : LOOKED_AT, nuls[2] = { 0, 0 };

	for (size_t i = 0; i < size; i++)
		nuls[i % 2] += decoder->input[decoder->at + i] == 0;
	if (nuls[0] + nuls[1] == 0 || nuls[0] + nuls[1] < size / 4)
		return ENCODING_UTF_8;
	if (nuls[0] == 0)
		return ENCODING_UTF_16LE;
	return nuls[1] == 0 ? ENCODING_UTF_16BE : ENCODING_UTF_8;
}

/* Letters beyond ASCII that are all UTF-8 are meant so: as Windows-1252 they make no words. What the
 * input ends with may be a part of one. */
static bool is_utf_8(const struct decoder *decoder)
{
	str rest = { (const char *)decoder->input + decoder->at, left(decoder) };
	size_t step = 1, letters = 0;

	while (rest.size && (step = utf8_step(rest))) {
		letters += step > 1;
		rest.at += step;
		rest.size -= step;
	}
	return letters > 0 && rest.size < CHARACTER_MAX;
}

const char *decoder_begin(struct decoder *decoder, enum encoding asked)
{
	enum encoding marked, guessed;

	fill(decoder, INPUT_SIZE);
	marked = take_mark(decoder);
	if (marked == ENCODING_UTF_16LE && left(decoder) >= 2
	    && decoder->input[decoder->at] == 0 && decoder->input[decoder->at + 1] == 0)
		return "it is UTF-32; save it as \"CSV UTF-8\"";
	if (marked && asked && asked != marked)
		return "it begins with the byte order mark of another encoding than --encoding says;"
		       " leave --encoding out";
	if (asked == ENCODING_WINDOWS_1252 && is_utf_8(decoder))
		return "it is UTF-8, whatever --encoding says; leave --encoding out";
	decoder->encoding = asked ? asked : marked ? marked : ENCODING_UTF_8;
	guessed = marked || asked ? ENCODING_UTF_8 : guess(decoder);
	if (guessed == ENCODING_UTF_16LE)
		return "it looks like UTF-16 without a byte order mark; say --encoding utf-16le, or save"
		       " it as \"CSV UTF-8\"";
	if (guessed == ENCODING_UTF_16BE)
		return "it looks like UTF-16 without a byte order mark; say --encoding utf-16be, or save"
		       " it as \"CSV UTF-8\"";
	return NULL;
}

/* ---- Characters out: the bytes that are written, at most CHARACTER_MAX ---- */

static size_t put_nothing(char *into)
{
	into[0] = (char)NO_CHARACTER;
	return 1;
}

static uint32_t unit_at(const struct decoder *decoder, size_t at)
{
	uint32_t first = decoder->input[at], second = decoder->input[at + 1];

	return decoder->encoding == ENCODING_UTF_16LE ? second << 8 | first : first << 8 | second;
}

/* Four bytes are there, unless the file ends before. */
static size_t take_utf_16(struct decoder *decoder, char *into)
{
	if (left(decoder) == 1) {
		decoder->at++;
		return put_nothing(into);
	}
	uint32_t unit = unit_at(decoder, decoder->at);
	decoder->at += 2;
	if (unit < 0xd800 || unit > 0xdfff)
		return utf8_put(unit, into);
	uint32_t low = left(decoder) >= 2 ? unit_at(decoder, decoder->at) : 0;
	if (unit > 0xdbff || low < 0xdc00 || low > 0xdfff)
		return put_nothing(into);
	decoder->at += 2;
	return utf8_put(0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00), into);
}

/* Where it differs from ISO 8859-1: 0x80 to 0x9f; 0: no character. */
static const uint16_t windows_1252[] = {
	0x20ac, 0, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021,
	0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0, 0x017d, 0,
	0, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014,
	0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0, 0x017e, 0x0178,
};

static size_t take_windows_1252(struct decoder *decoder, char *into)
{
	uint32_t byte = decoder->input[decoder->at++];

	if (byte >= 0x80 && byte < 0xa0)
		byte = windows_1252[byte - 0x80];
	return byte || decoder->input[decoder->at - 1] == 0 ? utf8_put(byte, into) : put_nothing(into);
}

static size_t take_bytes(struct decoder *decoder, char *into, size_t room)
{
	size_t size = left(decoder) < room ? left(decoder) : room;

	memcpy(into, decoder->input + decoder->at, size);
	decoder->at += size;
	return size;
}

int64_t decoder_read(void *context, char *into, size_t room)
{
	struct decoder *decoder = context;
	bool as_it_is = decoder->encoding == ENCODING_UTF_8;
	size_t used = 0;

	while (room - used >= CHARACTER_MAX) {
		if (left(decoder) < CHARACTER_MAX && !decoder->ended && used == 0)
			fill(decoder, CHARACTER_MAX);
		if (left(decoder) == 0 || (left(decoder) < CHARACTER_MAX && !decoder->ended))
			break;
		used += as_it_is ? take_bytes(decoder, into + used, room - used)
		        : decoder->encoding == ENCODING_WINDOWS_1252
		        ? take_windows_1252(decoder, into + used) : take_utf_16(decoder, into + used);
	}
	return used == 0 && decoder->failed ? -1 : (int64_t)used;
}
