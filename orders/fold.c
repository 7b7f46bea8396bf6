/* fold.c - see fold.h. */
#include "fold.h"

#include <utf8proc.h>

#define EXPANSION_MAX 18                        /* characters one may become: U+FDFA does */
#define CHARACTER_MAX (EXPANSION_MAX * 4)       /* and their bytes */

/* Combining marks of the alphabets in which they are accents. Those of others are vowels and voices. */
static bool is_accent(utf8proc_int32_t c)
{
	return c >= 0x300 && c <= 0x36f;
}

static utf8proc_int32_t next_character(str *rest)
{
	utf8proc_int32_t c;
	utf8proc_ssize_t size = utf8proc_iterate((const utf8proc_uint8_t *)rest->at,
	                                         (utf8proc_ssize_t)rest->size, &c);
	if (size <= 0) {
		size = 1;
		c = ' ';
	}
	rest->at += size;
	rest->size -= (size_t)size;
	return c;
}

static size_t put(char *to, utf8proc_int32_t c, enum fold what)
{
	utf8proc_int32_t parts[EXPANSION_MAX];
	utf8proc_ssize_t count = utf8proc_decompose_char(c, parts, EXPANSION_MAX,
		UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD, NULL);
	size_t used = 0;

	for (utf8proc_ssize_t i = 0; i < count && i < EXPANSION_MAX; i++)
		if (what != FOLD_ACCENTS || !is_accent(parts[i]))
			used += (size_t)utf8proc_encode_char(parts[i], (utf8proc_uint8_t *)to + used);
	return used;
}

const char *fold(struct arena *arena, const char *text, enum fold what)
{
	const char *plain = text_plain(arena, text);
	str rest = { plain, strnlen(plain, FOLD_SIZE_MAX) };
	size_t used = 0, room = rest.size + CHARACTER_MAX + 1;
	char *folded = arena_alloc_raw(arena, room);

	while (rest.size > 0) {
		if (room - used <= CHARACTER_MAX) {
			folded = arena_grow(arena, folded, room, 2 * room);
			room *= 2;
		}
		used += put(folded + used, next_character(&rest), what);
	}
	folded[used] = '\0';
	return folded;
}
