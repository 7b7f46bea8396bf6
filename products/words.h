/* words.h - text as a search sees it: words without case and accents.
 *
 * A word is a run of letters and digits; everything else separates. "Crème-Brûlée No. 2" is
 * "creme brulee no 2". What is stored and what is asked for are folded by the same function, so
 * search gives the same products in every database.
 *
 * A run is a word of a script without spaces (scripts.h), in which a search finds every part: the index
 * holds its characters two by two. What some write in one and some apart ("wi-fi", "men's") is in the
 * index both ways (words_beside()), and asked for both ways (struct join). */
#ifndef WORDS_H
#define WORDS_H

#include "core.h"

enum {
	WORDS_MAX = 16,
	FOLD_SIZE_MAX = 32 * 1024,      /* bytes: what is behind that is not searched for */
	KEY_SIZE_MAX = 256,             /* bytes: a SKU is at most 64 characters long */
};

/* What a row's words end with says which version of all this made them: blanks, which are no words to
 * either database. Whoever changes what a text becomes adds one, and refold.c does the rest. */
#define WORDS_MARK "  "

/* ---- What is stored ---- */

/* Folded words, with one space between them; "" for no words. NULL is fine. No more than
 * FOLD_SIZE_MAX bytes are read of the text, nor written: a character may fold into 18. */
char *words_fold(struct arena *arena, const char *text);
/* The same with WORDS_JOINT instead of a space where a sign joined two words: "men-s t-shirt". */
#define WORDS_JOINT '-'
char *words_fold_joined(struct arena *arena, const char *text);
/* What the index holds of a text beside its folded words: "mens tshirt". At most four times as much. */
char *words_beside(struct arena *arena, const char *text, bool of_name);
/* In plain signs (text_plain) and case folded, nothing else: what makes two SKUs the same. "", which no
 * SKU has, for a text of more than KEY_SIZE_MAX bytes. */
char *words_key(struct arena *arena, const char *text);

/* ---- What is asked for ---- */

/* Neighbours that may be one word: `text` is "t shirt", to be read without the space. */
struct join {
	str text;
	unsigned of;            /* a bit for each of words.at that is in it */
};
enum { JOINS_MAX = 2 * WORDS_MAX };

/* The words of a query, each once, in the order they came. */
struct words {
	str at[WORDS_MAX];
	int count;
	bool cut;               /* there were more, which are ignored */
	struct join joins[JOINS_MAX];
	int joins_count;
};

/* The words of folded text. They point into it. */
struct words words_split(const char *folded);
/* One of them, with its joins, as a query of its own. */
struct words words_alone(const struct words *words, int which);

/* The words of a query as one text, in their order. */
char *words_asked(struct arena *arena, const struct words *words);

/* How well words match a product found by them: words that are whole words of its name weigh
 * most, then those that begin one, or are within a run. `name` is folded. */
int64_t words_rank(const struct words *words, const char *name);

/* The condition of the full-text index, as SQLite's FTS5 or PostgreSQL's tsquery has it: every word
 * matches, or a join of it, those of two letters or more also as a prefix. `category` (folded; NULL:
 * any) only narrows what the index reads. */
enum match_style { MATCH_FTS5, MATCH_TSQUERY };
char *words_match(struct arena *arena, enum match_style style, const struct words *words,
                  const char *category);
/* Runs that must be in the text as they are, which the index can't tell: it only knows that all pairs of
 * their characters are there. A JSON array for SQLite, for PostgreSQL words with a space between; NULL
 * for none. */
char *words_runs(struct arena *arena, enum match_style style, const struct words *words);
/* The index's word for a folded category: no query can contain it. */
char *words_category(struct arena *arena, const char *category);

#endif
