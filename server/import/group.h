/* group.h - rows on their way: as JSON in a table, and gathered by their keys. */
#ifndef GROUP_H
#define GROUP_H

#include "import.h"

/* A row of a table on the way. */
struct carried {
	int64_t import_id;              /* in the database */
	int64_t position;               /* in the order of the keys */
	int64_t line;                   /* of the file, where it began */
	const char *key, *fields;
};

extern SHAPE_OF(carried_shape, struct carried);

/* `fields` of a row, in the arena. */
const char *row_pack(struct arena *arena, const struct shape *shape, const void *row);

/* The shape's fields as they are carried, without what was judged already; free() it. */
struct field *row_fields(const struct shape *shape);
/* Reads what was packed; `shape` has such fields. */
void row_unpack(struct arena *arena, const struct shape *shape, const char *fields, void *row);

/* Takes rows one after the other and hands on whole groups. */
struct gather {
	const struct import_spec *spec;
	/* False: no more. `last` is the position of the group's last row; `over`: it has more rows than
	 * IMPORT_GROUP_MAX, which are left out. */
	bool (*hand)(void *context, struct arena *arena, const struct import_group *group, bool over);
	void *context;

	struct arena *arena;            /* of the group at hand; begun anew when it has grown */
	const char *key;
	struct field *fields;           /* in which rows are carried; NULL: not needed yet */
	char *rows;
	int64_t *lines;
	int64_t count, room;
	int64_t last;                   /* position of the latest row that was handed on with its group */
	int64_t latest;                 /* ... that was taken */
	bool over;
};

/* A store_row_fn of carried_shape. False: hand() said so. */
bool gather_row(void *gather, const void *carried);
/* There are no more: the last group. */
MUST_USE bool gather_end(struct gather *gather);
void gather_free(struct gather *gather);

#endif
