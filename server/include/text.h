/* text.h - slices of text: comparing, cutting, numbers.
 *
 * What compares is here, so that the length of a text that is written where it is used is known. */
#ifndef MCP_TEXT_H
#define MCP_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "attributes.h"

/* Bytes that somebody else owns: not NUL-terminated. `.at` NULL means absent, which is not empty. */
typedef struct {
	const char *at;
	size_t size;
} str;

#define STR(literal) ((str) { "" literal, sizeof(literal) - 1 })
#define STR_FORMAT(s) (int)(s).size, (s).at /* for "%.*s"; a variable, it is read twice */

static inline str str_of(const char *text)
{
	return (str) { text, text ? strlen(text) : 0 };
}

static inline bool str_same(str a, str b)
{
	return a.size == b.size && (a.size == 0 || memcmp(a.at, b.at, a.size) == 0);
}

static inline bool str_is(str a, const char *text)
{
	return a.at && str_same(a, str_of(text));
}

static inline bool str_starts(str s, const char *prefix)
{
	size_t size = strlen(prefix);

	return s.size >= size && (size == 0 || memcmp(s.at, prefix, size) == 0);
}

/* ASCII case only. */
bool letters_same(const char *a, const char *b, size_t size);
static inline bool str_same_nocase(str a, str b)
{
	return a.size == b.size && letters_same(a.at, b.at, a.size);
}

static inline bool str_is_nocase(str a, const char *text)
{
	return a.at && str_same_nocase(a, str_of(text));
}

uint64_t str_hash(str text);            /* FNV-1a */
/* `text` begins with this word, or sign, in any ASCII case: one in Latin letters is a word only where no
 * letter follows, one like "kr." or "£" anywhere. */
bool str_starts_word(str text, str word);
str str_trim(str s);                                    /* without SP and HTAB at both ends */
str str_cut(str *rest, char separator);                 /* takes the part before it off `rest` */
bool str_lists(str list, char separator, str item);     /* whether it is one of the parts */
MUST_USE bool str_to_int(str s, int64_t *value);        /* the whole of it, decimal, in range */

#endif
