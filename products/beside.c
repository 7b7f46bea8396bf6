/* beside.c - words_beside(): what the index holds of a text beside its words. */
#include "builder.h"
#include "joins.h"
#include "words.h"

enum { COMPOUND_MAX = 64 };     /* bytes: nobody writes more in one */

struct beside {
	struct builder out;
	bool of_name;
	str before;                     /* the word before, within the folded text; .at NULL: none */
	str compound;                   /* words that signs join, up to and with `before` */
	int parts;
	bool joins;                     /* all of them could be one word */
};

static void put_word(struct beside *b, str first, str second)
{
	if (b->out.size)
		builder_put(&b->out, STR(" "));
	builder_put(&b->out, first);
	builder_put(&b->out, second);
}

/* Every two characters of a run, and the last one: so each begins a word of the index. The run itself is
 * one already. */
static void put_pairs(struct beside *b, str run)
{
	str one = { run.at, utf8_step(run) };
	const char *end = run.at + run.size;

	if (one.size == run.size)
		return;
	while (one.at + one.size < end) {
		str next = { one.at + one.size, (size_t)(end - one.at) - one.size };
		next.size = utf8_step(next);
		if (one.size + next.size < run.size)
			put_word(b, one, next);
		one = next;
	}
	put_word(b, one, STR(""));
}

/* rock-n-roll has "rockn" and "nroll" already; "rocknroll" is new. */
static void end_compound(struct beside *b)
{
	if (b->parts < 3 || !b->joins || b->compound.size > COMPOUND_MAX)
		return;
	put_word(b, STR(""), STR(""));
	for (str rest = b->compound; rest.size; )
		builder_put(&b->out, str_cut(&rest, WORDS_JOINT));
}

static void begin_compound(struct beside *b, str word)
{
	end_compound(b);
	b->compound = word;
	b->parts = 1;
	b->joins = true;
}

static void take_word(struct beside *b, str word, bool at_sign)
{
	if (at_sign) {
		bool joins = joins_at_sign(b->before, word);
		b->compound.size = (size_t)(word.at + word.size - b->compound.at);
		b->parts++;
		b->joins = b->joins && joins;
		if (joins)
			put_word(b, b->before, word);
	} else {
		begin_compound(b, word);
		if (b->of_name && b->before.at && joins_in_name(b->before, word))
			put_word(b, b->before, word);
	}
	if (word_is_run(word))
		put_pairs(b, word);
	b->before = word;
}

char *words_beside(struct arena *arena, const char *text, bool of_name)
{
	static const char ends[] = { ' ', WORDS_JOINT, '\0' };
	const char *at = words_fold_joined(arena, text);
	struct beside b = { .out = builder_begin(arena, strlen(at)), .of_name = of_name };

	for (bool at_sign = false; *at; ) {
		str word = { at, strcspn(at, ends) };
		take_word(&b, word, at_sign);
		at += word.size;
		at_sign = *at == WORDS_JOINT;
		at += *at != '\0';
	}
	end_compound(&b);
	return builder_end(&b.out);
}
