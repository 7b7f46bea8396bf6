/* words.h - text as a search sees it: words without case and accents.
 *
 * A word is a run of letters and digits; everything else separates. "Crème-Brûlée No. 2" is
 * "creme brulee no 2". What is stored and what is asked for are folded by the same function, so
 * search gives the same products in every database. */
#ifndef WORDS_H
#define WORDS_H

#include "core.h"

enum {
	WORDS_MAX = 16,
	FOLD_SIZE_MAX = 32 * 1024,      /* bytes: what is behind that is not searched for */
	KEY_SIZE_MAX = 256,             /* bytes: a SKU is at most 64 characters long */
};

/* The words of a query, each once, in the order they came. */
struct words {
	str at[WORDS_MAX];
	int count;
	bool cut;               /* there were more, which are ignored */
};

/* Folded words, with one space between them; "" for no words. NULL is fine. No more than
 * FOLD_SIZE_MAX bytes are read of the text, nor written: a character may fold into 18. */
char *words_fold(struct arena *arena, const char *text);
/* The words of folded text. They point into it. */
struct words words_split(const char *folded);
/* In plain signs (text_plain) and case folded, nothing else: what makes two SKUs the same. "", which no
 * SKU has, for a text of more than KEY_SIZE_MAX bytes. */
char *words_key(struct arena *arena, const char *text);

/* How well words match a product found by them: words that are whole words of its name weigh
 * most, then those that begin one. `name` is folded. */
int64_t words_rank(const struct words *words, const char *name);

/* The condition of the full-text index, as SQLite's FTS5 or PostgreSQL's tsquery has it: every word
 * matches, those of two letters or more also as a prefix. `category` (folded; NULL: any) only narrows
 * what the index reads. */
enum match_style { MATCH_FTS5, MATCH_TSQUERY };
char *words_match(struct arena *arena, enum match_style style, const struct words *words,
                  const char *category);
/* The index's word for a folded category: no query can contain it. */
char *words_category(struct arena *arena, const char *category);

#endif
