/* fold.h - text as it is compared: whoever types it need not know its case, nor its accents.
 *
 * A program that uses this loads utf8proc. */
#ifndef MCP_FOLD_H
#define MCP_FOLD_H

#include "core.h"

enum fold {
	FOLD_CASE,              /* an SKU */
	FOLD_ACCENTS,           /* and a name: without accents of Latin, Greek and Cyrillic */
};

/* In plain signs (text_plain), taken apart (Unicode's NFKD). No more than FOLDED_SIZE_MAX bytes are
 * read of it. A byte that is not UTF-8 is a space. */
enum { FOLDED_SIZE_MAX = 1024 };
char *text_fold(struct arena *arena, const char *text, enum fold what);

/* What a character is taken apart into, its case folded or as it was: how many that are. */
enum { PARTS_MAX = 18 };        /* U+FDFA has as many */
int unfold(int32_t c, bool fold_case, int32_t parts[PARTS_MAX]);

#endif
