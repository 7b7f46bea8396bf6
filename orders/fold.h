/* fold.h - text as it is compared: whoever types it need not know its case, nor its accents. */
#ifndef FOLD_H
#define FOLD_H

#include "core.h"

enum fold {
	FOLD_CASE,              /* an SKU: products does the same (words_key) */
	FOLD_ACCENTS,           /* and a name: without what is an accent in Latin, Greek and Cyrillic */
};

/* In plain signs (text_plain). No more than FOLD_SIZE_MAX bytes are read of it. */
#define FOLD_SIZE_MAX 1024
const char *fold(struct arena *arena, const char *text, enum fold what);

#endif
