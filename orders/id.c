/* id.c - numbers that nobody can guess and a person can read out; and how they are written down. */
#include <stdlib.h>
#include <unistd.h>

#include "fold.h"
#include "order.h"

#define LETTERS 10

static void fill_random(void *bytes, size_t size)
{
	if (getentropy(bytes, size) != 0)
		abort();
}

void id_make(char id[ID_SIZE], const char *prefix)
{
	static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
	unsigned char random[LETTERS];

	fill_random(random, sizeof(random));
	size_t at = strlen(prefix);
	memcpy(id, prefix, at);
	for (size_t i = 0; i < LETTERS; i++)
		id[at + i] = alphabet[random[i] % 32];
	id[at + LETTERS] = '\0';
}

int64_t id_number(void)
{
	uint64_t number;

	fill_random(&number, sizeof(number));
	return (int64_t)(number >> 1);
}

const char *id_bare(struct arena *arena, const char *id)
{
	const char *plain = text_plain(arena, id);

	return plain + (*plain == '#');
}

const char *id_capitals(struct arena *arena, const char *id)
{
	return text_capitals(arena, text_plain(arena, id));
}

const char *id_small(struct arena *arena, const char *id)
{
	return text_small(arena, id_bare(arena, id));
}

const char *sku_key(struct arena *arena, const char *sku)
{
	return text_fold(arena, sku, FOLD_CASE);
}
