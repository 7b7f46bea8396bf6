/* scripts.h - how the world's scripts differ, as far as a search must know. */
#ifndef SCRIPTS_H
#define SCRIPTS_H

#include <stdbool.h>
#include <stdint.h>

/* It is written without spaces between words, so that a word may begin anywhere. */
bool script_is_spaceless(int32_t letter);

/* The mark only helps to say or to read the letter (in lower case, without marks) it stands on, and who
 * types leaves it out: an accent, a vowel point. Other marks are letters in all but name: a vowel sign
 * of Devanagari, the voicing of kana, the breve of й. */
bool script_is_accent(int32_t mark, int32_t letter);

/* A nasal and its virama before another letter are written as a mark of the letter before them,
 * too: हिन्दी is हिंदी. That mark; 0: they are not. */
int32_t script_nasal_mark(int32_t nasal, int32_t virama, int32_t next);

/* The mark that stands for this one where both are written: हँसी is हंसी. */
int32_t script_typed_mark(int32_t mark);

/* Letters (in lower case) that are typed in another way than they are written. NULL: it is typed as it is. */
const char *script_typed_letter(int32_t letter);

/* A sign that stands within a word, which some write apart and some in one: men's, wi-fi, l·l. */
bool script_is_joiner(int32_t sign);

/* Words in one square, which count as those: ㎏, ㍍, ㈱. */
bool script_is_square(int32_t sign);

/* V and T of Hangul's syllables, where they come as letters of their own. */
bool script_is_jamo_after(int32_t letter);

#endif
