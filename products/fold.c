/* fold.c - words_fold() and words_key() of words.h.
 *
 * A text is taken apart (Unicode's NFKD) letter by letter, what does not matter is left out, and letters
 * are put together again with the marks that do (NFC), so that a letter is one code point where it can. */
#include <utf8proc.h>

#include "builder.h"
#include "fold.h"
#include "scripts.h"
#include "words.h"

enum {
	TATWEEL = 0x0640,               /* a letter to Unicode, which only widens the one before it */
	CLUSTER_MAX = 16,               /* a letter and its marks; no word has as many */
};

enum gap { TOGETHER, JOINED, APART };

struct folding {
	struct builder out;
	char joint;                     /* put between words that a sign joins */
	enum gap gap;                   /* before what is put next */
	bool spaceless;                 /* what was taken last is of a script without spaces */
	int before;                     /* code points of the letter next to it; 0: none */
	int size;
	int32_t cluster[CLUSTER_MAX];   /* the last letter with its marks, not put yet */
};

/* ---- Putting ---- */

static size_t encode(int32_t c, char bytes[4])
{
	return (size_t)utf8proc_encode_char(c, (utf8proc_uint8_t *)bytes);
}

static void put(struct folding *f, str bytes)
{
	if (f->gap != TOGETHER && f->out.size)
		builder_put(&f->out, f->gap == JOINED ? (str) { &f->joint, 1 } : STR(" "));
	f->gap = TOGETHER;
	builder_put(&f->out, bytes);
}

/* How many code points they are then. */
static utf8proc_ssize_t compose(int32_t *letters, utf8proc_ssize_t count)
{
	return utf8proc_normalize_utf32(letters, count, UTF8PROC_COMPOSE | UTF8PROC_STABLE);
}

static void put_cluster(struct folding *f)
{
	utf8proc_ssize_t count = f->size > 1 ? compose(f->cluster, f->size) : f->size;

	f->before = f->size;
	f->size = 0;
	for (utf8proc_ssize_t i = 0; i < count; i++) {
		char bytes[4];
		put(f, (str) { bytes, encode(f->cluster[i], bytes) });
	}
}

/* Of all that was taken, as far as it is known. */
static size_t size_of(const struct folding *f)
{
	size_t size = f->out.size + (f->size && f->gap != TOGETHER && f->out.size);
	char bytes[4];

	for (int i = 0; i < f->size; i++)
		size += encode(f->cluster[i], bytes);
	return size;
}

/* ---- Taking: signs, letters, marks ---- */

static void take_gap(struct folding *f, enum gap gap)
{
	put_cluster(f);
	if (gap > f->gap)
		f->gap = gap;
}

/* Before a letter. A word ends where a script without spaces begins or ends; within one a sign that
 * joins is nothing. */
static void meet(struct folding *f, bool spaceless)
{
	put_cluster(f);
	if (spaceless != f->spaceless)
		f->gap = APART;
	else if (spaceless && f->gap == JOINED)
		f->gap = TOGETHER;
	f->spaceless = spaceless;
}

static bool completes_syllable(struct folding *f, int32_t c)
{
	if (f->size != 1 || !script_is_jamo_after(c))
		return false;
	int32_t syllable[] = { f->cluster[0], c };
	if (compose(syllable, 2) != 1)
		return false;
	f->cluster[0] = syllable[0];
	return true;
}

/* What is a letter with a virama so far may be a mark of the letter before. */
static void mark_nasal(struct folding *f, int32_t next)
{
	if (f->size != 2 || !f->before || f->before == CLUSTER_MAX || f->gap != TOGETHER)
		return;
	int32_t mark = script_nasal_mark(f->cluster[0], f->cluster[1], next);
	if (!mark)
		return;
	f->cluster[0] = mark;
	f->size = 1;
}

static void take_plain(struct folding *f, int32_t c)
{
	if (completes_syllable(f, c))
		return;
	mark_nasal(f, c);
	/* A sign is nothing within a run, but here it kept two letters from being one. */
	if (f->gap == JOINED && script_is_jamo_after(c))
		f->gap = APART;
	meet(f, script_is_spaceless(c));
	if (c < 0x80)
		put(f, (str) { &(char) { (char)c }, 1 });
	else
		f->cluster[f->size++] = c;
}

static utf8proc_propval_t class_of(int32_t mark)
{
	return utf8proc_get_property(mark)->combining_class;
}

/* In canonical order: what stands above and what stands below may be typed in any. */
static void take_mark(struct folding *f, int32_t mark)
{
	mark = script_typed_mark(mark);
	if (!f->size || f->size == CLUSTER_MAX || script_is_accent(mark, f->cluster[0]))
		return;
	int at = f->size++;
	for (; class_of(mark) && at > 1 && class_of(f->cluster[at - 1]) > class_of(mark); at--)
		f->cluster[at] = f->cluster[at - 1];
	f->cluster[at] = mark;
}

/* The digits of a script follow one another, from its 0 on. */
static int32_t digit(int32_t c)
{
	int32_t zero = c;
	while (utf8proc_category(zero - 1) == UTF8PROC_CATEGORY_ND)
		zero--;
	return '0' + (c - zero) % 10;
}

/* One without case. */
static void take_letter(struct folding *f, int32_t c)
{
	const char *typed = script_typed_letter(c);
	str rest = str_of(typed);

	if (!typed)
		take_plain(f, utf8proc_category(c) == UTF8PROC_CATEGORY_ND ? digit(c) : c);
	while (rest.size)
		take_plain(f, utf8_take(&rest));
}

/* ---- Taking code points ---- */

enum part { LETTER, MARK, NOTHING, JOINER, SPACE };

static enum part part_of(int32_t c)
{
	if (script_is_joiner(c))
		return JOINER;
	if (script_is_square(c))
		return LETTER;
	if (c == TATWEEL)
		return NOTHING;
	switch (utf8proc_category(c)) {
	case UTF8PROC_CATEGORY_LU: case UTF8PROC_CATEGORY_LL: case UTF8PROC_CATEGORY_LT:
	case UTF8PROC_CATEGORY_LM: case UTF8PROC_CATEGORY_LO:
	case UTF8PROC_CATEGORY_ND: case UTF8PROC_CATEGORY_NL: case UTF8PROC_CATEGORY_NO:
		return LETTER;
	case UTF8PROC_CATEGORY_MN: case UTF8PROC_CATEGORY_MC: case UTF8PROC_CATEGORY_ME:
		return MARK;
	case UTF8PROC_CATEGORY_CF:      /* soft hyphens and joiners that are not seen */
		return NOTHING;
	default:
		return SPACE;
	}
}

static void take_part(struct folding *f, int32_t c);

/* Case is folded once the marks are off: some fold into a letter. */
static void take_cased(struct folding *f, int32_t c)
{
	int32_t parts[PARTS_MAX];
	int count = unfold(c, true, parts);

	for (int i = 0; i < count; i++)
		if (part_of(parts[i]) == LETTER)
			take_letter(f, parts[i]);
		else
			take_part(f, parts[i]);
}

static void take_part(struct folding *f, int32_t c)
{
	switch (part_of(c)) {
	case LETTER:  take_cased(f, c); break;
	case MARK:    take_mark(f, c); break;
	case NOTHING: break;
	case JOINER:  take_gap(f, JOINED); break;
	case SPACE:   take_gap(f, APART); break;
	}
}

/* What it is is asked of the character as it came, so that a trade mark sign does not add the letters it
 * decomposes into. */
static void take_code_point(struct folding *f, int32_t c)
{
	enum part part = part_of(c);
	if (part != LETTER && part != MARK) {
		take_part(f, c);
		return;
	}
	int32_t parts[PARTS_MAX];
	int count = unfold(c, false, parts);
	for (int i = 0; i < count; i++)
		take_part(f, parts[i]);
}

static void take_ascii(struct folding *f, char c)
{
	char lower = c >= 'A' && c <= 'Z' ? (char)(c + 'a' - 'A') : c;

	if ((lower >= 'a' && lower <= 'z') || (lower >= '0' && lower <= '9')) {
		meet(f, false);
		put(f, (str) { &lower, 1 });
	} else {
		take_gap(f, script_is_joiner(c) ? JOINED : APART);
	}
}

/* ---- Texts ---- */

static char *fold(struct arena *arena, const char *text, char joint)
{
	str rest = { text, text ? strnlen(text, FOLD_SIZE_MAX) : 0 };
	struct folding f = { .out = builder_begin(arena, rest.size), .joint = joint };

	while (rest.size) {
		int32_t c = utf8_take(&rest);
		struct folding before = f;
		/* A byte that is not UTF-8 separates. */
		if (c < 0x80)
			take_ascii(&f, (char)c);
		else
			take_code_point(&f, c);
		/* A character that is not wholly within is left out. */
		if (size_of(&f) > FOLD_SIZE_MAX) {
			before.out.at = f.out.at;
			before.out.room = f.out.room;
			f = before;
			break;
		}
	}
	put_cluster(&f);
	return builder_end(&f.out);
}

char *words_fold(struct arena *arena, const char *text)
{
	return fold(arena, text, ' ');
}

char *words_fold_joined(struct arena *arena, const char *text)
{
	return fold(arena, text, WORDS_JOINT);
}

char *words_key(struct arena *arena, const char *text)
{
	if (!text || strnlen(text, KEY_SIZE_MAX + 1) > KEY_SIZE_MAX)
		return arena_copy(arena, STR(""));
	return text_fold(arena, text, FOLD_CASE);
}
