/* frontmatter.c - see frontmatter.h. */
#include "frontmatter.h"

#include "json.h"

#define LINES_MAX 1000
#define MEMBERS_MAX 64
#define DEPTH_MAX 8

struct line {
	str text;                       /* without its indentation */
	int indent;
};

struct reader {
	struct arena *arena;
	struct line *lines;
	int count, at;
	struct json json;
	const char *why;
};

static bool fail(struct reader *reader, const char *words, ...) PRINTF(2, 3);

static bool fail(struct reader *reader, const char *words, ...)
{
	va_list list;

	va_start(list, words);
	/* The first line is the --- before them. */
	reader->why = arena_print(reader->arena, "line %d: %s", reader->at + 2,
	                          arena_print_list(reader->arena, words, list));
	va_end(list);
	return false;
}

static bool quote_it(struct reader *reader, str text)
{
	return fail(reader, "readers of YAML differ about `%s`; put it in quotes",
	            str_quote(text, 40).text);
}

/* ---- Lines ---- */

static str next_line(str *rest)
{
	str line = str_cut(rest, '\n');

	if (line.size > 0 && line.at[line.size - 1] == '\r')
		line.size--;
	return line;
}

static bool is_fence(str line)
{
	return str_starts(line, "---") && str_trim((str) { line.at + 3, line.size - 3 }).size == 0;
}

static bool is_blank(struct line line)
{
	return str_trim(line.text).size == 0;
}

/* Of valid UTF-8: also U+0080 to U+009F, and U+2028 and U+2029, at which some readers end a line. */
static bool has_control(str line)
{
	for (size_t i = 0; i < line.size; i++) {
		const unsigned char *c = (const unsigned char *)line.at + i;
		if (*c < 0x20 || *c == 0x7f || (*c == 0xc2 && c[1] < 0xa0) ||
		    (*c == 0xe2 && c[1] == 0x80 && (c[2] == 0xa8 || c[2] == 0xa9)))
			return true;
	}
	return false;
}

static bool add_line(struct reader *reader, str text)
{
	int indent = 0;

	reader->at = reader->count;
	if (reader->count == LINES_MAX)
		return fail(reader, "the frontmatter is longer than %d lines", LINES_MAX);
	if (has_control(text))
		return fail(reader, "there is a tab or another control character");
	while ((size_t)indent < text.size && text.at[indent] == ' ')
		indent++;
	text.at += indent, text.size -= (size_t)indent;
	reader->lines[reader->count++] = (struct line) { text, indent };
	return true;
}

static bool split(struct reader *reader, str file)
{
	reader->at = -1;
	if (!is_fence(next_line(&file)))
		return fail(reader, "the file must begin with a line of ---");
	while (file.at) {
		str line = next_line(&file);
		if (is_fence(line))
			return true;
		if (!add_line(reader, line))
			return false;
	}
	return fail(reader, "no line of --- ends the frontmatter");
}

/* The next line that says something; NULL: there is none. */
static const struct line *look(struct reader *reader)
{
	while (reader->at < reader->count) {
		const struct line *line = &reader->lines[reader->at];
		if (!is_blank(*line) && line->text.at[0] != '#')
			return line;
		reader->at++;
	}
	return NULL;
}

/* ---- Values of one line ---- */

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* What some reader takes for something else than text. */
static bool is_word_of_yaml(str text)
{
	static const char *const words[] = {
		"true", "false", "yes", "no", "on", "off", "y", "n", "null", NULL
	};

	for (int i = 0; words[i]; i++)
		if (str_is_nocase(text, words[i]))
			return true;
	return false;
}

static size_t digits(str text, size_t from)
{
	size_t end = from;

	while (end < text.size && is_digit(text.at[end]))
		end++;
	return end - from;
}

/* -12, 0, 1.50: as JSON has them, and short enough to be exact everywhere. */
static bool is_number(str text)
{
	size_t at = text.size > 0 && text.at[0] == '-' ? 1 : 0;
	size_t whole = digits(text, at);

	if (whole == 0 || whole > 15 || (whole > 1 && text.at[at] == '0'))
		return false;
	at += whole;
	if (at == text.size)
		return true;
	size_t part = digits(text, at + 1);
	return text.at[at] == '.' && part > 0 && part + whole <= 15 && at + 1 + part == text.size;
}

/* 2.1.0: text to every reader, although it begins like a number. */
static bool is_version(str text)
{
	int parts = 0;

	while (text.at) {
		str part = str_cut(&text, '.');
		if (part.size == 0 || digits(part, 0) != part.size)
			return false;
		parts++;
	}
	return parts >= 3;
}

/* Up to a comment. */
static str without_comment(str text)
{
	for (size_t i = 1; i < text.size; i++)
		if (text.at[i] == '#' && text.at[i - 1] == ' ')
			text.size = i;
	return str_trim(text);
}

static bool has_colon(str text)
{
	for (size_t i = 0; i < text.size; i++)
		if (text.at[i] == ':' && (i + 1 == text.size || text.at[i + 1] == ' '))
			return true;
	return false;
}

static bool read_plain(struct reader *reader, str text)
{
	text = without_comment(text);
	if (str_is(text, "true") || str_is(text, "false") || is_number(text)) {
		json_raw(&reader->json, text);
		return true;
	}
	if (text.at[0] == '[' || text.at[0] == '{')
		return fail(reader, "a list is written below its name, a line `- item` each; a map too,"
		            " a line `name: value` each");
	if (strchr("-?:,]}#&*!|>%@`\"'=<~+.", text.at[0]) || is_word_of_yaml(text) ||
	    (is_digit(text.at[0]) && !is_version(text)))
		return quote_it(reader, text);
	if (has_colon(text))
		return fail(reader, "text with a colon in it must be in quotes");
	json_str(&reader->json, text);
	return true;
}

/* After the closing quote: nothing but a comment. */
static bool end_quoted(struct reader *reader, str rest, str text)
{
	if (rest.size > 0 && (rest.at[0] != ' ' || str_trim(rest).at[0] != '#'))
		return fail(reader, "there is something after the closing quote");
	json_str(&reader->json, text);
	return true;
}

static bool read_single(struct reader *reader, str text)
{
	char *plain = arena_alloc_raw(reader->arena, text.size);
	size_t size = 0;

	for (size_t i = 1; i < text.size; i++) {
		bool quote = text.at[i] == '\'';
		if (quote && (i + 1 == text.size || text.at[i + 1] != '\''))
			return end_quoted(reader, (str) { text.at + i + 1, text.size - i - 1 },
			                  (str) { plain, size });
		i += quote;
		plain[size++] = text.at[i];
	}
	return fail(reader, "the closing quote is missing; text of several lines begins with >-");
}

static char unescape(char c)
{
	switch (c) {
	case 'n': return '\n';
	case 't': return '\t';
	case 'r': return '\r';
	case '"': case '\\': case '/': return c;
	default:  return 0;
	}
}

static bool read_double(struct reader *reader, str text)
{
	char *plain = arena_alloc_raw(reader->arena, text.size);
	size_t size = 0;

	for (size_t i = 1; i < text.size; i++) {
		if (text.at[i] == '"')
			return end_quoted(reader, (str) { text.at + i + 1, text.size - i - 1 },
			                  (str) { plain, size });
		char c = text.at[i];
		if (c == '\\' && (++i == text.size || !(c = unescape(text.at[i]))))
			return fail(reader, "of \\ in quotes only \\\" \\\\ \\/ \\n \\r \\t are taken");
		plain[size++] = c;
	}
	return fail(reader, "the closing quote is missing; text of several lines begins with >-");
}

static bool read_scalar(struct reader *reader, str text)
{
	if (text.at[0] == '"')
		return read_double(reader, text);
	return text.at[0] == '\'' ? read_single(reader, text) : read_plain(reader, text);
}

/* ---- Values of several lines ---- */

/* Of folded text a line end is a blank; an empty line is one line end, in either. */
static void join(struct json *text, bool folds, int empty)
{
	if (folds && empty == 0)
		json_bytes(text, STR(" "));
	for (int i = folds ? 0 : -1; i < empty; i++)
		json_bytes(text, STR("\n"));
}

static bool fits(struct reader *reader, const struct line *line, int indent, bool folds)
{
	if (is_blank(*line))
		return line->indent <= indent ||
		       fail(reader, "a line within the text has nothing but blanks");
	return !folds || line->indent == indent ||
	       fail(reader, "the lines of >- text must all begin in the same column; |- keeps them");
}

static str from_column(const struct line *line, int column)
{
	size_t more = (size_t)(line->indent - column);

	return (str) { line->text.at - more, line->text.size + more };
}

/* `>-` folds its lines into one, `|-` keeps them; both without the last line end, about which
 * readers differ where the frontmatter ends. */
static bool read_block(struct reader *reader, str header, int outer)
{
	struct json text = json_begin(reader->arena, 512);
	bool folds = str_is(header, ">-");
	int indent = -1, empty = 0;

	if (!folds && !str_is(header, "|-"))
		return fail(reader, "text of several lines begins with >- (to fold it) or |-");
	for (reader->at++; reader->at < reader->count; reader->at++) {
		const struct line *line = &reader->lines[reader->at];
		if (is_blank(*line) && indent < 0)
			return fail(reader, "the text must begin on the next line");
		if (!is_blank(*line) && line->indent < (indent < 0 ? outer + 1 : indent))
			break;
		if (indent < 0)
			indent = line->indent;
		else if (!is_blank(*line))
			join(&text, folds, empty);
		if (!fits(reader, line, indent, folds))
			return false;
		empty = is_blank(*line) ? empty + 1 : 0;
		if (empty == 0)
			json_bytes(&text, from_column(line, indent));
	}
	if (indent < 0)
		return fail(reader, "the text is missing");
	json_str(&reader->json, json_end(&text));
	return true;
}

static bool is_item(const struct line *line)
{
	return str_starts(line->text, "- ") || str_is(line->text, "-");
}

static bool read_list(struct reader *reader, int indent)
{
	const struct line *line;

	json_array(&reader->json);
	while ((line = look(reader)) && line->indent == indent && is_item(line)) {
		str item = str_trim((str) { line->text.at + 1, line->text.size - 1 });
		if (item.size == 0 || item.at[0] == '#')
			return fail(reader, "an item is empty");
		if (!read_scalar(reader, item))
			return false;
		reader->at++;
	}
	json_array_end(&reader->json);
	return true;
}

/* The key of `key: value`, which is taken off the line. */
static bool read_key(struct reader *reader, str *line, str *key)
{
	size_t size = 0;

	while (size < line->size && (is_digit(line->at[size]) || strchr("_./-", line->at[size]) ||
	       ((line->at[size] | 0x20) >= 'a' && (line->at[size] | 0x20) <= 'z')))
		size++;
	*key = (str) { line->at, size };
	if (size == 0 || (line->at[0] | 0x20) < 'a' || is_word_of_yaml(*key))
		return fail(reader, "a name is needed: letters, digits and _ . / -, a letter first");
	if (size == line->size || line->at[size] != ':' ||
	    (size + 1 < line->size && line->at[size + 1] != ' '))
		return fail(reader, "`%s` must be followed by a colon and a blank",
		            str_quote(*key, 40).text);
	*line = str_trim((str) { line->at + size + 1, line->size - size - 1 });
	return true;
}

static bool read_map(struct reader *reader, int indent, int depth);

/* What stands below its name. */
static bool read_below(struct reader *reader, int indent, int depth)
{
	int named = reader->at++;
	const struct line *line = look(reader);

	if (line && line->indent >= indent && is_item(line))
		return read_list(reader, line->indent);
	if (line && line->indent > indent)
		return read_map(reader, line->indent, depth + 1);
	reader->at = named;
	return fail(reader, "there is no value");
}

static bool read_value(struct reader *reader, str value, int indent, int depth)
{
	if (value.size == 0 || value.at[0] == '#')
		return read_below(reader, indent, depth);
	if (value.at[0] == '|' || value.at[0] == '>')
		return read_block(reader, without_comment(value), indent);
	if (!read_scalar(reader, value))
		return false;
	reader->at++;
	return true;
}

static bool is_new(struct reader *reader, str *keys, int *count, str key)
{
	for (int i = 0; i < *count; i++)
		if (str_same(keys[i], key))
			return fail(reader, "`%s` is there twice", str_quote(key, 40).text);
	if (*count == MEMBERS_MAX)
		return fail(reader, "there are more than %d values", MEMBERS_MAX);
	keys[(*count)++] = key;
	return true;
}

static bool read_map(struct reader *reader, int indent, int depth)
{
	str keys[MEMBERS_MAX], key;
	const struct line *line;
	int count = 0;

	if (depth > DEPTH_MAX)
		return fail(reader, "this is nested too deep");
	json_object(&reader->json);
	while ((line = look(reader)) && line->indent >= indent) {
		str text = line->text;
		if (line->indent > indent)
			return fail(reader, "this belongs to nothing; text of several lines begins with >-");
		if (!read_key(reader, &text, &key) || !is_new(reader, keys, &count, key))
			return false;
		json_key_str(&reader->json, key);
		if (!read_value(reader, text, indent, depth))
			return false;
	}
	json_object_end(&reader->json);
	return true;
}

static bool read_all(struct reader *reader, str file)
{
	if (!utf8_valid(file)) {
		reader->why = "the file is not UTF-8";
		return false;
	}
	if (!split(reader, file))
		return false;
	reader->at = 0;
	return read_map(reader, 0, 1);
}

const char *frontmatter_read(struct arena *arena, str file, str *json)
{
	struct arena *scratch = arena_create();
	struct reader reader = {
		.arena = scratch, .lines = arena_array(scratch, struct line, LINES_MAX),
		.json = json_begin(scratch, 512),
	};
	const char *why = NULL;

	if (read_all(&reader, file))
		*json = str_of(arena_copy(arena, json_end(&reader.json)));
	else
		why = arena_copy(arena, str_of(reader.why));
	arena_destroy(scratch);
	return why;
}
