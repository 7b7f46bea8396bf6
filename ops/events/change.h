/* change.h - that something was changed: by somebody, by a deployment, or in what an alarm says. */
#ifndef CHANGE_H
#define CHANGE_H

#include "look.h"

struct change {
	int64_t at;                     /* milliseconds since 1970 */
	const char *kind;               /* "call", "deployment", "alarm" */
	const char *who, *what, *on, *failed;
};
extern SHAPE_OF(change_shape, struct change);

struct changes {
	struct change *changes;         /* the latest first */
	int64_t count, room;
	int64_t left_out;
};

void changes_add(struct changes *changes, struct arena *arena, const struct change *change);
void changes_sort(struct changes *changes);

#endif
