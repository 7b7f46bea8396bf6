/* thinking.c - marks of thinking: what may be one is held until it is known. */
#include "thinking.h"

static const char *const begins[] = { "<thinking>", "<think>", NULL };
static const char *const ends[] = { "</thinking>", "</think>", NULL };

enum fit { FITS_NONE, FITS_BEGINNING, FITS_WHOLE };

static enum fit fit(const struct thinking *thinking)
{
	const char *const *marks = thinking->inside ? ends : begins;
	enum fit best = FITS_NONE;

	for (; *marks; marks++)
		if (strncmp(*marks, thinking->held, thinking->size) == 0)
			best = (*marks)[thinking->size] ? FITS_BEGINNING : FITS_WHOLE;
	return best;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Without the blanks that a text begins with, and those that would be two where something was left out. */
static void say_more(struct thinking *thinking, str text, thinking_fn *say, void *of)
{
	if (thinking->inside)
		return;
	for (size_t step = 1; !thinking->said && step > 0; text = (str) { text.at + step, text.size - step })
		step = blank_step(text);
	if (text.size == 0)
		return;
	thinking->said = true;
	thinking->blank = is_blank(text.at[text.size - 1]);
	say(of, text);
}

static void pass_mark(struct thinking *thinking)
{
	thinking->inside = !thinking->inside;
	thinking->said = thinking->said && !thinking->blank;
	thinking->size = 0;
}

/* What is held is no mark. */
static void let_go(struct thinking *thinking, size_t size, thinking_fn *say, void *of)
{
	say_more(thinking, (str) { thinking->held, size }, say, of);
	thinking->size = 0;
}

/* One more byte where something is held, or begins to be. False: it is no mark, and the byte is left: it may be in the
 * middle of a character. */
static bool hold(struct thinking *thinking, char c, thinking_fn *say, void *of)
{
	thinking->held[thinking->size++] = c;
	switch (fit(thinking)) {
	case FITS_WHOLE:
		pass_mark(thinking);
		return true;
	case FITS_BEGINNING:
		return true;
	default:
		let_go(thinking, thinking->size - 1, say, of);
		return false;
	}
}

void thinking_take(struct thinking *thinking, str text, thinking_fn *say, void *of)
{
	while (text.size > 0) {
		const char *open = memchr(text.at, '<', text.size);
		size_t step = open ? (size_t)(open - text.at) : text.size;
		if (thinking->size > 0 || step == 0)
			step = hold(thinking, text.at[0], say, of);
		else
			say_more(thinking, (str) { text.at, step }, say, of);
		text = (str) { text.at + step, text.size - step };
	}
}

void thinking_end(struct thinking *thinking, thinking_fn *say, void *of)
{
	let_go(thinking, thinking->size, say, of);
	*thinking = (struct thinking) { 0 };
}
