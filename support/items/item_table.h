/* item_table.h - whether the table is there, and is as this version needs it (table.json). Only for this room. */
#ifndef ITEM_TABLE_H
#define ITEM_TABLE_H

#include "items.h"

enum item_table {
	TABLE_FINE,
	TABLE_UNFIT,                    /* it is not there, or not so, or may not be used: somebody has to do something */
	TABLE_AWAY,                     /* nobody answered, which may be over in a while */
};

/* Asks for it, once, and waits a few seconds at most. What it is, or what is wrong and what to do, is in *words, in the arena. */
enum item_table item_table_look(struct arena *arena, const char **words);
/* Whether it can be read just now, within two seconds: NULL, or why not. */
const char *item_table_why_not(struct arena *arena);

#endif
