/* mask_name.c - see mask_walk.h. What is secret by what it is called, and by what stands before it. */
#include "mask_walk.h"

/* How names end whose value is secret: a word of theirs, as in DB_PASSWORD, clientSecret, x-api-key; what no other word ends with also where
 * none begins, as in PGPASSWORD (`within`). `line`: the value goes on to the end of its line. */
#define NAME(ends, within, line) { { ends, sizeof(ends) - 1 }, within, line }
static const struct secret_name {
	str ends;
	bool within, line;
} secret_names[] = {
	NAME("password", true, false), NAME("passwd", true, false), NAME("passphrase", true, false), NAME("pwd", false, false),
	NAME("pass", false, false), NAME("secret", true, false), NAME("token", true, false), NAME("key", false, false), NAME("apikey", true, false),
	NAME("accesskey", true, false), NAME("secretkey", true, false), NAME("privatekey", true, false), NAME("credential", true, false),
	NAME("credentials", true, false), NAME("signature", true, false), NAME("key_base", false, false), NAME("passwordhash", true, false),
	NAME("password_hash", true, false), NAME("authorization", false, true), NAME("cookie", false, true),
};

/* Names that end like one of those all the same; without _ and -. */
static const char *const harmless_names[] = {
	"nexttoken", "nextpagetoken", "continuationtoken", "idempotencykey", "primarykey", "foreignkey", "sortkey", "partitionkey", "cachekey",
};

static bool begins_part(str text, size_t at)
{
	if (at == 0 || !(is_letter(text.at[at - 1]) || is_digit(text.at[at - 1])))
		return true;
	return text.at[at] >= 'A' && text.at[at] <= 'Z' && !(text.at[at - 1] >= 'A' && text.at[at - 1] <= 'Z');
}

#define NAME_MAX_LOOKED 24

static bool is_harmless(str text, size_t end)
{
	char name[NAME_MAX_LOOKED];
	size_t from = NAME_MAX_LOOKED;

	for (size_t at = end; at > 0 && from > 0 && (is_wordy(text.at[at - 1]) || text.at[at - 1] == '-'); at--)
		if (text.at[at - 1] != '_' && text.at[at - 1] != '-')
			name[--from] = text.at[at - 1];
	for (size_t i = 0; i < sizeof(harmless_names) / sizeof(*harmless_names); i++)
		if (str_is_nocase((str) { name + from, NAME_MAX_LOOKED - from }, harmless_names[i]))
			return true;
	return false;
}

#define LETTER(c) (UINT32_C(1) << ((c) - 'a'))
#define LAST_LETTERS (LETTER('d') | LETTER('e') | LETTER('y') | LETTER('s') | LETTER('t') | LETTER('n') | LETTER('l') | LETTER('h'))

/* DB_PASSWORD_2 and token1 are called so too. */
static size_t without_number(str text, size_t end)
{
	size_t at = end;

	while (at > 0 && is_digit(text.at[at - 1]))
		at--;
	return at > 1 && at < end && strchr("_-", text.at[at - 1]) ? at - 1 : at;
}

/* The secret name that ends there; NULL: none does. */
static const struct secret_name *name_before(str text, size_t end)
{
	end = without_number(text, end);
	if (end == 0 || !is_letter(text.at[end - 1]) || !(LAST_LETTERS & LETTER(text.at[end - 1] | 0x20)))
		return NULL;
	for (size_t i = 0; i < sizeof(secret_names) / sizeof(*secret_names); i++) {
		str ends = secret_names[i].ends;
		if (end >= ends.size && (text.at[end - 1] | 0x20) == ends.at[ends.size - 1] &&
		    letters_same(text.at + end - ends.size, ends.at, ends.size) &&
		    (secret_names[i].within || begins_part(text, end - ends.size)))
			return is_harmless(text, end) ? NULL : &secret_names[i];
	}
	return NULL;
}

bool is_secret_name(str name)
{
	return name_before(name, name.size);
}

/* ---- Signs around names and values ---- */

/* A quote, as it stands in a URL, in JSON of some, and in HTML. */
static const str quotes[] = {
	{ "%22", 3 }, { "%27", 3 }, { "\\u0022", 6 }, { "\\u0027", 6 }, { "&quot;", 6 }, { "&#34;", 5 }, { "&#39;", 5 },
};
#define QUOTES (sizeof(quotes) / sizeof(*quotes))

static bool ends_at(str text, size_t end, str words)
{
	return end >= words.size && letters_same(text.at + end - words.size, words.at, words.size);
}

/* The colour that a terminal is told, and ends there: its bytes; 0: there is none. */
static size_t colour_before(str text, size_t end)
{
	size_t at = end > 0 && text.at[end - 1] == 'm' ? end - 1 : 0, least = at > 12 ? at - 12 : 0;

	while (at > least && (is_digit(text.at[at - 1]) || text.at[at - 1] == ';'))
		at--;
	if (at == 0 || text.at[at - 1] != '[')
		return 0;
	if (ends_at(text, at - 1, STR("\x1b")))
		return end - at + 2;
	return ends_at(text, at - 1, STR("\\u001b")) ? end - at + 7 : 0;
}

/* The bytes of what stands between a name and its sign, and ends there. */
static size_t sign_before(str text, size_t end)
{
	if (end == 0)
		return 0;
	if (strchr("\"'`\\ \t", text.at[end - 1]) && text.at[end - 1])
		return 1;
	if (ends_at(text, end, STR("\"]")) || ends_at(text, end, STR("']")))
		return 2;
	if (ends_at(text, end, STR("%20")))
		return 3;
	for (size_t i = 0; i < QUOTES; i++)
		if (ends_at(text, end, quotes[i]))
			return quotes[i].size;
	return colour_before(text, end);
}

#define SIGNS_MAX 24            /* bytes of them: "\\\": " */

/* Where what `others` and signs stand behind ends. */
static size_t before_signs(str text, size_t end, const char *others)
{
	size_t least = end > SIGNS_MAX ? end - SIGNS_MAX : 0;

	for (size_t sign = 1; end > least && sign > 0; end -= sign) {
		sign = sign_before(text, end);
		if (!sign && text.at[end - 1] && strchr(others, text.at[end - 1]))
			sign = 1;
	}
	return end;
}

/* Of the name that stands before a sign; of "name": "NAME", "value": that which is its value. */
static const struct secret_name *name_of(const struct walk *walk)
{
	size_t end = before_signs(walk->text, walk->at, "");
	const struct secret_name *name = name_before(walk->text, end);

	if (name || !ends_at(walk->text, end, STR("value")) || !begins_part(walk->text, end - 5))
		return name;
	return name_before(walk->text, before_signs(walk->text, end - 5, ",\r\n"));
}

/* The bytes of the colour that begins there; 0: there is none. */
static size_t colour_at(const struct walk *walk, size_t at)
{
	size_t begin = has_at(walk, at, STR("\x1b[")) ? at + 2 : has_at(walk, at, STR("\\u001b[")) ? at + 7 : 0, end = begin;

	while (begin && end < walk->text.size && (is_digit(walk->text.at[end]) || walk->text.at[end] == ';'))
		end++;
	return begin && end < walk->text.size && walk->text.at[end] == 'm' ? end + 1 - at : 0;
}

static inline bool is_space(char c)
{
	return c == ' ' || c == '\t';
}

/* Past colours and what else is no character. */
static size_t behind_colours(const struct walk *walk, size_t at)
{
	str text = walk->text;

	for (size_t colour; at < text.size && ((colour = colour_at(walk, at)) > 0 || ((unsigned char)text.at[at] <= ' ' && !strchr("\r\n", text.at[at]))); )
		at += colour > 0 ? colour : 1;
	return at;
}

/* Past b of b'…', and [ of a list of texts. */
static size_t behind_wrap(const struct walk *walk, size_t at)
{
	return at + 1 < walk->text.size && strchr("[bu", walk->text.at[at]) && strchr("\"'", walk->text.at[at + 1]) ? at + 1 : at;
}

/* Behind the quote that ends a value; `escapes`: backslashes before the one that began it, as in JSON within JSON. */
static size_t quoted_end(const struct walk *walk, size_t at, char quote, size_t escapes)
{
	size_t slashes = 0;

	for (; at < walk->text.size; at++) {
		char c = walk->text.at[at];
		if (c == quote && (slashes <= escapes || (escapes == 0 && slashes % 2 == 0)))
			return at - (slashes < escapes ? slashes : escapes);
		slashes = c == '\\' ? slashes + 1 : 0;
	}
	return at;
}

bool says_little(str value)
{
	return value.size == 0 || str_is(value, "null") || str_is(value, "true") || str_is(value, "false");
}

/* In which of the signs above it is; NULL: in none of them. */
static const str *quote_at(const struct walk *walk, size_t at)
{
	for (size_t i = 0; i < QUOTES; i++)
		if (has_at(walk, at, quotes[i]))
			return &quotes[i];
	return NULL;
}

static size_t next_of(const struct walk *walk, size_t at, str words)
{
	while (at < walk->text.size && !has_at(walk, at, words))
		at++;
	return at;
}

static struct found quoted_or_word(const struct walk *walk, size_t begin, bool line)
{
	const str *quote = quote_at(walk, begin);
	size_t at = begin;

	if (quote)
		return (struct found) { begin + quote->size, next_of(walk, begin + quote->size, *quote) };
	while (at < walk->text.size && walk->text.at[at] == '\\')
		at++;
	if (at < walk->text.size && strchr("\"'`", walk->text.at[at]))
		return (struct found) { at + 1, quoted_end(walk, at + 1, walk->text.at[at], at - begin) };
	return (struct found) { begin, run_of(walk, begin, line ? goes_on_line : goes_on) };
}

/* Colours are hidden with it: nobody is to be told them. */
static struct found value_at(const struct walk *walk, size_t at, bool line)
{
	size_t shown = run_of(walk, at, is_space), begin = behind_colours(walk, shown);
	struct found value = quoted_or_word(walk, behind_wrap(walk, begin), line);

	if (begin > shown && value.to > value.from)
		value.from = shown;
	return value;
}

static bool hides(const struct walk *walk, struct found value, struct found *found)
{
	*found = value;
	return !says_little((str) { walk->text.at + value.from, value.to - value.from });
}

bool find_assigned(struct walk *walk, struct found *found)
{
	const struct secret_name *name = name_of(walk);
	size_t at = walk->at + 1;

	if (!name || has_at(walk, at, STR("//")))
		return false;
	while (at < walk->text.size && (walk->text.at[at] == '>' || walk->text.at[at] == '='))
		at++;
	struct found block = block_below(walk, at);
	return hides(walk, block.to > block.from ? block : value_at(walk, at, name->line), found);
}

bool find_encoded(struct walk *walk, struct found *found)
{
	if (!has_at(walk, walk->at, STR("%3D")) && !has_at(walk, walk->at, STR("%3A")))
		return false;
	const struct secret_name *name = name_of(walk);
	return name && !has_at(walk, walk->at + 3, STR("%2F%2F")) && hides(walk, value_at(walk, walk->at + 3, name->line), found);
}

static inline bool goes_on_in_element(char c)
{
	return c != '<';
}

bool find_element(struct walk *walk, struct found *found)
{
	size_t begin = walk->at, least = begin > NAME_MAX_LOOKED ? begin - NAME_MAX_LOOKED : 0;

	if (!name_before(walk->text, walk->at))
		return false;
	while (begin > least && (is_wordy(walk->text.at[begin - 1]) || strchr("-.:", walk->text.at[begin - 1])))
		begin--;
	if (begin == 0 || walk->text.at[begin - 1] != '<')
		return false;
	size_t end = run_of(walk, walk->at + 1, goes_on_in_element);
	return has_at(walk, end, STR("</")) && hides(walk, (struct found) { walk->at + 1, end }, found);
}

static inline bool goes_on_in_name(char c)
{
	return is_wordy(c) || c == '-';
}

static inline bool parts_words(char c)
{
	return c == ' ' || c == '\t' || c == '"' || c == '\'' || c == ',';
}

bool find_option(struct walk *walk, struct found *found)
{
	if (!has_at(walk, walk->at, STR("--")))
		return false;
	size_t end = run_of(walk, walk->at, goes_on_in_name), begin = run_of(walk, end, parts_words);
	*found = (struct found) { end, end };
	if (begin > end && begin < walk->text.size && walk->text.at[begin] != '-' && name_before(walk->text, end))
		*found = (struct found) { begin, run_of(walk, begin, goes_on) };
	return true;
}
