/* words.c - see words.h. */
#include "words.h"

struct reading {
	struct word *words;
	size_t count, marks;
	char *to;                       /* where the word that is being read stands, and */
	char *begin;                    /* begins */
	size_t letters, capitals;
};

static void end_word(struct reading *reading)
{
	while (reading->to > reading->begin && reading->to[-1] == '\'')
		reading->to--;
	if (reading->to > reading->begin && reading->count < WORDS_MAX) {
		*reading->to++ = '\0';
		reading->words[reading->count++] = (struct word) {
			reading->begin, reading->letters >= 3 && reading->capitals == reading->letters,
		};
	}
	reading->begin = reading->to;
	reading->letters = reading->capitals = 0;
}

static void put_mark(struct reading *reading, char mark)
{
	const char *text = mark == ',' || mark == ';' || mark == ':' || mark == '(' ? "," : ".";

	end_word(reading);
	if (reading->count > 0 && reading->count < WORDS_MAX && !strchr(",.", *reading->words[reading->count - 1].text))
		reading->words[reading->count++] = (struct word) { text, false };
	reading->marks += mark == '!';
}

static void put(struct reading *reading, const char *letters, bool capital)
{
	while (*letters)
		*reading->to++ = *letters++;
	reading->letters++;
	reading->capitals += capital;
}

/* What is no plain letter: two bytes or three, and what stands for it. */
static const struct { const char *bytes, *as; bool capital; } others[] = {
	{ "ä", "ae", false }, { "ö", "oe", false }, { "ü", "ue", false }, { "ß", "ss", false },
	{ "Ä", "ae", true }, { "Ö", "oe", true }, { "Ü", "ue", true },
	{ "’", "'", false }, { "‘", "'", false }, { "´", "'", false }, { "`", "'", false }, { "'", "'", false },
};

static size_t read_other(struct reading *reading, str rest)
{
	size_t step = utf8_step(rest), blank = blank_step(rest);

	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
		if (str_starts(rest, others[i].bytes)) {
			bool apostrophe = *others[i].as == '\'';
			if (!apostrophe)
				put(reading, others[i].as, others[i].capital);
			else if (reading->to > reading->begin)
				*reading->to++ = '\'';
			return strlen(others[i].bytes);
		}
	if (blank > 0 || step < 2) {
		end_word(reading);
		return blank > 0 ? blank : 1;
	}
	if (str_starts(rest, "…") || str_starts(rest, "–") || str_starts(rest, "—"))
		put_mark(reading, ',');
	else
		put(reading, (char[UTF8_MAX + 1]) { rest.at[0], rest.at[1], step > 2 ? rest.at[2] : '\0', step > 3 ? rest.at[3] : '\0' }, false);
	return step;
}

struct words words_in(struct arena *arena, const char *text)
{
	str rest = str_of(text);
	/* Each byte is one of a word, and each word has an end; a word has at least a byte. */
	char *room = arena_alloc_raw(arena, 2 * rest.size + 2);
	size_t most = rest.size < WORDS_MAX ? rest.size + 1 : WORDS_MAX;
	struct reading reading = { .words = arena_array(arena, struct word, most), .to = room, .begin = room };

	while (rest.size > 0 && reading.count < WORDS_MAX) {
		char c = *rest.at;
		size_t step = 1;
		if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
			put(&reading, (char[]) { c, '\0' }, false);
		else if (c >= 'A' && c <= 'Z')
			put(&reading, (char[]) { (char)(c | 0x20), '\0' }, true);
		else if (strchr(",;:(.!?\n", c))
			put_mark(&reading, c);
		else
			step = read_other(&reading, rest);
		rest = (str) { rest.at + step, rest.size - step };
	}
	end_word(&reading);
	return (struct words) { reading.words, reading.count, reading.marks };
}

bool word_is(const struct words *words, size_t at, const char *some)
{
	return at < words->count && str_lists(str_of(some), ' ', str_of(words->at[at].text));
}

bool word_ends(const struct words *words, size_t at)
{
	return word_is(words, at, ", .") || at >= words->count;
}
