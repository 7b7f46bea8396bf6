/* budget.c - see budget.h: words become signs, and the signs must be a sentence that is known.
 *
 * A word that is not known makes it unclear: "50 for two" may well be 100. */
#include "budget.h"

#include <utf8proc.h>

#include "figure.h"
#include "money.h"

enum { NUMBERS_MAX = 2, SIGNS_MAX = 16 };

/* ---- Plain text ---- */

/* What follows a zero are the other nine. */
static const utf8proc_int32_t zeros[] = {
	0x0660, 0x06f0, 0x0966, 0x09e6, 0x0a66, 0x0ae6, 0x0b66, 0x0be6, 0x0c66, 0x0ce6, 0x0d66, 0x0e50,
	0x0ed0, 0x0f20, 0x1040, 0x17e0, 0x1810, 0xff10,
};

static utf8proc_int32_t plain_character(utf8proc_int32_t c)
{
	for (size_t i = 0; i < sizeof(zeros) / sizeof(*zeros); i++)
		if (c >= zeros[i] && c < zeros[i] + 10)
			return '0' + c - zeros[i];
	switch (c) {
	case 0x60: case 0xb4: case 0x2bc: case 0x2018: case 0x2019: case 0x2032: return '\'';
	case 0x60c:  return ',';
	case 0x2264: return '<';
	case 0x2265: return '>';
	case 0x2248: case 0x223c: case 0x301c: return '~';
	case 0xffe1: return 0xa3;       /* £ and ¥ of full width */
	case 0xffe5: return 0xa5;
	default:     break;
	}
	if (c >= 0xff01 && c <= 0xff5e)
		c -= 0xff01 - '!';
	return utf8proc_tolower(c);
}

/* Text in which numbers can be found: digits of every script, signs of full width, quotes and blanks as
 * those of ASCII, letters small. */
static const char *with_plain_numbers(struct arena *arena, const char *text)
{
	str rest = str_of(text_plain(arena, text));
	char *plain = arena_alloc_raw(arena, 4 * rest.size + 1);
	size_t used = 0;

	while (rest.size > 0) {
		utf8proc_int32_t c;
		utf8proc_ssize_t size = utf8proc_iterate((const utf8proc_uint8_t *)rest.at,
		                                         (utf8proc_ssize_t)rest.size, &c);
		if (size <= 0) {
			size = 1;
			c = 0xfffd;
		}
		used += (size_t)utf8proc_encode_char(plain_character(c),
		                                     (utf8proc_uint8_t *)plain + used);
		rest.at += size;
		rest.size -= (size_t)size;
	}
	plain[used] = '\0';
	return plain;
}

/* ---- Words ---- */

/* A sign of the sentence; the others say something of a number or mean nothing here. */
enum {
	CURRENCY = 'c',         /* `codes`: which it may be */
	SUBUNIT = 'p',          /* a hundredth of one of them */
	POWER = '^',            /* `power` of ten of the number before it */
	FILLER = ' ',
	MOST = '<', LEAST = '>', ABOUT = '~', TO = '-', UNTIL = 'u', BETWEEN = 'b', AND = '&',
};

/* Words of one meaning, with | between them; the longest that fits counts. */
struct phrases {
	char sign;
	int power;
	const char *codes;
	const char *words;              /* currencies are not among them: currency_written() knows these */
};

static const struct phrases phrases[] = {
	{ MOST, 0, NULL,
	  "<|<=|under|below|less than|cheaper than|up to|upto|at most|at the most|max|"
	  "maximum|maximum of|no more than|not more than|not over|not above|within|"
	  "or less|or under|or below|and under|and below|tops|limit|cap|unter|höchstens|"
	  "maximal|bis zu|moins de|menos de" },
	{ LEAST, 0, NULL,
	  ">|>=|+|over|above|more than|at least|min|minimum|minimum of|from|starting at|"
	  "starting from|no less than|not less than|not under|not below|upwards of|"
	  "or more|or over|or above|and up|and over|and above|upwards|über|ab|mindestens|"
	  "von" },
	{ ABOUT, 0, NULL,
	  "~|about|around|roughly|approx|approximately|circa|ca|some|or so|ish|-ish|etwa|"
	  "ungefähr|environ" },
	{ TO, 0, NULL, "-|..|...|…|to" },
	{ UNTIL, 0, NULL, "until|till|bis" },
	{ BETWEEN, 0, NULL, "between|zwischen|entre" },
	{ AND, 0, NULL, "and|&|und|et" },
	{ FILLER, 0, NULL,
	  ".|,|!|?|:|;|(|)|\"|a|the|of|my|our|is|it|i|we|i'd|we'd|have|can|can spend|"
	  "would|like to|want to|to spend|to pay|spend|pay|budget|price|total|in total|"
	  "all in|only|just|please|say|maybe|try to|keep|keep it|stay" },
	{ POWER, 3, NULL, "k|thousand|grand|tsd|千" },
	{ POWER, 2, NULL, "hundred" },
	{ POWER, 6, NULL, "million|mio" },
	{ POWER, 5, NULL, "lakh" },
	{ POWER, 7, NULL, "crore" },
	{ POWER, 4, NULL, "万|萬|만" },
	{ SUBUNIT, 0, "GBP FKP GIP SHP", "p|pence" },
	{ SUBUNIT, 0, "EUR " CURRENCY_DOLLARS, "cent|cents|ct|¢" },
};

struct phrase {
	char sign;
	int power;
	str codes;                      /* with blanks between; absent: it names no currency */
};

/* What the longest phrase, or currency, that the text begins with means. False: there is none. */
static bool find_phrase(const char *text, struct phrase *found, size_t *size)
{
	size_t of_currency;
	str codes = currency_written(str_of(text), &of_currency);

	*size = 0;
	for (size_t i = 0; i < sizeof(phrases) / sizeof(*phrases); i++) {
		str words = str_of(phrases[i].words);
		while (words.size > 0) {
			str word = str_cut(&words, '|');
			if (word.size <= *size || !str_starts_word(str_of(text), word))
				continue;
			*found = (struct phrase) { phrases[i].sign, phrases[i].power,
			                           str_of(phrases[i].codes) };
			*size = word.size;
		}
	}
	if (of_currency > *size) {
		*found = (struct phrase) { .sign = CURRENCY, .codes = codes };
		*size = of_currency;
	}
	return *size > 0;
}

/* ---- Signs ---- */

struct quantity {
	struct figure figure;
	int power;
	bool has_power, is_subunit;
};

struct sentence {
	char signs[SIGNS_MAX + 1];
	int sign_count;
	struct quantity numbers[NUMBERS_MAX];
	int number_count;
	bool is_foreign;
	const char *named;
};

static bool add_sign(struct sentence *sentence, char sign)
{
	if (sentence->sign_count == SIGNS_MAX)
		return false;
	sentence->signs[sentence->sign_count++] = sign;
	return true;
}

static bool add_number(struct sentence *sentence, const struct figure *figure, const char **at)
{
	if (sentence->number_count == NUMBERS_MAX)
		return false;
	sentence->numbers[sentence->number_count++] = (struct quantity) { .figure = *figure };
	/* 50.- and 50,-- are whole. */
	if (strchr(".,", **at) && (*at)[0] && (*at)[1] == '-')
		*at += 1 + strspn(*at + 1, "-");
	return add_sign(sentence, 'n');
}

static void add_currency(struct arena *arena, struct sentence *sentence, str codes, str written,
                         const char *currency)
{
	bool sole = codes.size == CURRENCY_SIZE - 1;

	if (memmem(codes.at, codes.size, currency, strlen(currency)))
		return;
	sentence->is_foreign = true;
	sentence->named = arena_copy(arena, sole ? codes : written);
}

/* What is said of the number before it. */
static bool add_to_number(struct sentence *sentence, const struct phrase *phrase)
{
	if (sentence->number_count == 0)
		return false;
	struct quantity *last = &sentence->numbers[sentence->number_count - 1];
	if (phrase->sign == SUBUNIT) {
		last->is_subunit = true;
		return true;
	}
	if (last->has_power)
		return false;
	last->has_power = true;
	last->power = phrase->power;
	return true;
}

static bool add_phrase(struct arena *arena, struct sentence *sentence, const struct phrase *phrase,
                       str written, const char *currency)
{
	if (phrase->codes.at)
		add_currency(arena, sentence, phrase->codes, written, currency);
	switch (phrase->sign) {
	case FILLER:
	case CURRENCY: return true;
	case SUBUNIT:
	case POWER:    return add_to_number(sentence, phrase);
	default:       return add_sign(sentence, phrase->sign);
	}
}

/* Takes one word, sign or number. */
static bool read_one(struct arena *arena, struct sentence *sentence, const char **at,
                     const char *currency)
{
	struct figure figure;
	struct phrase phrase;
	size_t size;
	str rest = str_of(*at);

	if (figure_read(&rest, &figure)) {
		*at = rest.at;
		return add_number(sentence, &figure, at);
	}
	if (!find_phrase(*at, &phrase, &size))
		return false;
	str written = { *at, size };
	*at += size;
	return add_phrase(arena, sentence, &phrase, written, currency);
}

/* ---- Numbers ---- */

/* In minor units, `count` readings of it: one, or two. None: it can't be an amount. */
static int resolve(const struct quantity *quantity, int digits, int64_t readings[2])
{
	const struct figure *figure = &quantity->figure;
	int power = quantity->power + (quantity->is_subunit ? 0 : digits), count = 0;
	bool takes_three = power >= 3;
	/* Three digits behind a point are thousands, unless an amount may have so many. */
	bool is_fraction = figure->fraction &&
	                   (figure->decimals != 3 || takes_three || !(figure->whole || figure->grouped));

	if (figure->whole && figure_shift(figure->value, power, &readings[count]))
		count++;
	if (is_fraction && figure_shift(figure->value, power - figure->decimals, &readings[count]))
		count++;
	return count;
}

/* As it is written, without its thousand. */
static double size_of(const struct quantity *quantity)
{
	double size = (double)quantity->figure.value;

	for (int i = quantity->figure.whole ? 0 : quantity->figure.decimals; i > 0; i--)
		size /= 10;
	return size;
}

/* "2-3k" is two to three thousand, "20-50p" pence both; after "2k-3" nobody knows. */
static bool share_units(struct quantity *first, struct quantity *second)
{
	if (second->is_subunit)
		first->is_subunit = true;
	if (first->is_subunit != second->is_subunit)
		return false;
	if (second->has_power && !first->has_power && size_of(first) < size_of(second)) {
		first->has_power = true;
		first->power = second->power;
	}
	return second->has_power || !first->has_power || size_of(second) >= size_of(first);
}

/* ---- Sentences ---- */

/* What the numbers are, in their order: < the most, > the least. */
static const struct { const char *signs, *numbers; } sentences[] = {
	{ "n", "<" }, { "<n", "<" }, { "n<", "<" }, { "un", "<" }, { "~n", "<" }, { "n~", "<" },
	{ "<~n", "<" }, { "~<n", "<" },
	{ ">n", ">" }, { "n>", ">" },
	{ "n-n", "><" }, { "n~n", "><" }, { "nun", "><" }, { "bn&n", "><" }, { "bn-n", "><" },
	{ "~n-n", "><" }, { "~bn&n", "><" }, { "<n-n", "><" }, { ">n-n", "><" }, { ">nun", "><" },
	{ ">n<n", "><" }, { ">n&<n", "><" }, { "<n>n", "<>" }, { "<n&>n", "<>" },
};

static const char *meaning_of(const char *signs)
{
	for (size_t i = 0; i < sizeof(sentences) / sizeof(*sentences); i++)
		if (strcmp(sentences[i].signs, signs) == 0)
			return sentences[i].numbers;
	return NULL;
}

static void set_limit(struct price_range *budget, char which, int64_t amount)
{
	if (which == '<') {
		budget->has_most = true;
		budget->most = amount;
	} else {
		budget->has_least = true;
		budget->least = amount;
	}
}

/* From the greater to the less is from the less to the greater. */
static void put_in_order(struct price_range *budget)
{
	int64_t least = budget->least;

	if (!budget->has_least || !budget->has_most || least <= budget->most)
		return;
	budget->least = budget->most;
	budget->most = least;
}

static struct price_range understand(struct sentence *sentence, int digits)
{
	struct price_range budget = { .kind = BUDGET_UNDERSTOOD, .about = strchr(sentence->signs, ABOUT) };
	const struct price_range unclear = { .kind = BUDGET_UNCLEAR };
	const char *meaning = meaning_of(sentence->signs);

	if (!meaning || digits < 0 || (sentence->number_count == 2 &&
	                 !share_units(&sentence->numbers[0], &sentence->numbers[1])))
		return unclear;
	for (int i = 0; i < sentence->number_count; i++) {
		int64_t readings[2];
		int count = resolve(&sentence->numbers[i], digits, readings);
		if (count == 0)
			return unclear;
		if (count == 2)
			return (struct price_range) { .kind = BUDGET_AMBIGUOUS, .most = readings[0],
			                         .also = readings[1] };
		set_limit(&budget, meaning[i], readings[0]);
	}
	/* "20~50" is a range. */
	budget.about = budget.about && strcmp(sentence->signs, "n~n") != 0;
	put_in_order(&budget);
	return budget;
}

struct price_range budget_read(struct arena *arena, const char *text, const char *currency)
{
	const char *at = with_plain_numbers(arena, text);
	struct sentence sentence = { .sign_count = 0 };

	for (; *at; at += *at == ' ')
		if (*at != ' ' && !read_one(arena, &sentence, &at, currency))
			return (struct price_range) { .kind = BUDGET_UNCLEAR };
	if (sentence.is_foreign)
		return (struct price_range) { .kind = BUDGET_FOREIGN, .named = sentence.named };
	return understand(&sentence, currency_digits(str_of(currency)));
}
