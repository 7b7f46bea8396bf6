/* frontmatter.c - see frontmatter.h.
 *
 * libyaml reads it, and takes more than all readers of YAML agree on. So the line that a name or
 * value begins on is looked at as it is written, too. */
#include "frontmatter.h"

#include <stdlib.h>
#include <yaml.h>

#include "fatal.h"
#include "json.h"

#define LINES_MAX 1000
#define MEMBERS_MAX 64
#define DEPTH_MAX 8
#define DIGITS_MAX 15                   /* of a number that is exact everywhere */

#define DIGITS "0123456789"
#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

#define NO_NAME "a name is needed: letters, digits and _ . / -, a letter or _ first"
#define NOWHERE "this belongs to nothing; text of several lines begins with >-"
#define OPEN_QUOTE "the closing quote is missing; text of several lines begins with >-"
#define AFTER_QUOTE "there is something after the closing quote"
#define COLON "text with a colon in it must be in quotes"

struct reader {
	struct arena *arena;
	str *lines;
	int count, at;                  /* the line that is looked at */
	yaml_parser_t yaml;
	yaml_event_t event;
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

/* Of valid UTF-8: also where some readers end a line, and what some do not take. */
static bool has_control(str line)
{
	while (line.size > 0) {
		int32_t c = utf8_take(&line);
		if (c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x2028 || c == 0x2029 ||
		    c == 0xfeff || c == 0xfffe || c == 0xffff)
			return true;
	}
	return false;
}

static bool add_line(struct reader *reader, str line)
{
	reader->at = reader->count;
	if (reader->count == LINES_MAX)
		return fail(reader, "the frontmatter is longer than %d lines", LINES_MAX);
	if (has_control(line))
		return fail(reader, "there is a tab or another control character");
	/* Directives, and marks of several documents. */
	if (str_starts(line, "%") || str_starts(line, "---") || str_starts(line, "..."))
		return fail(reader, NO_NAME);
	reader->lines[reader->count++] = line;
	return true;
}

/* What stands between the fences, also line by line. */
static bool split(struct reader *reader, str file, str *yaml)
{
	reader->at = -1;
	if (str_starts(file, "\xef\xbb\xbf"))
		return fail(reader, "there is a byte order mark before the ---; save it as UTF-8 without one");
	if (!is_fence(next_line(&file)))
		return fail(reader, "the file must begin with a line of ---");
	*yaml = file;
	while (file.at) {
		yaml->size = (size_t)(file.at - yaml->at);
		str line = next_line(&file);
		if (is_fence(line))
			return true;
		if (!add_line(reader, line))
			return false;
	}
	return fail(reader, "no line of --- ends the frontmatter");
}

static size_t indent_of(str line)
{
	size_t indent = 0;

	while (indent < line.size && line.at[indent] == ' ')
		indent++;
	return indent;
}

/* Looks at the line of that place; the rest of it from there. */
static str look(struct reader *reader, yaml_mark_t place)
{
	reader->at = (int)place.line < reader->count ? (int)place.line : reader->count - 1;
	str text = reader->lines[reader->at];

	for (size_t i = 0; i < place.column && text.size > 0; i++)
		utf8_take(&text);
	return text;
}

static str line_text(struct reader *reader)
{
	str line = reader->lines[reader->at];
	size_t indent = indent_of(line);

	return (str) { line.at + indent, line.size - indent };
}

/* ---- Names ---- */

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

/* The line must be `name: ...`. */
static bool read_name(struct reader *reader, str *name)
{
	str line = line_text(reader);

	*name = (str) { line.at, 0 };
	while (name->size < line.size && strchr(LETTERS DIGITS "_./-", line.at[name->size]))
		name->size++;
	if (name->size == 0 || !strchr(LETTERS "_", line.at[0]) || is_word_of_yaml(*name))
		return fail(reader, NO_NAME);
	str rest = { line.at + name->size, line.size - name->size };
	return str_starts(rest, ": ") || str_is(rest, ":") ||
	       fail(reader, "`%s` must be followed by a colon and a blank",
	            str_quote(*name, 40).text);
}

static bool is_new(struct reader *reader, str *names, int *count, str name)
{
	for (int i = 0; i < *count; i++)
		if (str_same(names[i], name))
			return fail(reader, "`%s` is there twice", str_quote(name, 40).text);
	if (*count == MEMBERS_MAX)
		return fail(reader, "there are more than %d values", MEMBERS_MAX);
	names[(*count)++] = name;
	return true;
}

/* A line that is no member of its map. */
static bool misplaced(struct reader *reader)
{
	str name;

	return read_name(reader, &name) && fail(reader, NOWHERE);
}

/* ---- Values, as they are written ---- */

/* -12, 0, 1.50: as JSON has them. */
static bool is_number(const char *text)
{
	text += *text == '-';
	size_t whole = strspn(text, DIGITS);
	size_t part = text[whole] == '.' ? strspn(text + whole + 1, DIGITS) : 0;

	return whole > 0 && (whole == 1 || *text != '0') && whole + part <= DIGITS_MAX &&
	       text[whole + part + (part > 0)] == '\0';
}

/* 2.1.0: text to every reader, although it begins like a number. */
static bool is_version(const char *text)
{
	int dots = 0;

	for (size_t size; (size = strspn(text, DIGITS)) > 0; dots++) {
		text += size;
		if (*text != '.')
			return dots >= 2 && *text == '\0';
		text++;
	}
	return false;
}

static bool is_json(const char *text)
{
	return strcmp(text, "true") == 0 || strcmp(text, "false") == 0 || is_number(text);
}

static bool check_plain(struct reader *reader, str written)
{
	const char *text = arena_copy(reader->arena, written);

	if (is_json(text))
		return true;
	if (*text == '[' || *text == '{')
		return fail(reader, "a list is written below its name, a line `- item` each; a map too,"
		            " a line `name: value` each");
	if (strchr("-?:,]}#&*!|>%@`\"'=<~+.", *text) || is_word_of_yaml(written) ||
	    (strchr(DIGITS, *text) && !is_version(text)))
		return fail(reader, "readers of YAML differ about `%s`; put it in quotes",
		            str_quote(written, 40).text);
	return true;
}

/* Those that JSON has as well, but for \u, which readers take in pairs or alone. */
static bool check_escapes(struct reader *reader, str text)
{
	for (size_t i = 1; i < text.size && text.at[i] != '"'; i++)
		if (text.at[i] == '\\' && (++i == text.size || !strchr("nrt\"\\/", text.at[i])))
			return fail(reader, "of \\ in quotes only \\\" \\\\ \\/ \\n \\r \\t are taken");
	return true;
}

static str without_comment(str text)
{
	for (size_t i = 1; i < text.size; i++)
		if (text.at[i] == '#' && text.at[i - 1] == ' ')
			text.size = i;
	return str_trim(text);
}

/* Whatever the value is, its first line. */
static bool check_value(struct reader *reader, str line, bool item)
{
	str text = without_comment(line);

	if (text.size == 0)
		return fail(reader, item ? "an item is empty" : "there is no value");
	if (text.at[0] == '\'')
		return true;
	if (text.at[0] == '"')
		return check_escapes(reader, line);
	if (item || (text.at[0] != '|' && text.at[0] != '>'))
		return check_plain(reader, text);
	return str_is(text, ">-") || str_is(text, "|-") ||
	       fail(reader, "text of several lines begins with >- (to fold it) or |-");
}

/* The lines below >- or |-. Readers differ about blanks that fold, and at the end of all. */
static bool check_block(struct reader *reader, bool folds)
{
	if (reader->event.data.scalar.length == 0)
		return fail(reader, "the text is missing");
	size_t column = indent_of(reader->lines[++reader->at]);
	if (column == reader->lines[reader->at].size)
		return fail(reader, "the text must begin on the next line");
	for (; reader->at < reader->count; reader->at++) {
		size_t indent = indent_of(reader->lines[reader->at]);
		bool blank = indent == reader->lines[reader->at].size;
		if (indent < column && !blank)
			break;
		if (indent > column && blank)
			return fail(reader, "a line within the text has nothing but blanks");
		if (indent > column && folds)
			return fail(reader, "the lines of >- text must all begin in the same column;"
			            " |- keeps them");
	}
	return true;
}

/* Text that is not below >- or |- ends on its line. */
static bool check_end(struct reader *reader, bool plain)
{
	bool below = reader->event.end_mark.line > reader->event.start_mark.line;

	if (below && !plain)
		return fail(reader, OPEN_QUOTE);
	str rest = look(reader, reader->event.end_mark);
	if (below)
		return fail(reader, NOWHERE);
	return rest.size == 0 || rest.at[0] == ' ' || fail(reader, plain ? COLON : AFTER_QUOTE);
}

/* ---- Events ---- */

/* What libyaml can't read, in our words. */
static bool explain(struct reader *reader)
{
	bool scanning = reader->yaml.error == YAML_SCANNER_ERROR;

	if (reader->yaml.error == YAML_MEMORY_ERROR)
		fatal();
	str text = look(reader, scanning ? reader->yaml.context_mark : reader->yaml.problem_mark);
	if (text.at == line_text(reader).at)
		return misplaced(reader);
	return check_value(reader, text, false) && fail(reader, scanning ? OPEN_QUOTE : AFTER_QUOTE);
}

static bool next(struct reader *reader)
{
	yaml_event_delete(&reader->event);
	return yaml_parser_parse(&reader->yaml, &reader->event) || explain(reader);
}

/* False at the end of a list or map, too. */
static bool next_before(struct reader *reader, yaml_event_type_t end)
{
	return next(reader) && reader->event.type != end;
}

static bool read_scalar(struct reader *reader, str text, bool item)
{
	yaml_scalar_style_t style = reader->event.data.scalar.style;
	const char *value = (const char *)reader->event.data.scalar.value;
	bool plain = style == YAML_PLAIN_SCALAR_STYLE, folds = style == YAML_FOLDED_SCALAR_STYLE;

	if (!check_value(reader, text, item))
		return false;
	if (folds || style == YAML_LITERAL_SCALAR_STYLE ? !check_block(reader, folds)
	                                                : !check_end(reader, plain))
		return false;
	if (plain && is_json(value))
		json_raw(&reader->json, str_of(value));
	else
		json_str(&reader->json, str_of(value));
	return true;
}

static bool read_map(struct reader *reader, int depth);
static bool read_list(struct reader *reader);

/* A list or map begins on a line of its own, below its name; text beside it. */
static bool read_value(struct reader *reader, int depth, bool item)
{
	yaml_event_type_t type = reader->event.type;
	str name, text = look(reader, reader->event.start_mark);

	if (text.at != line_text(reader).at) {
		if (type == YAML_SCALAR_EVENT)
			return read_scalar(reader, text, item);
		return check_value(reader, text, item) && fail(reader, COLON);
	}
	if (type == YAML_SEQUENCE_START_EVENT && !item && text.at[0] == '-')
		return read_list(reader);
	if (type == YAML_MAPPING_START_EVENT && !item)
		return read_name(reader, &name) && read_map(reader, depth + 1);
	return misplaced(reader);
}

static bool read_list(struct reader *reader)
{
	json_array(&reader->json);
	while (next_before(reader, YAML_SEQUENCE_END_EVENT))
		if (!read_value(reader, 0, true))
			return false;
	json_array_end(&reader->json);
	return !reader->why;
}

static bool read_map(struct reader *reader, int depth)
{
	str names[MEMBERS_MAX], name;
	int count = 0;

	if (depth > DEPTH_MAX)
		return fail(reader, "this is nested too deep");
	json_object(&reader->json);
	while (next_before(reader, YAML_MAPPING_END_EVENT)) {
		look(reader, reader->event.start_mark);
		if (!read_name(reader, &name) || !is_new(reader, names, &count, name))
			return false;
		json_key_str(&reader->json, name);
		if (!next(reader) || !read_value(reader, depth, false))
			return false;
	}
	json_object_end(&reader->json);
	return !reader->why;
}

static bool read_all(struct reader *reader, str file)
{
	str yaml = { 0 };

	if (!split(reader, file, &yaml))
		return false;
	yaml_parser_set_encoding(&reader->yaml, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&reader->yaml, (const unsigned char *)yaml.at, yaml.size);
	if (!next(reader) || !next(reader))             /* the stream, the document */
		return false;
	if (reader->event.type == YAML_STREAM_END_EVENT) {
		json_raw(&reader->json, STR("{}"));
		return true;
	}
	if (!next(reader))
		return false;
	if (reader->event.start_mark.column == 0 && reader->event.type == YAML_MAPPING_START_EVENT)
		return read_value(reader, 0, false);
	look(reader, reader->event.start_mark);
	return misplaced(reader);
}

const char *frontmatter_read(struct arena *arena, str file, str *json)
{
	if (!utf8_valid(file))
		return "the file is not UTF-8";

	struct arena *scratch = arena_create();
	struct reader reader = {
		.arena = scratch, .lines = arena_array(scratch, str, LINES_MAX),
		.json = json_begin(scratch, 512),
	};
	const char *why = NULL;

	if (!yaml_parser_initialize(&reader.yaml))
		fatal();
	if (read_all(&reader, file))
		*json = str_of(arena_copy(arena, json_end(&reader.json)));
	else
		why = arena_copy(arena, str_of(reader.why));
	yaml_event_delete(&reader.event);
	yaml_parser_delete(&reader.yaml);
	arena_destroy(scratch);
	return why;
}
