/* item_size.h - what fits into an item, which is 400 KB at most. Only for this room. */
#ifndef ITEM_SIZE_H
#define ITEM_SIZE_H

#include "conversation.h"

/* Bytes of one text: with what a turn's steps and cards may be (64 KiB and 32 KiB) it fits. */
#define ITEM_TEXT_MAX ((size_t)256 * 1024)

/* Its beginning, in whole characters. */
str item_text_fit(str text);
/* Only a model says more than that: the message then says that it was cut. */
void item_fit(struct arena *arena, struct message *message);

/* Bytes of it, with what it is found by, or more. */
size_t item_size(const struct message *message);

#endif
