/* log_line.c - a line of the log, as JSON or for a person to read.
 *
 * Every part is cut to a length of its own and escaped, at worst sixfold; all of them fit. What is
 * left of the line bounds the message. */
#include "log_line.h"

#include "number.h"

#define TAIL_BYTES 32           /* behind a message: its last character, quotes, end of line */

static const char *const level_names[] = { "error", "warning", "info", "debug" };
static const char *const level_colours[] = { "\033[31m", "\033[33m", "", "\033[2m" };

static void put(struct line *line, str text)
{
	memcpy(line->text + line->size, text.at, text.size);
	line->size += text.size;
}

static void put_text(struct line *line, const char *text)
{
	put(line, str_of(text));
}

static void put_char(struct line *line, char c)
{
	line->text[line->size++] = c;
}

static void put_int(struct line *line, int64_t value)
{
	line->size += int_print(value, line->text + line->size);
}

static void put_digits(struct line *line, int64_t value, int digits)
{
	char *at = line->text + line->size;

	for (int i = digits - 1; i >= 0; i--, value /= 10)
		at[i] = (char)('0' + value % 10);
	line->size += (size_t)digits;
}

/* ---- Text that others chose ---- */

/* Cuts between two characters. */
static str cut(str text, size_t size_max)
{
	if (text.size <= size_max)
		return text;
	text.size = size_max;
	while (text.size > 0 && ((unsigned char)text.at[text.size] & 0xc0) == 0x80)
		text.size--;
	return text;
}

static void put_escaped(struct line *line, unsigned char c)
{
	static const char hex[] = "0123456789abcdef";

	if (line->style != LINE_JSON) {
		put_char(line, '?');
	} else if (c == '"' || c == '\\') {
		put_char(line, '\\');
		put_char(line, (char)c);
	} else {
		put_text(line, "\\u00");
		put_char(line, hex[c >> 4]);
		put_char(line, hex[c & 15]);
	}
}

/* Bytes that are no UTF-8 become question marks; so do control characters on a terminal, also those
 * of U+0080 to U+009F, because a terminal may obey them. */
static void put_foreign(struct line *line, str text, size_t size_max)
{
	bool json = line->style == LINE_JSON, valid = true, checked = false;

	text = cut(text, size_max);
	for (size_t i = 0; i < text.size; i++) {
		unsigned char c = (unsigned char)text.at[i];
		if ((c & 0xc0) != 0x80 && line->size > LINE_BYTES - TAIL_BYTES)
			break;
		if (c >= 0x80 && !checked) {
			valid = utf8_valid(text);
			checked = true;
		}
		if (c < 0x20 || c == 0x7f || (json && (c == '"' || c == '\\')))
			put_escaped(line, c);
		else if (c < 0x80)
			put_char(line, (char)c);
		else if (!valid)
			put_char(line, '?');
		else if (c == 0xc2 && (unsigned char)text.at[i + 1] < 0xa0)
			i++, put_char(line, '?');
		else
			put_char(line, (char)c);
	}
}

/* ---- The beginning ---- */

struct second {
	int64_t number;
	char text[TIME_TEXT_SIZE];
};

/* Most lines of a thread fall into the same second as the one before. */
static const char *second_text(int64_t second)
{
	static _Thread_local struct second latest;

	if (latest.number != second) {
		latest.number = second;
		time_print(second * 1000, latest.text);
	}
	return latest.text;
}

#define DATE_BYTES 11           /* 2026-07-28T */
#define CLOCK_BYTES 8           /* 09:30:00 */

static void begin_json(struct line *line, enum log_level level)
{
	int64_t now = now_ms();

	put(line, STR("{\"time\":\""));
	put(line, (str) { second_text(now / 1000), DATE_BYTES + CLOCK_BYTES });
	put_char(line, '.');
	put_digits(line, now % 1000, 3);
	put(line, STR("Z\",\"level\":\""));
	put_text(line, level_names[level]);
	put_char(line, '"');
}

static void begin_text(struct line *line, enum log_level level)
{
	int64_t now = now_ms();
	bool coloured = line->style == LINE_COLOURED && *level_colours[level];

	if (line->style != LINE_BARE) {
		put(line, (str) { second_text(now / 1000) + DATE_BYTES, CLOCK_BYTES });
		put_char(line, '.');
		put_digits(line, now % 1000, 3);
		put_char(line, ' ');
	}
	if (coloured)
		put_text(line, level_colours[level]);
	put_text(line, level_names[level]);
	if (coloured)
		put(line, STR("\033[0m"));
}

static void begin(struct line *line, enum log_level level)
{
	line->size = 0;
	if (line->style == LINE_JSON)
		begin_json(line, level);
	else
		begin_text(line, level);
}

/* ---- Parts: a member of the JSON, or a word ---- */

static void part(struct line *line, str key, str text, size_t size_max)
{
	if (text.size == 0)
		return;
	if (line->style != LINE_JSON) {
		put_char(line, ' ');
		put_foreign(line, text, size_max);
		return;
	}
	put(line, STR(",\""));
	put(line, key);
	put(line, STR("\":\""));
	put_foreign(line, text, size_max);
	put_char(line, '"');
}

static void number_part(struct line *line, str before)
{
	put(line, line->style == LINE_JSON ? before : STR(" "));
}

void line_message(struct line *line, enum log_level level, str id, str message)
{
	begin(line, level);
	part(line, STR("id"), id, 64);
	part(line, STR("message"), message, MESSAGE_BYTES_MAX);
	put(line, line->style == LINE_JSON ? STR("}\n") : STR("\n"));
}

void line_request(struct line *line, const struct log_request *request)
{
	bool json = line->style == LINE_JSON;

	begin(line, LOG_INFO);
	part(line, STR("id"), request->id, 64);
	part(line, STR("method"), str_of(request->method), 64);
	part(line, STR("target"), request->target, 200);
	part(line, STR("caller"), str_of(request->caller), 128);
	part(line, STR("outcome"), str_of(request->outcome), 32);
	if (request->status > 0) {
		number_part(line, STR(",\"status\":"));
		put_int(line, request->status);
	}
	int64_t micros = request->micros > 0 ? request->micros : 0;
	number_part(line, STR(",\"ms\":"));
	put_int(line, micros / 1000);
	put_char(line, '.');
	put_digits(line, micros % 1000, 3);
	put(line, json ? STR("}\n") : STR(" ms\n"));
}
