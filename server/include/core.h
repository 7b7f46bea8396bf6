/* core.h - the small vocabulary every layer and every program shares: text slices and arenas.
 *
 * Memory   Whatever comes from an arena lives until the arena is destroyed. There is nothing
 *          to free one by one.
 * Failure  Running out of memory aborts: inputs are bounded before they are read, so a failed
 *          allocation is the machine's failure, not a case to handle.
 * Threads  An arena belongs to one thread at a time. */
#ifndef MCP_CORE_H
#define MCP_CORE_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "attributes.h"
#include "text.h"

struct arena;

/* ---- UTF-8 (RFC 3629: no surrogates, nothing overlong, nothing above U+10FFFF) ---- */

bool utf8_valid(str s);
size_t utf8_length(str s);                              /* code points of valid UTF-8 */
/* The bytes of the character that `s`, which is not empty, begins with; 0: it is none. */
size_t utf8_step(str s);
#define UTF8_MAX 4
size_t utf8_put(uint32_t c, char into[UTF8_MAX]);       /* the bytes of a code point, how many */
/* Takes that character off `s`; -1 for a byte that is none. */
int32_t utf8_take(str *s);

/* What people type and copy in plain signs: every hyphen, dash and minus is a -, every blank a space, with
 * none at the ends; what nobody sees is left out. `text` itself, where it is so already. */
const char *text_plain(struct arena *arena, const char *text);
bool text_blank(const char *text);                      /* nothing in it can be seen */
/* The bytes of the blank, or of what nobody sees, that `s` begins with; 0: it begins with neither. */
size_t blank_step(str s);
str blank_trim(str s);                                  /* without those at both ends */
/* A copy with ASCII's letters in capitals, or small. */
char *text_capitals(struct arena *arena, const char *text);
char *text_small(struct arena *arena, const char *text);
/* As it stands in a URI in the place of a template's {name} (RFC 6570, level 1): "Ada L" is "Ada%20L". */
char *text_in_uri(struct arena *arena, const char *text);

#define QUOTE_MAX 256
#define REPLACEMENT "\xef\xbf\xbd" /* U+FFFD, where something was that is no character */

struct quote {
	char text[QUOTE_MAX + sizeof("…")];
};

/* What somebody else sent, fit to be told in an answer or a log, whatever it is: at most `size_max`
 * bytes (themselves at most QUOTE_MAX) of whole characters, and … where there were more. What is no
 * UTF-8, and control characters, are U+FFFD. By value, for the length of one expression:
 *
 *     fault_say(arena, fault, "There is no method \"%s\".", str_quote(name, 64).text) */
struct quote str_quote(str text, size_t size_max);

/* ---- Arenas ---- */

struct arena *arena_create(void);
void arena_destroy(struct arena *arena);                        /* NULL is fine */
void *arena_alloc(struct arena *arena, size_t size);            /* zeroed, aligned for any type */
void *arena_alloc_raw(struct arena *arena, size_t size);        /* the same, not zeroed */
/* Grows what arena_alloc*() gave: in place where it was the latest, else by a copy. */
void *arena_grow(struct arena *arena, void *old, size_t old_size, size_t new_size);
char *arena_copy(struct arena *arena, str s);                   /* NUL-terminated */
char *arena_print(struct arena *arena, const char *format, ...) PRINTF(2, 3);
char *arena_print_list(struct arena *arena, const char *format, va_list list);
/* Calls release(thing) when the arena is destroyed, the latest first. */
void arena_own(struct arena *arena, void *thing, void (*release)(void *thing));
size_t arena_size(const struct arena *arena);                   /* bytes handed out */

#define arena_new(arena, T) ((T *)arena_alloc((arena), sizeof(T)))
#define arena_array(arena, T, count) ((T *)arena_alloc((arena), sizeof(T) * (size_t)(count)))

/* ---- Time ---- */

int64_t now_ms(void);           /* the wall clock, UTC, milliseconds since 1970 */
int64_t tick_ms(void);          /* a clock that only goes forward, for deadlines */
int64_t tick_us(void);          /* the same in microseconds */

#define TIME_TEXT_SIZE 32
/* RFC 3339 in UTC: 2010-12-01T08:26:00Z, with milliseconds only where there are some. */
void time_print(int64_t at_ms, char text[TIME_TEXT_SIZE]);
/* Reads RFC 3339, with any offset, or a date alone (its midnight in UTC). */
MUST_USE bool time_parse(str text, int64_t *at_ms);

#endif
