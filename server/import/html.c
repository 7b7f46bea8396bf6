/* html.c - the words of a piece of HTML, as shops keep their descriptions. */
#include <stdlib.h>
#include <strings.h>

#include "import.h"

/* ---- Characters by name: those of HTML 4 that prose has; what is unknown stays as it is ---- */

/* U+00A0 to U+00FF in their order. */
static const char latin_1[] =
	"nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn sup2"
	" sup3 acute micro para middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest Agrave Aacute Acirc"
	" Atilde Auml Aring AElig Ccedil Egrave Eacute Ecirc Euml Igrave Iacute Icirc Iuml ETH Ntilde Ograve"
	" Oacute Ocirc Otilde Ouml times Oslash Ugrave Uacute Ucirc Uuml Yacute THORN szlig agrave aacute"
	" acirc atilde auml aring aelig ccedil egrave eacute ecirc euml igrave iacute icirc iuml eth ntilde"
	" ograve oacute ocirc otilde ouml divide oslash ugrave uacute ucirc uuml yacute thorn yuml";

static const struct { const char *name; uint32_t code; } others[] = {
	{ "amp", '&' }, { "lt", '<' }, { "gt", '>' }, { "quot", '"' }, { "apos", '\'' },
	{ "ndash", 0x2013 }, { "mdash", 0x2014 }, { "lsquo", 0x2018 }, { "rsquo", 0x2019 },
	{ "sbquo", 0x201a }, { "ldquo", 0x201c }, { "rdquo", 0x201d }, { "bdquo", 0x201e },
	{ "dagger", 0x2020 }, { "Dagger", 0x2021 }, { "bull", 0x2022 }, { "hellip", 0x2026 },
	{ "permil", 0x2030 }, { "prime", 0x2032 }, { "Prime", 0x2033 }, { "lsaquo", 0x2039 },
	{ "rsaquo", 0x203a }, { "euro", 0x20ac }, { "trade", 0x2122 }, { "larr", 0x2190 },
	{ "rarr", 0x2192 }, { "minus", 0x2212 }, { "infin", 0x221e }, { "asymp", 0x2248 },
	{ "ne", 0x2260 }, { "le", 0x2264 }, { "ge", 0x2265 }, { "hearts", 0x2665 },
	{ "OElig", 0x0152 }, { "oelig", 0x0153 }, { "Scaron", 0x0160 }, { "scaron", 0x0161 },
	{ "Yuml", 0x0178 }, { "fnof", 0x0192 }, { "ensp", ' ' }, { "emsp", ' ' }, { "thinsp", ' ' },
};

static uint32_t named(str name)
{
	str rest = str_of(latin_1);

	for (uint32_t code = 0xa0; rest.size; code++)
		if (str_same(str_cut(&rest, ' '), name))
			return code;
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
		if (str_is(name, others[i].name))
			return others[i].code;
	return 0;
}

static int digit_of(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10
	       : c >= 'A' && c <= 'F' ? c - 'A' + 10 : 99;
}

/* "#8217" or "#x2019"; 0: no character. */
static uint32_t numbered(str text)
{
	int base = text.size > 1 && (text.at[1] | 0x20) == 'x' ? 16 : 10;
	uint32_t code = 0;
	size_t from = base == 16 ? 2 : 1;

	if (from >= text.size)
		return 0;
	for (size_t i = from; i < text.size; i++) {
		if (digit_of(text.at[i]) >= base)
			return 0;
		code = code * (uint32_t)base + (uint32_t)digit_of(text.at[i]);
		if (code > 0x10ffff)
			return 0;
	}
	return code < ' ' || (code >= 0x7f && code < 0xa0) || (code >= 0xd800 && code <= 0xdfff) ? 0 : code;
}

/* ---- What is written ---- */

enum gap { NO_GAP, SPACE, LINE, PARAGRAPH };

struct words {
	char *at;
	size_t used;
	bool endless;                   /* a tag had no end: what follows is text, looked through once */
	enum gap gap;                   /* before what comes next */
};

static void put_bytes(struct words *words, str bytes)
{
	static const char *const gaps[] = { "", " ", "\n", "\n\n" };
	const char *gap = words->used ? gaps[words->gap] : "";

	words->gap = NO_GAP;
	for (; *gap; gap++)
		words->at[words->used++] = *gap;
	memcpy(words->at + words->used, bytes.at, bytes.size);
	words->used += bytes.size;
}

static void widen(struct words *words, enum gap gap)
{
	if (words->gap < gap)
		words->gap = gap;
}

static void put_code(struct words *words, uint32_t code)
{
	char bytes[UTF8_MAX];

	if (code == ' ' || code == 0xa0) {
		widen(words, SPACE);
		return;
	}
	put_bytes(words, (str) { bytes, utf8_put(code, bytes) });
}

/* ---- What is read: each takes what it understood off, or nothing ---- */

#define NAME_MAX_BYTES 10

static bool take_character(struct words *words, str *html)
{
	size_t size = 1;

	while (size < html->size && size <= NAME_MAX_BYTES && html->at[size] != ';')
		size++;
	if (size >= html->size || html->at[size] != ';')
		return false;
	str name = { html->at + 1, size - 1 };
	uint32_t code = name.size && *name.at == '#' ? numbered(name) : named(name);
	if (!code)
		return false;
	put_code(words, code);
	html->at += size + 1;
	html->size -= size + 1;
	return true;
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static str tag_name(str tag)
{
	str name = { tag.at + 1, 0 };

	if (name.at < tag.at + tag.size && *name.at == '/')
		name.at++;
	while (name.at + name.size < tag.at + tag.size
	       && (is_letter(name.at[name.size]) || digit_of(name.at[name.size]) < 10))
		name.size++;
	return name;
}

/* The end of a tag, which may have a > in quotes; 0: it has none. */
static size_t tag_size(str html)
{
	char quote = 0;

	for (size_t i = 1; i < html.size; i++) {
		char c = html.at[i];
		if (quote)
			quote = c == quote ? 0 : quote;
		else if (c == '"' || c == '\'')
			quote = c;
		else if (c == '>')
			return i + 1;
	}
	return 0;
}

static bool is_one_of(str name, const char *const *names)
{
	while (*names && !str_is_nocase(name, *names))
		names++;
	return *names;
}

static void drop(str *html, size_t size)
{
	html->at += size;
	html->size -= size;
}

/* Up to behind the text; all of it, where there is none. */
static void drop_through(str *html, const char *text)
{
	size_t size = strlen(text);

	while (html->size >= size && strncasecmp(html->at, text, size) != 0)
		drop(html, 1);
	drop(html, html->size >= size ? size : html->size);
}

static bool take_tag(struct words *words, str *html)
{
	static const char *const paragraphs[] = {
		"p", "div", "ul", "ol", "table", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "section",
		"article", "dl", "hr", NULL,
	};
	static const char *const lines[] = { "br", "li", "tr", "dt", "dd", NULL };
	static const char *const cells[] = { "td", "th", NULL };

	if (str_starts(*html, "<!--")) {
		drop_through(html, "-->");
		return true;
	}
	bool is_tag = html->size > 1
	              && (is_letter(html->at[1]) || html->at[1] == '/' || html->at[1] == '!');
	size_t size = is_tag && !words->endless ? tag_size(*html) : 0;
	words->endless = words->endless || (is_tag && size == 0);
	if (size == 0)
		return false;
	str name = tag_name((str) { html->at, size });
	bool opens = html->at[1] != '/';
	drop(html, size);
	if (opens && str_is_nocase(name, "script"))
		drop_through(html, "</script>");
	else if (opens && str_is_nocase(name, "style"))
		drop_through(html, "</style>");
	widen(words, is_one_of(name, paragraphs) ? PARAGRAPH : is_one_of(name, lines) ? LINE
	             : is_one_of(name, cells) ? SPACE : NO_GAP);
	if (opens && str_is_nocase(name, "li"))
		put_bytes(words, STR("- "));
	return true;
}

/* Nothing that is read gets longer by being written: "<li>" is "\n- ", "<p>" two line breaks. */
const char *import_html_text(struct arena *arena, const char *html)
{
	str rest = str_of(html);
	struct words words = { .at = arena_alloc_raw(arena, rest.size + sizeof("\n\n- ")) };

	while (rest.size) {
		if (strchr(" \t\r\n", *rest.at)) {
			widen(&words, SPACE);
			drop(&rest, 1);
		} else if (!(*rest.at == '<' && take_tag(&words, &rest))
		           && !(*rest.at == '&' && take_character(&words, &rest))) {
			put_bytes(&words, (str) { rest.at, 1 });
			drop(&rest, 1);
		}
	}
	words.at[words.used] = '\0';
	return words.at;
}
