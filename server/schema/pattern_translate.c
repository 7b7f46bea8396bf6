/* pattern_translate.c - regular expressions of ECMA-262, as JSON Schema has them, for PCRE2.
 *
 * They are nearly the same. What only PCRE2 knows is refused or made literal, what both write but
 * mean differently is written out: \s and . know Unicode's spaces and line ends, \v is one
 * character, \u and \x and \c are code points, \p has long names. As with flag u a character is
 * a whole code point. */
#include "schema_private.h"

struct translation {
	struct arena *arena;
	const char *at, *end;
	struct json out;
	bool in_class;                  /* between [ and ] */
	const char *why;
};

#define SPACES "\\t-\\r \\x{a0}\\x{1680}\\x{2000}-\\x{200a}\\x{2028}\\x{2029}\\x{202f}\\x{205f}" \
	"\\x{3000}\\x{feff}"
#define NO_SPACES "\\x{0}-\\x{8}\\x{e}-\\x{1f}\\x{21}-\\x{9f}\\x{a1}-\\x{167f}\\x{1681}-\\x{1fff}" \
	"\\x{200b}-\\x{2027}\\x{202a}-\\x{202e}\\x{2030}-\\x{205e}\\x{2060}-\\x{2fff}" \
	"\\x{3001}-\\x{fefe}\\x{ff00}-\\x{10ffff}"

static void put(struct translation *t, const char *text)
{
	json_bytes(&t->out, str_of(text));
}

static void put_bytes(struct translation *t, const char *at, size_t size)
{
	json_bytes(&t->out, (str) { at, size });
}

static void put_code(struct translation *t, unsigned code)
{
	put(t, arena_print(t->arena, "\\x{%x}", code));
}

static bool fail(struct translation *t, const char *why)
{
	t->why = why;
	return false;
}

static bool next_is(const struct translation *t, const char *text)
{
	return str_starts((str) { t->at, (size_t)(t->end - t->at) }, text);
}

static bool skip(struct translation *t, const char *text)
{
	if (!next_is(t, text))
		return false;
	t->at += strlen(text);
	return true;
}

/* ---- Code points: \xHH \uHHHH \u{H...} \cX ---- */

static bool read_hex(struct translation *t, int digits, unsigned *code)
{
	*code = 0;
	if (t->end - t->at < digits)
		return false;
	for (int i = 0; i < digits; i++, t->at++) {
		char c = *t->at, low = (char)(c | 0x20);
		if (!((c >= '0' && c <= '9') || (low >= 'a' && low <= 'f')))
			return false;
		*code = *code * 16 + (unsigned)(c <= '9' ? c - '0' : low - 'a' + 10);
	}
	return true;
}

static bool read_braced(struct translation *t, unsigned *code)
{
	unsigned digit;

	*code = 0;
	do {
		if (!read_hex(t, 1, &digit) || (*code = *code * 16 + digit) > 0x10ffff)
			return false;
	} while (!skip(t, "}"));
	return true;
}

static bool put_unicode(struct translation *t)
{
	unsigned code, low;

	if (skip(t, "{") ? !read_braced(t, &code) : !read_hex(t, 4, &code))
		return fail(t, "\\u must be followed by four hexadecimal digits, or {…}");
	/* Both halves of a surrogate pair are one character. */
	if (code >= 0xd800 && code <= 0xdbff && skip(t, "\\u")) {
		if (!read_hex(t, 4, &low) || low < 0xdc00 || low > 0xdfff)
			return fail(t, "\\u gives half a surrogate pair");
		code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
	}
	if (code >= 0xd800 && code <= 0xdfff)
		return fail(t, "\\u gives half a surrogate pair");
	put_code(t, code);
	return true;
}

static bool put_control(struct translation *t)
{
	char letter = t->at < t->end ? (char)(*t->at | 0x20) : '\0';

	if (letter < 'a' || letter > 'z')
		return fail(t, "\\c must be followed by a letter");
	t->at++;
	put_code(t, (unsigned)(letter - 'a' + 1));
	return true;
}

/* ---- \p{...} ---- */

static const struct { const char *name, *category; } categories[] = {
	{ "Cased_Letter", "L&" }, { "LC", "L&" }, { "Close_Punctuation", "Pe" },
	{ "Connector_Punctuation", "Pc" }, { "Control", "Cc" }, { "cntrl", "Cc" },
	{ "Currency_Symbol", "Sc" }, { "Dash_Punctuation", "Pd" }, { "Decimal_Number", "Nd" },
	{ "digit", "Nd" }, { "Enclosing_Mark", "Me" }, { "Final_Punctuation", "Pf" },
	{ "Format", "Cf" }, { "Initial_Punctuation", "Pi" }, { "Letter", "L" },
	{ "Letter_Number", "Nl" }, { "Line_Separator", "Zl" }, { "Lowercase_Letter", "Ll" },
	{ "Mark", "M" }, { "Combining_Mark", "M" }, { "Math_Symbol", "Sm" },
	{ "Modifier_Letter", "Lm" }, { "Modifier_Symbol", "Sk" }, { "Nonspacing_Mark", "Mn" },
	{ "Number", "N" }, { "Open_Punctuation", "Ps" }, { "Other", "C" }, { "Other_Letter", "Lo" },
	{ "Other_Number", "No" }, { "Other_Punctuation", "Po" }, { "Other_Symbol", "So" },
	{ "Paragraph_Separator", "Zp" }, { "Private_Use", "Co" }, { "Punctuation", "P" },
	{ "punct", "P" }, { "Separator", "Z" }, { "Space_Separator", "Zs" },
	{ "Spacing_Mark", "Mc" }, { "Surrogate", "Cs" }, { "Symbol", "S" },
	{ "Titlecase_Letter", "Lt" }, { "Unassigned", "Cn" }, { "Uppercase_Letter", "Lu" },
};

static const char *category_of(str name)
{
	for (size_t i = 0; i < sizeof(categories) / sizeof(categories[0]); i++)
		if (str_is(name, categories[i].name))
			return categories[i].category;
	return NULL;
}

/* PCRE2 knows short categories, scripts and binary properties by the names they have here. */
static bool put_property(struct translation *t, char letter)
{
	const char *close = t->at < t->end ? memchr(t->at, '}', (size_t)(t->end - t->at)) : NULL;

	if (!skip(t, "{") || !close)
		return fail(t, "\\p must be followed by a name in braces");
	str name = { t->at, (size_t)(close - t->at) }, kind = name;
	t->at = close + 1;
	str value = memchr(name.at, '=', name.size) ? (str_cut(&name, '='), name) : (str) { 0 };
	kind.size = value.at ? kind.size - value.size - 1 : 0;
	bool script = str_is(kind, "Script") || str_is(kind, "sc");
	bool scripts = str_is(kind, "Script_Extensions") || str_is(kind, "scx");
	bool general = str_is(kind, "General_Category") || str_is(kind, "gc");
	if (value.at && !script && !scripts && !general)
		return fail(t, "\\p names an unknown kind of property");
	const char *category = script || scripts ? NULL : category_of(name);
	put(t, arena_print(t->arena, "\\%c{%s", letter, script ? "sc:" : scripts ? "scx:" : ""));
	if (category)
		put(t, category);
	else
		put_bytes(t, name.at, name.size);
	put(t, "}");
	return true;
}

/* ---- Other escapes ---- */

/* A set of characters; a hyphen behind one of a class is no range. */
static bool put_set(struct translation *t, char letter)
{
	const char *open = t->in_class ? "" : letter == 'S' ? "[^" : "[";

	if (letter == 'p' || letter == 'P') {
		if (!put_property(t, letter))
			return false;
	} else if (letter == 's' || letter == 'S') {
		put(t, open);
		put(t, letter == 'S' && t->in_class ? NO_SPACES : SPACES);
		put(t, t->in_class ? "" : "]");
	} else {
		put_bytes(t, (char[]) { '\\', letter }, 2);
	}
	if (t->in_class && next_is(t, "-") && !next_is(t, "-]")) {
		t->at++;
		put(t, "\\-");
	}
	return true;
}

static bool put_back_reference(struct translation *t, char first)
{
	put_bytes(t, (char[]) { '\\', 'g', '{', first }, 4);
	while (t->at < t->end && *t->at >= '0' && *t->at <= '9')
		put_bytes(t, t->at++, 1);
	put(t, "}");
	return !t->in_class || fail(t, "a class holds a back reference");
}

static bool put_letter(struct translation *t, char letter)
{
	unsigned code;

	switch (letter) {
	case 'd': case 'D': case 'w': case 'W': case 's': case 'S': case 'p': case 'P':
		return put_set(t, letter);
	case 'u':
		return put_unicode(t);
	case 'x':
		if (!read_hex(t, 2, &code))
			return fail(t, "\\x must be followed by two hexadecimal digits");
		return put_code(t, code), true;
	case 'c':
		return put_control(t);
	case 'v':
		return put_code(t, '\v'), true;
	case 't': case 'n': case 'r': case 'f': case 'b':
		return put_bytes(t, (char[]) { '\\', letter }, 2), true;
	case 'B':
		return t->in_class ? fail(t, "\\B is in a class") : (put(t, "\\B"), true);
	case 'k':
		if (!next_is(t, "<"))
			return fail(t, "\\k must be followed by a name");
		return put(t, "\\k"), true;
	default:
		return fail(t, "it has a backslash before a letter that means nothing");
	}
}

static bool put_escape(struct translation *t)
{
	if (t->at == t->end)
		return fail(t, "it ends in a backslash");
	char c = *t->at++;
	if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'))
		return put_letter(t, c);
	if (c == '0')
		return put_code(t, 0), true;
	if (c >= '1' && c <= '9')
		return put_back_reference(t, c);
	/* Whatever else is escaped means itself. */
	if ((unsigned char)c < 0x80)
		put(t, "\\");
	put_bytes(t, &c, 1);
	return true;
}

/* ---- Outside of classes ---- */

/* The size of {2}, {2,} or {2,3}; 0: the brace is just one. */
static size_t braces_size(const struct translation *t)
{
	const char *at = t->at + 1;
	int digits = 0;

	for (; at < t->end && *at >= '0' && *at <= '9'; at++)
		digits++;
	if (digits > 0 && at < t->end && *at == ',')
		for (at++; at < t->end && *at >= '0' && *at <= '9'; at++)
			;
	return digits > 0 && at < t->end && *at == '}' ? (size_t)(at + 1 - t->at) : 0;
}

static bool put_quantifier(struct translation *t, size_t size)
{
	put_bytes(t, t->at, size);
	t->at += size;
	if (skip(t, "?"))
		put(t, "?");
	/* PCRE2 would take a++ for something else. */
	bool again = next_is(t, "*") || next_is(t, "+") || next_is(t, "?") ||
	             (next_is(t, "{") && braces_size(t) > 0);
	return !again || fail(t, "it repeats a repetition");
}

static bool put_group(struct translation *t)
{
	static const char *const groups[] = { "?:", "?=", "?!", "?<=", "?<!", "?<" };

	put(t, "(");
	if (next_is(t, "*"))
		return fail(t, "it repeats nothing");
	if (!next_is(t, "?"))
		return true;
	for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++) {
		if (skip(t, groups[i])) {
			put(t, groups[i]);
			return true;
		}
	}
	return fail(t, "it has an unknown kind of group");
}

static bool put_outside(struct translation *t)
{
	char c = *t->at;

	if (c == '*' || c == '+' || c == '?')
		return put_quantifier(t, 1);
	if (c == '{' && braces_size(t) > 0)
		return put_quantifier(t, braces_size(t));
	t->at++;
	switch (c) {
	case '(':  return put_group(t);
	case '.':  return put(t, "[^\\n\\r\\x{2028}\\x{2029}]"), true;
	case '{':  return put(t, "\\{"), true;
	case '}':  return put(t, "\\}"), true;
	case ']':  return put(t, "\\]"), true;
	default:   return put_bytes(t, &c, 1), true;
	}
}

static bool put_next(struct translation *t)
{
	if (skip(t, "\\"))
		return put_escape(t);
	if (!t->in_class) {
		t->in_class = *t->at == '[';
		if (!t->in_class)
			return put_outside(t);
		t->at++;
		return put(t, skip(t, "^") ? "[^" : "["), true;
	}
	/* PCRE2 has classes of names, [:alpha:], within classes. */
	if (*t->at == '[')
		put(t, "\\");
	t->in_class = *t->at != ']';
	return put_bytes(t, t->at++, 1), true;
}

str pattern_translate(struct arena *arena, str text, const char **why)
{
	struct translation t = { .arena = arena, .at = text.at, .end = text.at + text.size };

	t.out = json_begin(arena, text.size * 2 + 16);
	while (t.at < t.end && put_next(&t))
		;
	if (!t.why && t.in_class)
		t.why = "a class is not closed";
	*why = t.why;
	json_bytes(&t.out, (str) { "", 1 });
	str out = json_end(&t.out);
	return t.why ? (str) { 0 } : (str) { out.at, out.size - 1 };
}
