/* mask_block.c - see mask_walk.h. A value of YAML that stands below its name:
 *
 *     password: |
 *       hunter2 */
#include "mask_walk.h"

/* The bytes of a line break that begins there, as it is or as JSON writes it; 0: there is none. */
static size_t break_at(const struct walk *walk, size_t at)
{
	static const str breaks[] = { { "\n", 1 }, { "\r\n", 2 }, { "\\n", 2 }, { "\\r\\n", 4 } };

	for (size_t i = 0; i < sizeof(breaks) / sizeof(*breaks); i++)
		if (has_at(walk, at, breaks[i]))
			return breaks[i].size;
	return 0;
}

static bool is_indent(char c)
{
	return c == ' ';
}

static bool is_indicator(char c)
{
	return c == '+' || c == '-' || is_digit(c);
}

/* Where the first line of a block begins whose `|` or `>` is there; 0: there is no block. */
static size_t behind_head(const struct walk *walk, size_t head)
{
	if (head == walk->text.size || (walk->text.at[head] != '|' && walk->text.at[head] != '>'))
		return 0;
	size_t end = run_of(walk, run_of(walk, head + 1, is_indicator), is_indent), size = break_at(walk, end);
	return size > 0 ? end + size : 0;
}

/* Where the line begins that it is in: behind a break, or in JSON behind the quote. */
static size_t line_begin(const struct walk *walk, size_t at, bool in_json)
{
	const char *text = walk->text.at;

	while (at > 0 && text[at - 1] != '\n' && !(in_json && (text[at - 1] == '"' || (at > 1 && text[at - 2] == '\\' && text[at - 1] == 'n'))))
		at--;
	return at;
}

/* How far in a name stands: `- ` of a list is before it. */
static size_t indent_of(const struct walk *walk, size_t begin)
{
	size_t at = run_of(walk, begin, is_indent);

	while (has_at(walk, at, STR("- ")))
		at = run_of(walk, at + 2, is_indent);
	return at - begin;
}

static size_t line_end(const struct walk *walk, size_t at, bool in_json)
{
	while (at < walk->text.size && break_at(walk, at) == 0 && !(in_json && walk->text.at[at] == '"'))
		at++;
	return at;
}

/* The end of the lines that stand as far in as the first of them does, and that further than `outer`. */
static size_t lines_end(const struct walk *walk, size_t line, size_t outer, bool in_json)
{
	size_t last = line, inner = 0;

	for (size_t size = 1; line < walk->text.size && size > 0; line += size) {
		size_t begin = run_of(walk, line, is_indent), end = line_end(walk, begin, in_json);
		if (end > begin && (begin - line <= outer || begin - line < inner))
			break;
		if (end > begin && inner == 0)
			inner = begin - line;
		if (end > begin)
			last = end;
		size = break_at(walk, end) > 0 ? end + break_at(walk, end) - line : 0;
	}
	return last;
}

struct found block_below(const struct walk *walk, size_t at)
{
	size_t head = run_of(walk, at, is_indent), line = behind_head(walk, head);

	if (line == 0)
		return (struct found) { at, at };
	bool in_json = walk->text.at[line - 1] == 'n';
	size_t last = lines_end(walk, line, indent_of(walk, line_begin(walk, walk->at, in_json)), in_json);
	return last > line ? (struct found) { head, last } : (struct found) { at, at };
}
