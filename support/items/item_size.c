/* item_size.c - see item_size.h. */
#include "item_size.h"

#define ITEM_MAX ((size_t)400 * 1000)   /* of 409,600: names and numbers count too */

str item_text_fit(str text)
{
	if (text.size <= ITEM_TEXT_MAX)
		return text;
	text.size = ITEM_TEXT_MAX;
	while (text.size > 0 && ((unsigned char)text.at[text.size] & 0xC0) == 0x80)
		text.size--;
	return text;
}

static size_t size_of(const char *text)
{
	return text ? strlen(text) : 0;
}

/* What is for the model alone goes first, then what pages show beside the text. */
void item_fit(struct arena *arena, struct message *message)
{
	str text = str_of(message->text), fits = item_text_fit(text);

	if (fits.size < text.size) {
		message->text = arena_copy(arena, fits);
		message->cut = message->cut ? message->cut : "it was too long to be kept whole";
	}
	size_t rest = fits.size + size_of(message->author) + size_of(message->idempotency_key);
	if (rest + size_of(message->cards) + size_of(message->steps) > ITEM_MAX)
		message->steps = NULL;
	if (rest + size_of(message->cards) > ITEM_MAX)
		message->cards = NULL;
}

size_t item_size(const struct message *message)
{
	return 1024 + 3 * (size_of(message->text) + size_of(message->author) + size_of(message->idempotency_key)) + size_of(message->cards) +
	       size_of(message->steps);
}
