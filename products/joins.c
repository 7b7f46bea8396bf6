/* joins.c - see joins.h. */
#include "joins.h"

#include "scripts.h"

bool word_is_run(str word)
{
	/* Those of up to two bytes are all of scripts with spaces. */
	return word.size > 2 && (unsigned char)*word.at >= 0xe0
		&& script_is_spaceless(utf8_take(&word));
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_number(str word)
{
	for (size_t i = 0; i < word.size; i++)
		if (!is_digit(word.at[i]))
			return false;
	return true;
}

bool joins_at_sign(str first, str second)
{
	return !word_is_run(first) && !word_is_run(second)
		&& !(is_digit(first.at[first.size - 1]) && is_digit(*second.at));
}

bool joins_in_name(str first, str second)
{
	size_t letters = utf8_length(first);

	if (!joins_at_sign(first, second))
		return false;
	if (is_number(first) || is_number(second))
		return true;
	/* An article is no part of a word. */
	return first.size == 1 ? *first.at != 'a' : letters <= 3 && utf8_length(second) <= 2;
}

bool joins_in_query(str first, str second)
{
	return joins_at_sign(first, second)
		&& (utf8_length(first) <= 3 || utf8_length(second) == 1
		    || is_number(first) || is_number(second));
}
