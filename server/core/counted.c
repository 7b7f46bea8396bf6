/* counted.c - tables of layers that not every program has. */
#include "counted.h"

static _Atomic(const struct counted *) added[COUNTED_MORE + 1];

void counted_add(const struct counted *table)
{
	for (int i = 0; i < COUNTED_MORE; i++) {
		const struct counted *none = NULL;
		if (atomic_compare_exchange_strong(&added[i], &none, table))
			return;
	}
}

const struct counted *counted_more(int index)
{
	return atomic_load(&added[index]);
}
