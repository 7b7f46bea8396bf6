/* fuzz_log.c - what others choose of a log line: the line is one, bounded, and says nothing else.
 *
 * The input's first byte says where the rest is cut in two. */
#include "fuzz.h"

#include "json.h"
#include "log_line.h"

/* A terminal obeys none of it; the colours are ours, around the level alone. */
static void check_text(const struct line *line)
{
	static const char plain[] = "\033[0m";
	const char *end = line->text + line->size - 1;
	const char *coloured = memmem(line->text, line->size, plain, strlen(plain));

	must(!coloured || line->style == LINE_COLOURED);
	for (const char *at = coloured ? coloured + strlen(plain) : line->text; at < end;) {
		str rest = { at, (size_t)(end - at) };
		size_t step = utf8_step(rest);
		unsigned char c = (unsigned char)*at;
		must(step > 0 && c >= 0x20 && c != 0x7f);
		must(c != 0xc2 || (unsigned char)at[1] >= 0xa0);
		at += step;
	}
}

/* Character by character. Of what has to be cut only the beginning is looked at. */
static void check_message(const struct line *line, struct arena *arena, yyjson_val *said, str text)
{
	char *shown = arena_alloc(arena, text.size + 1);
	str got = { yyjson_get_str(yyjson_obj_get(said, "message")),
	            yyjson_get_len(yyjson_obj_get(said, "message")) };
	size_t size = 0, all = text.size;

	while (text.size > 0) {
		size_t step = utf8_step(text);
		const unsigned char *c = (const unsigned char *)text.at;
		bool odd = step == 0 || (step == 2 && c[0] == 0xc2 && c[1] < 0xa0);
		step += step == 0;
		memcpy(shown + size, odd ? "?" : text.at, odd ? 1 : step);
		size += odd ? 1 : step;
		text.at += step;
		text.size -= step;
	}
	must(got.size <= size && (got.size == 0 || memcmp(got.at, shown, got.size) == 0));
	must(got.size == size || line->size > LINE_BYTES - 100 || all > MESSAGE_BYTES_MAX);
}

/* message: NULL: it has none. */
static void check(const struct line *line, const str *message)
{
	enum json_trouble trouble;

	must(line->size > 0 && line->size <= LINE_BYTES);
	must(memchr(line->text, '\n', line->size) == line->text + line->size - 1);
	if (line->style != LINE_JSON) {
		check_text(line);
		return;
	}
	struct arena *arena = arena_create();
	yyjson_val *said = json_parse_copy(arena, (str) { line->text, line->size }, 2, &trouble);
	must(yyjson_is_obj(said) && yyjson_obj_size(said) <= 15);
	must(json_member(said, "level").at && json_member(said, "time").at);
	if (message)
		check_message(line, arena, said, *message);
	arena_destroy(arena);
}

static void check_quote(str text, size_t most)
{
	struct quote quote = str_quote(text, most);
	str shown = str_of(quote.text);

	must(utf8_valid(shown));
	must(shown.size <= (most < QUOTE_MAX ? most : QUOTE_MAX) + strlen("…"));
	/* What can be shown as it is, is. */
	for (size_t i = 0; i < text.size; i++)
		if ((unsigned char)text.at[i] < 0x20 || (unsigned char)text.at[i] > 0x7e)
			return;
	must(text.size > most || text.size > QUOTE_MAX || str_same(shown, text));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	struct arena *arena = arena_create();
	str all = input_of(data + 1, size - 1);
	size_t cut = data[0] * all.size / 255;
	str one = { all.at, cut }, two = { all.at + cut, all.size - cut };
	struct about about = { 0 };

	about_begin(&about);
	about.arena = arena;
	about_take_id(&about, one);
	about_note(&about, "order", two);
	(void)!trace_continue(&about.trace, two);
	const struct log_request request = {
		.about = &about, .client = one, .client_version = two, .address = one, .method = "tools/call", .target = two,
		.caller = arena_copy(arena, two), .outcome = "ok",
		.status = 200, .micros = (int64_t)size,
	};

	for (int style = LINE_BARE; style <= LINE_JSON; style++) {
		struct line line = { .style = (enum line_style)style };
		line_message(&line, LOG_WARNING, &about, two);
		check(&line, &two);
		line_request(&line, &request);
		check(&line, NULL);
	}
	check_quote(two, cut);
	arena_destroy(arena);
	return 0;
}
