/* log_line.c - a line of the log, as JSON or for a person to read.
 *
 * Every part is cut to a length of its own and escaped, at worst sixfold; all of them fit. What is
 * left of the line bounds the message. Only put() writes, and it knows where the line ends. */
#include "every.h"
#include "log_line.h"

#include "clock.h"
#include "number.h"

#define TAIL_BYTES 64           /* behind text of others: quotes, numbers, end of line */

static const char *const level_names[] = { "error", "warning", "info", "debug" };
static const char *const level_colours[] = { "\033[31m", "\033[33m", "", "\033[2m" };

/* Whole or not at all: half an escape would be worse than none. */
static bool put_within(struct line *line, str text, size_t size_max)
{
	if (text.size > size_max || line->size > size_max - text.size)
		return false;
	memcpy(line->text + line->size, text.at, text.size);
	line->size += text.size;
	return true;
}

static void put(struct line *line, str text)
{
	put_within(line, text, LINE_BYTES);
}

static void put_text(struct line *line, const char *text)
{
	put(line, str_of(text));
}

static void put_char(struct line *line, char c)
{
	put(line, (str) { &c, 1 });
}

static void put_int(struct line *line, int64_t value)
{
	char text[NUMBER_TEXT_SIZE];

	put(line, (str) { text, int_print(value, text) });
}

static void put_digits(struct line *line, int64_t value, size_t digits)
{
	char text[8];

	for (size_t i = digits; i-- > 0; value /= 10)
		text[i] = (char)('0' + value % 10);
	put(line, (str) { text, digits });
}

/* ---- Text that others chose ---- */

#define ESCAPE_BYTES 6          /* \u001f */

/* What stands for a byte that can't stand there itself. */
static str escaped(const struct line *line, unsigned char c, char text[ESCAPE_BYTES])
{
	static const char hex[] = "0123456789abcdef";

	if (line->style != LINE_JSON || c >= 0x80)
		return c == '"' ? STR("\\\"") : c == '\\' ? STR("\\\\") : STR("?");
	memcpy(text, "\\u00", 4);
	text[4] = hex[c >> 4];
	text[5] = hex[c & 15];
	if (c >= 0x20 && c != 0x7f)
		text[1] = (char)c;
	return (str) { text, c >= 0x20 && c != 0x7f ? 2 : ESCAPE_BYTES };
}

/* One to eight bytes, in any order, some of them twice. */
static inline uint64_t load_short(const char *at, size_t size)
{
	uint32_t first, last;

	if (size < 4)
		return EVERY(' ') << 24 | (uint64_t)(unsigned char)at[0] << 16 |
		       (uint64_t)(unsigned char)at[size / 2] << 8 | (unsigned char)at[size - 1];
	memcpy(&first, at, sizeof(first));
	memcpy(&last, at + size - sizeof(last), sizeof(last));
	return (uint64_t)first << 32 | last;
}

/* Whether eight bytes stand as they are in any line. Sometimes it is not seen that they do. */
static inline bool are_plain(uint64_t word)
{
	uint64_t del = word ^ EVERY(0x7f), quote = word ^ EVERY('"');
	uint64_t backslash = word ^ EVERY('\\');
	return !((word | (word - EVERY(0x20)) | (del - EVERY(0x01)) | (quote - EVERY(0x01)) |
	          (backslash - EVERY(0x01))) & EVERY(0x80));
}

/* How many bytes of ASCII stand as they are. */
static size_t plain_run(const struct line *line, str text)
{
	size_t run = 0;

	while (text.size - run > 8 && are_plain(load_short(text.at + run, 8)))
		run += 8;
	if (text.size - run <= 8 && text.size > run &&
	    are_plain(load_short(text.at + run, text.size - run)))
		return text.size;
	for (; run < text.size; run++) {
		unsigned char c = (unsigned char)text.at[run];
		if (c < 0x20 || c > 0x7e || ((line->style == LINE_JSON || line->quoted) && (c == '"' || c == '\\')))
			break;
	}
	return run;
}

/* U+0080 to U+009F, which a terminal may obey like those of ASCII. */
static bool is_control(str character)
{
	return character.size == 2 && (unsigned char)character.at[0] == 0xc2 &&
	       (unsigned char)character.at[1] < 0xa0;
}

/* By whole characters, so that none is cut; bytes that are no UTF-8 become question marks. */
static void put_foreign(struct line *line, str text, size_t size_max)
{
	for (size_t left = size_max; text.size > 0 && left > 0;) {
		size_t room = LINE_BYTES - TAIL_BYTES - line->size;
		size_t step = plain_run(line, (str) { text.at, text.size < left ? text.size : left });
		str shown = { text.at, step < room ? step : room };
		char escape[ESCAPE_BYTES];
		if (step == 0) {
			step = utf8_step(text);
			shown.size = step;
			if (step <= 1 || is_control(shown))
				shown = escaped(line, (unsigned char)*text.at, escape);
			step += step == 0;
		}
		if (step > left || !put_within(line, shown, LINE_BYTES - TAIL_BYTES))
			break;
		left -= step;
		text.at += step;
		text.size -= step;
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
	int64_t now = wall_ms();

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
	int64_t now = wall_ms();
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
	line->quoted = false;
	if (line->style == LINE_JSON)
		begin_json(line, level);
	else
		begin_text(line, level);
}

/* ---- Parts: a member of the JSON, or a word ---- */

static inline void begin_part(struct line *line, str before)
{
	if (line->style == LINE_JSON)
		put(line, before);
	else
		put_char(line, ' ');
}

/* Of our own words, which stand in any line as they are. */
static inline void own_part(struct line *line, str before, str text)
{
	if (text.size == 0)
		return;
	begin_part(line, before);
	put(line, text);
	if (line->style == LINE_JSON)
		put_char(line, '"');
}

static inline void part(struct line *line, str before, str text, size_t size_max)
{
	if (text.size == 0)
		return;
	begin_part(line, before);
	put_foreign(line, text, size_max);
	if (line->style == LINE_JSON)
		put_char(line, '"');
}

/* Whether it could be taken for more than one word, or for a name of ours and its value. */
static bool is_one_word(str text)
{
	return text.size == 0 || (!memchr(text.at, ' ', text.size) && !memchr(text.at, '=', text.size)
	                          && !memchr(text.at, '"', text.size));
}

static void begin_quoted(struct line *line, str text)
{
	line->quoted = line->style != LINE_JSON && !is_one_word(text);
	if (line->quoted)
		put_char(line, '"');
}

static void end_quoted(struct line *line)
{
	if (line->quoted || line->style == LINE_JSON)
		put_char(line, '"');
	line->quoted = false;
}

/* The same of what others chose, in a line in which words have their places: in text it stands in quotes where it
 * could be taken for other words, as " address=" in a client's name. */
static void word(struct line *line, str before, str text, size_t size_max)
{
	if (text.size == 0)
		return;
	begin_part(line, before);
	begin_quoted(line, text);
	put_foreign(line, text, size_max);
	end_quoted(line);
}

/* ---- What it is about ---- */

static void put_trace(struct line *line, const struct trace *trace)
{
	bool json = line->style == LINE_JSON;

	if (!trace->id[0])
		return;
	put(line, json ? STR(",\"trace\":\"") : STR(" trace="));
	put(line, (str) { trace->id, TRACE_ID_SIZE });
	if (json)
		put_char(line, '"');
}

/* Whole or not at all: what is behind it must find its room. */
static void put_noted_value(struct line *line, const struct noted_value *value)
{
	bool json = line->style == LINE_JSON;
	size_t name_size = strlen(value->name);

	if (line->size + name_size + value->size + sizeof(",\"\":\"\"") > LINE_BYTES - TAIL_BYTES)
		return;
	put(line, json ? STR(",\"") : STR(" "));
	put(line, (str) { value->name, name_size });
	put(line, json ? STR("\":\"") : STR("="));
	begin_quoted(line, (str) { value->text, value->size });
	put(line, (str) { value->text, value->size });
	end_quoted(line);
}

/* Behind what a line has anyway; before its message, which takes what is left. */
static void put_about(struct line *line, const struct about *about)
{
	if (!about)
		return;
	struct noted *noted = atomic_load_explicit(&about->noted, memory_order_acquire);
	put_trace(line, &about->trace);
	if (!noted)
		return;
	pthread_mutex_lock(&noted->lock);
	for (int i = 0; i < noted->count; i++)
		put_noted_value(line, &noted->values[i]);
	pthread_mutex_unlock(&noted->lock);
}

static void put_id(struct line *line, const struct about *about)
{
	if (about)
		own_part(line, STR(",\"id\":\""), about_id(about));
}

void line_message(struct line *line, enum log_level level, const struct about *about, str message)
{
	bool json = line->style == LINE_JSON;

	begin(line, level);
	put_id(line, about);
	if (json)
		put_about(line, about);
	part(line, STR(",\"message\":\""), message, MESSAGE_BYTES_MAX);
	if (!json)
		put_about(line, about);
	put(line, json ? STR("}\n") : STR("\n"));
}

/* "claude-code/2.1.0", as User-Agent has it. */
static void put_client(struct line *line, const struct log_request *request)
{
	if (request->client.size == 0)
		return;
	begin_part(line, STR(",\"client\":\""));
	begin_quoted(line, is_one_word(request->client) ? request->client_version : request->client);
	put_foreign(line, request->client, 48);
	if (request->client_version.size > 0) {
		put_char(line, '/');
		put_foreign(line, request->client_version, 24);
	}
	end_quoted(line);
}

/* Named in either style: filters look for it. */
static void put_address(struct line *line, str address)
{
	if (address.size > 0 && line->style != LINE_JSON)
		put(line, STR(" address="));
	else if (address.size > 0)
		put(line, STR(",\"address\":\""));
	begin_quoted(line, address);
	put_foreign(line, address, 64);
	if (address.size > 0)
		end_quoted(line);
}

void line_request(struct line *line, const struct log_request *request)
{
	bool json = line->style == LINE_JSON;

	begin(line, LOG_INFO);
	put_id(line, request->about);
	own_part(line, STR(",\"method\":\""), str_of(request->method));
	word(line, STR(",\"target\":\""), request->target, 200);
	word(line, STR(",\"caller\":\""), str_of(request->caller), 128);
	put_client(line, request);
	own_part(line, STR(",\"revision\":\""), str_of(request->revision));
	put_address(line, request->address);
	own_part(line, STR(",\"outcome\":\""), str_of(request->outcome));
	if (request->status > 0) {
		begin_part(line, STR(",\"status\":"));
		put_int(line, request->status);
	}
	int64_t micros = request->micros > 0 ? request->micros : 0;
	begin_part(line, STR(",\"ms\":"));
	put_int(line, micros / 1000);
	put_char(line, '.');
	put_digits(line, micros % 1000, 3);
	if (!json)
		put(line, STR(" ms"));
	put_about(line, request->about);
	put(line, json ? STR("}\n") : STR("\n"));
}
