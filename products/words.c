/* words.c - what is asked for: the words of a query, the index's condition, the rank; see words.h. */
#include "words.h"

#include "builder.h"
#include "joins.h"

enum {
	RANK_WHOLE = WORDS_MAX + 1,     /* more than all words that only begin one */
	PAIRS_MAX = 8,                  /* of a run: enough to find candidates */
};

/* ---- Splitting ---- */

/* Its place among the words; their count: it is not there. */
static int place_of(const struct words *words, str word)
{
	int place = 0;
	while (place < words->count && !str_same(words->at[place], word))
		place++;
	return place;
}

/* A word of the query where it stands in it, which is not where it stands among the words. */
struct seen {
	str word;
	unsigned of;
	bool joins;                     /* the one before it */
};

static void add_join(struct words *words, const struct seen *first, const struct seen *last, unsigned of)
{
	size_t size = (size_t)(last->word.at + last->word.size - first->word.at);

	if (words->joins_count < JOINS_MAX)
		words->joins[words->joins_count++] = (struct join) { { first->word.at, size }, of };
}

/* `last` is the latest of three. Over a single letter, three are one: rock n roll. */
static void join(struct words *words, struct seen *last)
{
	struct seen *before = last - 1, *first = last - 2;

	last->joins = before->word.at && joins_in_query(before->word, last->word);
	if (!last->joins)
		return;
	add_join(words, before, last, before->of | last->of);
	if (before->joins && utf8_length(before->word) == 1)
		add_join(words, first, last, first->of | before->of | last->of);
}

struct words words_split(const char *folded)
{
	struct words words = { .count = 0 };
	struct seen seen[3] = { 0 };
	str rest = str_of(folded);

	while (rest.size) {
		str word = str_cut(&rest, ' ');
		if (!word.size)
			continue;
		int place = place_of(&words, word);
		if (place == WORDS_MAX) {
			words.cut = true;
			break;
		}
		if (place == words.count)
			words.at[words.count++] = word;
		memmove(seen, seen + 1, 2 * sizeof *seen);
		seen[2] = (struct seen) { word, 1u << place, false };
		join(&words, &seen[2]);
	}
	return words;
}

struct words words_alone(const struct words *words, int which)
{
	struct words alone = { .at = { words->at[which] }, .count = 1 };

	for (int i = 0; i < words->joins_count; i++)
		if (words->joins[i].of & 1u << which)
			alone.joins[alone.joins_count++] = (struct join) { words->joins[i].text, 1 };
	return alone;
}

/* ---- The rank ---- */

/* A prefix of one letter is no match; a word of one letter matches whole. */
static bool is_prefix(str word)
{
	return utf8_length(word) >= 2;
}

enum match { ELSEWHERE, BEGINS, WHOLE };

/* Whether the name goes on with the word from here. Spaces do not count in either: "t shirt" is "tshirt". */
static enum match match_from(str word, const char *name)
{
	for (size_t i = 0; i < word.size; ) {
		if (word.at[i] == *name)
			i++, name++;
		else if (word.at[i] == ' ')
			i++;
		else if (*name == ' ')
			name++;
		else
			return ELSEWHERE;
	}
	return *name == ' ' || !*name ? WHOLE : BEGINS;
}

static enum match match_word(str word, const char *name)
{
	enum match best = ELSEWHERE;

	for (const char *at = name; *at; ) {
		enum match match = *at == *word.at ? match_from(word, at) : ELSEWHERE;
		if (match == WHOLE)
			return WHOLE;
		best = match > best ? match : best;
		at += strcspn(at, " ");
		at += *at == ' ';
	}
	return is_prefix(word) ? best : ELSEWHERE;
}

static enum match match_run(str run, const char *name)
{
	enum match best = ELSEWHERE;
	size_t size = strlen(name);

	for (const char *at = name; (at = memmem(at, size - (size_t)(at - name), run.at, run.size)); at++) {
		const char *end = at + run.size;
		if ((at == name || at[-1] == ' ') && (!*end || *end == ' '))
			return WHOLE;
		best = BEGINS;
	}
	return best;
}

char *words_asked(struct arena *arena, const struct words *words)
{
	struct builder out = builder_begin(arena, 64);

	for (int i = 0; i < words->count; i++) {
		builder_put(&out, STR(" "));
		builder_put(&out, words->at[i]);
	}
	return builder_end(&out);
}

int64_t words_rank(const struct words *words, const char *name)
{
	enum match best[WORDS_MAX];
	int64_t rank = 0;

	for (int i = 0; i < words->count; i++)
		best[i] = (word_is_run(words->at[i]) ? match_run : match_word)(words->at[i], name);
	for (int i = 0; i < words->joins_count; i++) {
		enum match match = match_word(words->joins[i].text, name);
		for (int j = 0; j < words->count; j++)
			if (words->joins[i].of & 1u << j && match > best[j])
				best[j] = match;
	}
	for (int i = 0; i < words->count; i++)
		rank += best[i] == WHOLE ? RANK_WHOLE : (int64_t)best[i];
	return rank;
}

/* ---- The index's condition ---- */

struct condition {
	struct builder out;
	const char *quote, *prefix, *and, *or;
};

/* A word is letters and digits, so nothing in it ends the quotes. */
static void put_word(struct condition *c, str word, bool prefix)
{
	builder_put(&c->out, str_of(c->quote));
	while (word.size)
		builder_put(&c->out, str_cut(&word, ' '));
	builder_put(&c->out, str_of(c->quote));
	if (prefix)
		builder_put(&c->out, str_of(c->prefix));
}

static void put_and(struct condition *c)
{
	if (c->out.size)
		builder_put(&c->out, str_of(c->and));
}

/* Every second pair, and the last: so all its characters are looked for. */
static void put_run(struct condition *c, str run)
{
	str rest = run;
	size_t step = utf8_step(rest);

	if (step == run.size) {
		put_and(c);
		put_word(c, run, true);
		return;
	}
	for (int pairs = 0; pairs < PAIRS_MAX && rest.size; pairs++) {
		size_t first = utf8_step(rest);
		size_t second = first < rest.size ? utf8_step((str) { rest.at + first, rest.size - first }) : 0;
		/* An odd one at the end goes with the one before. */
		str pair = second ? (str) { rest.at, first + second } : (str) { rest.at - step, step + first };
		put_and(c);
		put_word(c, pair, false);
		step = second;
		rest.at += first + second;
		rest.size -= first + second;
	}
}

static void put_either(struct condition *c, const struct words *words, int which)
{
	bool alone = true;

	put_and(c);
	for (int i = 0; i < words->joins_count && alone; i++)
		alone = !(words->joins[i].of & 1u << which);
	if (!alone)
		builder_put(&c->out, STR("("));
	put_word(c, words->at[which], is_prefix(words->at[which]));
	for (int i = 0; i < words->joins_count; i++) {
		if (!(words->joins[i].of & 1u << which))
			continue;
		builder_put(&c->out, str_of(c->or));
		put_word(c, words->joins[i].text, true);
	}
	if (!alone)
		builder_put(&c->out, STR(")"));
}

char *words_match(struct arena *arena, enum match_style style, const struct words *words,
                  const char *category)
{
	static const struct condition styles[] = {
		[MATCH_FTS5] = { .quote = "\"", .prefix = "*", .and = " AND ", .or = " OR " },
		[MATCH_TSQUERY] = { .quote = "'", .prefix = ":*", .and = " & ", .or = " | " },
	};
	struct condition c = styles[style];

	c.out = builder_begin(arena, 64);
	if (category)
		put_word(&c, str_of(words_category(arena, category)), false);
	for (int i = 0; i < words->count; i++)
		if (word_is_run(words->at[i]))
			put_run(&c, words->at[i]);
		else
			put_either(&c, words, i);
	return builder_end(&c.out);
}

char *words_runs(struct arena *arena, enum match_style style, const struct words *words)
{
	struct builder out = builder_begin(arena, 64);
	bool json = style == MATCH_FTS5;

	for (int i = 0; i < words->count; i++) {
		if (!word_is_run(words->at[i]) || utf8_length(words->at[i]) < 3)
			continue;
		builder_put(&out, out.size ? json ? STR("\",\"") : STR(" ") : json ? STR("[\"") : STR(""));
		builder_put(&out, words->at[i]);
	}
	if (!out.size)
		return NULL;
	if (json)
		builder_put(&out, STR("\"]"));
	return builder_end(&out);
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
