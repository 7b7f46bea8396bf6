/* scripts.c - see scripts.h. The ranges are those of Unicode 15: Scripts.txt, LineBreak.txt (SA: the
 * scripts of South East Asia that have no spaces), UnicodeData.txt (marks) and WordBreakProperty.txt
 * (what stands within a word). */
#include "scripts.h"

#include <stddef.h>

struct range {
	int32_t first, last;
};

#define COUNT(ranges) (sizeof(ranges) / sizeof *(ranges))

/* `ranges` are in order. */
static bool is_in(const struct range *ranges, size_t count, int32_t c)
{
	size_t low = 0, high = count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (c > ranges[middle].last)
			low = middle + 1;
		else
			high = middle;
	}
	return low < count && c >= ranges[low].first;
}

/* ---- Scripts without spaces ---- */

static const struct range spaceless[] = {
	{ 0x0e01, 0x0eff },     /* Thai, Lao */
	{ 0x1000, 0x109f },     /* Myanmar */
	{ 0x1100, 0x11ff },     /* Hangul: Korean has spaces, but compounds and endings are written in one */
	{ 0x1780, 0x17ff },     /* Khmer */
	{ 0x1950, 0x19df },     /* Tai Le, New Tai Lue */
	{ 0x1a20, 0x1aaf },     /* Tai Tham */
	{ 0x2e80, 0x2fdf },     /* radicals of Han */
	{ 0x3005, 0x3007 }, { 0x3021, 0x3029 }, { 0x3031, 0x3035 }, { 0x3038, 0x303c },
	{ 0x3041, 0x318f },     /* Hiragana, Katakana with their marks, Bopomofo, Hangul */
	{ 0x31a0, 0x31bf }, { 0x31f0, 0x31ff },
	{ 0x3400, 0x4dbf }, { 0x4e00, 0xa48c },         /* Han, Yi */
	{ 0xa960, 0xa97c },     /* Hangul */
	{ 0xa9e0, 0xa9fe }, { 0xaa60, 0xaadf },         /* Myanmar, Tai Viet */
	{ 0xac00, 0xd7fb },     /* Hangul */
	{ 0xf900, 0xfaff },     /* Han */
	{ 0x11700, 0x1174f },   /* Ahom */
	{ 0x16fe0, 0x18cff },   /* Tangut, Khitan, Nushu */
	{ 0x1aff0, 0x1b2ff },   /* Kana, Nushu */
	{ 0x20000, 0x323af },   /* Han */
};

bool script_is_spaceless(int32_t letter)
{
	return letter >= spaceless[0].first && is_in(spaceless, COUNT(spaceless), letter);
}

bool script_is_jamo_after(int32_t letter)
{
	return letter >= 0x1161 && letter <= 0x11c2;
}

bool script_is_square(int32_t sign)
{
	return sign >= 0x3200 && sign <= 0x33ff;
}

/* ---- Accents ---- */

static const struct range accents[] = {
	{ 0x0300, 0x036f },     /* of Latin, Greek and Cyrillic: but see below */
	{ 0x0483, 0x0489 },     /* of Church Slavonic */
	{ 0x0591, 0x05bd }, { 0x05bf, 0x05bf }, { 0x05c1, 0x05c2 }, { 0x05c4, 0x05c5 },
	{ 0x05c7, 0x05c7 },     /* Hebrew: cantillation, niqqud */
	{ 0x0610, 0x061a }, { 0x064b, 0x0652 }, { 0x0656, 0x065f }, { 0x0670, 0x0670 },
	{ 0x06d6, 0x06dc }, { 0x06df, 0x06e4 }, { 0x06e7, 0x06e8 },
	{ 0x06ea, 0x06ed },     /* Arabic: harakat and the signs of the Koran */
	{ 0x0711, 0x0711 }, { 0x0730, 0x074a },         /* Syriac: vowel points */
	{ 0x0898, 0x089f }, { 0x08ca, 0x08ff },         /* Arabic */
	{ 0x093c, 0x093c },     /* Devanagari: the nukta, with which Hindi is written or not */
	{ 0x17b4, 0x17b5 },     /* Khmer: vowels that are not seen */
	{ 0x180b, 0x180f },     /* variation selectors, as fe00 and e0100 */
	{ 0x1ab0, 0x1aff }, { 0x1dc0, 0x1dff }, { 0x20d0, 0x20ff },     /* as 0300 */
	{ 0xa66f, 0xa672 },     /* as 0483 */
	{ 0xfb1e, 0xfb1e },     /* Hebrew */
	{ 0xfe00, 0xfe0f }, { 0xfe20, 0xfe2f }, { 0xe0100, 0xe01ef },
};

/* Marks of the accents' range that make another letter of a letter. */
static bool makes_a_letter(int32_t mark, int32_t letter)
{
	if (letter < 0x0400 || letter > 0x052f)
		return false;
	switch (mark) {
	case 0x0306: return true;                                       /* й ў */
	case 0x0308: return letter != 0x0435;                           /* ї; ё is written as е */
	case 0x0301: return letter == 0x0433 || letter == 0x043a;       /* ѓ ќ */
	default:     return false;
	}
}

bool script_is_accent(int32_t mark, int32_t letter)
{
	/* Madda and hamza: of an alef they are left out, other letters are others without them. */
	if (mark >= 0x0653 && mark <= 0x0655)
		return letter == 0x0627;
	return is_in(accents, COUNT(accents), mark) && !makes_a_letter(mark, letter);
}

/* ---- Nasals ---- */

/* Scripts of India stand in blocks of one order: at the same place of each is the same letter.
 * Consonants come by where in the mouth they are made, four stops and their nasal each time. */
enum {
	BLOCK_SIZE = 0x80,
	CANDRABINDU = 0x01, ANUSVARA = 0x02, VIRAMA = 0x4d,
	KA = 0x15, NA = 0x28, NNNA = 0x29, MA = 0x2e,
	SHA = 0x36, SA = 0x38,
	VELAR = 1 << 0, PALATAL = 1 << 1, RETROFLEX = 1 << 2, DENTAL = 1 << 3, LABIAL = 1 << 4,
	EVERY = VELAR | PALATAL | RETROFLEX | DENTAL | LABIAL,
};

/* Before which stops the anusvara is written for their nasal; elsewhere it is a sound of its own.
 * With loans, na is before them all and before sibilants: लेन्स is लेंस, इन्डिया is इंडिया. */
static const struct { int32_t block; int before; bool loans; } nasals[] = {
	{ 0x0900, EVERY, true },        /* Devanagari */
	{ 0x0980, VELAR, false },       /* Bengali: সঙ্গীত সংগীত, but হিন্দি */
	{ 0x0a80, EVERY, true },        /* Gujarati */
	{ 0x0b00, VELAR, false },       /* Odia */
	{ 0x0c00, EVERY, false },       /* Telugu */
	{ 0x0c80, EVERY, false },       /* Kannada */
	{ 0x0d00, VELAR | LABIAL, false },      /* Malayalam: കമ്പ്യൂട്ടർ കംപ്യൂട്ടർ, but ഹിന്ദി */
};

/* A bit of those above; 0: it is neither a stop nor a nasal. */
static int place_of(int32_t letter, bool *is_nasal)
{
	if (letter < KA || letter > MA || letter == NNNA)
		return 0;
	int at = letter - KA - (letter > NNNA);
	*is_nasal = at % 5 == 4;
	return 1 << at / 5;
}

int32_t script_nasal_mark(int32_t nasal, int32_t virama, int32_t next)
{
	int32_t block = nasal & ~(BLOCK_SIZE - 1), letter = next - block;
	bool is_nasal = false, is_before_nasal = false;
	int place = place_of(nasal - block, &is_nasal), before = place_of(letter, &is_before_nasal);
	bool is_loan = nasal - block == NA && (before || (letter >= SHA && letter <= SA));

	if (virama - block != VIRAMA || !is_nasal || is_before_nasal)
		return 0;
	for (size_t i = 0; i < COUNT(nasals); i++)
		if (nasals[i].block == block)
			return (place & before & nasals[i].before) || (is_loan && nasals[i].loans)
				? block + ANUSVARA : 0;
	return 0;
}

int32_t script_typed_mark(int32_t mark)
{
	/* Hindi is written with either, and Gujarati. */
	return mark == 0x0900 + CANDRABINDU || mark == 0x0a80 + CANDRABINDU ? mark + 1 : mark;
}

/* ---- Letters ---- */

const char *script_typed_letter(int32_t letter)
{
	switch (letter) {
	/* Without their stroke or ligature, which Unicode does not decompose. */
	case 0x00e6: return "ae";
	case 0x00f0: return "d";
	case 0x00f8: return "o";
	case 0x00fe: return "th";
	case 0x0111: return "d";
	case 0x0127: return "h";
	case 0x0131: return "i";
	case 0x0142: return "l";
	case 0x0153: return "oe";
	/* Hebrew's letters at the end of a word, which are others once an ending follows. */
	case 0x05da: return "\u05db";
	case 0x05dd: return "\u05de";
	case 0x05df: return "\u05e0";
	case 0x05e3: return "\u05e4";
	case 0x05e5: return "\u05e6";
	/* Arabic: ة ى ٱ, and the keyboards of Persian and Urdu. */
	case 0x0629: return "\u0647";
	case 0x0649: return "\u064a";
	case 0x0671: return "\u0627";
	case 0x06a9: return "\u0643";
	case 0x06cc: return "\u064a";
	default:     return NULL;
	}
}

/* ---- Signs ---- */

static const struct range joiners[] = {
	{ '"', '"' },           /* for Hebrew's gershayim */
	{ '&', '\'' }, { '-', '.' }, { '_', '_' }, { '`', '`' },
	{ 0x00b4, 0x00b4 },     /* an accent for an apostrophe */
	{ 0x00b7, 0x00b7 },     /* l·l */
	{ 0x02b9, 0x02bf },     /* letters that are apostrophes */
	{ 0x0387, 0x0387 },
	{ 0x055f, 0x055f }, { 0x058a, 0x058a },         /* Armenian */
	{ 0x05be, 0x05be }, { 0x05f3, 0x05f4 },         /* Hebrew: maqaf, geresh, gershayim */
	{ 0x2010, 0x2013 },     /* hyphens and what is taken for one */
	{ 0x2018, 0x201b }, { 0x2024, 0x2024 }, { 0x2027, 0x2027 }, { 0x2032, 0x2032 },
	{ 0x2212, 0x2212 },
	{ 0x30a0, 0x30a0 }, { 0x30fb, 0x30fb },         /* Katakana's hyphen and middle dot */
	{ 0xa78c, 0xa78c },     /* the saltillo */
	{ 0xfe52, 0xfe52 }, { 0xfe63, 0xfe63 },
	{ 0xff06, 0xff07 }, { 0xff0d, 0xff0e }, { 0xff3f, 0xff3f }, { 0xff65, 0xff65 },
};

bool script_is_joiner(int32_t sign)
{
	return is_in(joiners, COUNT(joiners), sign);
}
