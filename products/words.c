/* words.c - see words.h. */
#include "words.h"

#include <utf8proc.h>

enum {
	EXPANSION_MAX = 18,             /* code points one may decompose into: U+FDFA does */
	RANK_WHOLE = WORDS_MAX + 1,     /* more than all words that only begin one */
};

struct folding {
	struct arena *arena;
	char *at;
	size_t size, room;
	bool between;                   /* what follows begins a new word */
};

static struct folding folding_begin(struct arena *arena, size_t room)
{
	return (struct folding) { .arena = arena, .at = arena_alloc_raw(arena, room), .room = room };
}

static void put_bytes(struct folding *f, const char *bytes, size_t size)
{
	size_t needed = f->size + size + sizeof(" ");
	if (needed > f->room) {
		f->at = arena_grow(f->arena, f->at, f->room, 2 * needed);
		f->room = 2 * needed;
	}
	if (f->between && f->size)
		f->at[f->size++] = ' ';
	f->between = false;
	memcpy(f->at + f->size, bytes, size);
	f->size += size;
}

static char *folding_end(struct folding *f)
{
	f->at[f->size] = '\0';
	return f->at;
}

/* Letters people type without their stroke or ligature, which Unicode does not decompose. */
static const char *plain_letter(utf8proc_int32_t c)
{
	switch (c) {
	case 0x00e6: return "ae";
	case 0x00f0: return "d";
	case 0x00f8: return "o";
	case 0x00fe: return "th";
	case 0x0111: return "d";
	case 0x0127: return "h";
	case 0x0131: return "i";
	case 0x0142: return "l";
	case 0x0153: return "oe";
	default:     return NULL;
	}
}

static void put_code_point(struct folding *f, utf8proc_int32_t c)
{
	utf8proc_uint8_t bytes[4];

	put_bytes(f, (const char *)bytes, (size_t)utf8proc_encode_char(c, bytes));
}

static void put_letter(struct folding *f, utf8proc_int32_t c)
{
	const char *plain = plain_letter(c);

	if (plain)
		put_bytes(f, plain, strlen(plain));
	else
		put_code_point(f, c);
}

/* Without case; how many code points that is. */
static utf8proc_ssize_t decompose(utf8proc_int32_t c, utf8proc_option_t marks,
                                  utf8proc_int32_t parts[EXPANSION_MAX])
{
	utf8proc_ssize_t count = utf8proc_decompose_char(c, parts, EXPANSION_MAX,
		UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD | marks, NULL);

	return count < EXPANSION_MAX ? count : EXPANSION_MAX;
}

enum part { OF_A_WORD, IN_A_WORD_BUT_NOTHING, BETWEEN_WORDS };

static enum part part_of(utf8proc_int32_t c)
{
	switch (utf8proc_category(c)) {
	case UTF8PROC_CATEGORY_LU: case UTF8PROC_CATEGORY_LL: case UTF8PROC_CATEGORY_LT:
	case UTF8PROC_CATEGORY_LM: case UTF8PROC_CATEGORY_LO:
	case UTF8PROC_CATEGORY_ND: case UTF8PROC_CATEGORY_NL: case UTF8PROC_CATEGORY_NO:
		return OF_A_WORD;
	case UTF8PROC_CATEGORY_MN: case UTF8PROC_CATEGORY_MC: case UTF8PROC_CATEGORY_ME:
	case UTF8PROC_CATEGORY_CF:      /* soft hyphens and joiners */
		return IN_A_WORD_BUT_NOTHING;
	default:
		return BETWEEN_WORDS;
	}
}

/* The category is asked of the character as it came, so that a trade mark sign does not add the
 * letters it decomposes into. */
static void fold_code_point(struct folding *f, utf8proc_int32_t c)
{
	enum part part = part_of(c);
	if (part == BETWEEN_WORDS)
		f->between = true;
	if (part != OF_A_WORD)
		return;

	utf8proc_int32_t parts[EXPANSION_MAX];
	utf8proc_ssize_t count = decompose(c, UTF8PROC_STRIPMARK, parts);
	for (utf8proc_ssize_t i = 0; i < count; i++) {
		if (part_of(parts[i]) == OF_A_WORD)
			put_letter(f, parts[i]);
		else
			f->between = true;
	}
}

static char ascii_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 'a' - 'A') : c;
}

static void fold_ascii(struct folding *f, char c)
{
	char lower = ascii_lower(c);
	if ((lower >= 'a' && lower <= 'z') || (lower >= '0' && lower <= '9'))
		put_bytes(f, &lower, 1);
	else
		f->between = true;
}

static str beginning(const char *text, size_t size_max)
{
	text = text ? text : "";
	return (str) { text, strnlen(text, size_max) };
}

/* Takes the next code point off `text`. A byte that is not UTF-8 reads as a space. */
static utf8proc_int32_t next_code_point(str *text)
{
	utf8proc_int32_t c;
	utf8proc_ssize_t used = utf8proc_iterate((const utf8proc_uint8_t *)text->at,
	                                         (utf8proc_ssize_t)text->size, &c);
	if (used <= 0) {
		used = 1;
		c = ' ';
	}
	text->at += used;
	text->size -= (size_t)used;
	return c;
}

char *words_fold(struct arena *arena, const char *text)
{
	str rest = beginning(text, FOLD_SIZE_MAX);
	struct folding f = folding_begin(arena, rest.size + sizeof(" "));

	while (rest.size) {
		utf8proc_int32_t c = next_code_point(&rest);
		size_t whole = f.size;
		if (c < 0x80)
			fold_ascii(&f, (char)c);
		else
			fold_code_point(&f, c);
		/* A character that is not wholly within is left out. */
		if (f.size > FOLD_SIZE_MAX) {
			f.size = whole;
			break;
		}
	}
	return folding_end(&f);
}

char *words_key(struct arena *arena, const char *text)
{
	str rest = beginning(text, KEY_SIZE_MAX + 1);
	if (rest.size > KEY_SIZE_MAX)
		return arena_copy(arena, STR(""));
	rest = str_of(text_plain(arena, rest.at));
	struct folding f = folding_begin(arena, rest.size + sizeof(" "));

	while (rest.size) {
		utf8proc_int32_t parts[EXPANSION_MAX];
		utf8proc_ssize_t count = decompose(next_code_point(&rest), 0, parts);
		for (utf8proc_ssize_t i = 0; i < count; i++)
			put_code_point(&f, parts[i]);
	}
	return folding_end(&f);
}

static bool has_word(const struct words *words, str word)
{
	for (int i = 0; i < words->count; i++)
		if (str_same(words->at[i], word))
			return true;
	return false;
}

struct words words_split(const char *folded)
{
	struct words words = { .count = 0 };
	str rest = str_of(folded);

	while (rest.size) {
		str word = str_cut(&rest, ' ');
		if (!word.size || has_word(&words, word))
			continue;
		if (words.count == WORDS_MAX) {
			words.cut = true;
			break;
		}
		words.at[words.count++] = word;
	}
	return words;
}

/* A prefix of one letter is no match; a word of one letter matches whole. */
static bool is_prefix(str word)
{
	return utf8_length(word) >= 2;
}

/* 2: it is a word of the name; 1: it begins one; 0: it is elsewhere in the product. */
static int match_in_name(str word, const char *name)
{
	int best = 0;
	for (const char *at = name; *at; ) {
		size_t size = strcspn(at, " ");
		if (size >= word.size && memcmp(at, word.at, word.size) == 0) {
			if (size == word.size)
				return 2;
			best = 1;
		}
		at += size;
		at += *at == ' ';
	}
	return is_prefix(word) ? best : 0;
}

int64_t words_rank(const struct words *words, const char *name)
{
	int64_t rank = 0;
	for (int i = 0; i < words->count; i++) {
		int match = match_in_name(words->at[i], name);
		rank += match == 2 ? RANK_WHOLE : match;
	}
	return rank;
}

char *words_match(struct arena *arena, enum match_style style, const struct words *words,
                  const char *category)
{
	/* A word is letters and digits, so nothing in it ends the quotes. */
	static const struct { const char *and, *prefix; char quote; } styles[] = {
		[MATCH_FTS5] = { " AND ", "*", '"' }, [MATCH_TSQUERY] = { " & ", ":*", '\'' },
	};
	const char *and = styles[style].and;
	char quote = styles[style].quote;
	const char *match = !category ? ""
		: arena_print(arena, "%c%s%c", quote, words_category(arena, category), quote);

	for (int i = 0; i < words->count; i++)
		match = arena_print(arena, "%s%s%c%.*s%c%s", match, *match ? and : "", quote,
		                    STR_FORMAT(words->at[i]), quote,
		                    is_prefix(words->at[i]) ? styles[style].prefix : "");
	return arena_copy(arena, str_of(match));
}

/* The currency sign is neither a letter nor a digit, yet the index takes it as part of a word. */
char *words_category(struct arena *arena, const char *category)
{
	char *word = arena_print(arena, "\xc2\xa4%s", category);
	char *end = word;
	for (const char *at = word; *at; at++)
		if (*at != ' ')
			*end++ = *at;
	*end = '\0';
	return word;
}
