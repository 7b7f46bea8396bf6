/* fold.c - see fold.h. */
#include "fold.h"

#include <utf8proc.h>

#include "builder.h"

int unfold(int32_t c, bool fold_case, int32_t parts[PARTS_MAX])
{
	utf8proc_ssize_t count = utf8proc_decompose_char(c, parts, PARTS_MAX, UTF8PROC_DECOMPOSE |
		UTF8PROC_COMPAT | (fold_case ? UTF8PROC_CASEFOLD : 0), NULL);

	return count < PARTS_MAX ? (int)count : PARTS_MAX;
}

/* Combining marks of the alphabets in which they are accents. Those of others are vowels and
 * voices. */
static bool is_accent(int32_t c)
{
	return c >= 0x300 && c <= 0x36f;
}

static void put(struct builder *folded, int32_t c, enum fold what)
{
	int32_t parts[PARTS_MAX];

	if (c < 0x80) {                 /* no parts, and one other case */
		builder_put(folded, (str) { &(char) { (char)(c >= 'A' && c <= 'Z' ? c | 0x20 : c) }, 1 });
		return;
	}
	int count = unfold(c, true, parts);
	for (int i = 0; i < count; i++) {
		utf8proc_uint8_t bytes[4];
		if (what == FOLD_ACCENTS && is_accent(parts[i]))
			continue;
		size_t size = (size_t)utf8proc_encode_char(parts[i], bytes);
		builder_put(folded, (str) { (char *)bytes, size });
	}
}

char *text_fold(struct arena *arena, const char *text, enum fold what)
{
	const char *plain = text_plain(arena, text);
	str rest = { plain, strnlen(plain, FOLDED_SIZE_MAX) };
	struct builder folded = builder_begin(arena, rest.size);

	while (rest.size > 0) {
		int32_t c = utf8_take(&rest);
		put(&folded, c < 0 ? ' ' : c, what);
	}
	return builder_end(&folded);
}
