/* slot.h - where in a struct a parameter or a column of a statement belongs. */
#ifndef SLOT_H
#define SLOT_H

#include "shape.h"
#include "wrong.h"

enum slot_kind {
	SLOT_TEXT,              /* also the currency of MONEY */
	SLOT_INT,
	SLOT_REAL,
	SLOT_BOOL,
	SLOT_TIME,              /* an int64_t; 0 is NULL */
	SLOT_MONEY,             /* the amount of MONEY; NULL where its currency is */
};

struct slot {
	enum slot_kind kind;
	size_t offset;
	size_t has_offset;      /* where the presence bool is, plus one; 0: there is none */
};

/* False: the shape (NULL: an empty one) has no member of that name that SQL can hold. */
MUST_USE bool slot_find(const struct shape *shape, const char *name, struct slot *slot);

/* Where the columns of a statement belong, by their names. False: `why` not. */
typedef const char *slot_name_fn(const void *statement, int column);
MUST_USE bool slots_of_columns(const struct shape *shape, slot_name_fn *name, const void *statement, struct slot *slots,
                               int count, struct store_why *why);

/* What a member holds. Text that is absent is NULL; slot_absent() is for the other kinds. */
bool slot_absent(const struct slot *slot, const void *of);
const char *slot_text(const struct slot *slot, const void *of);
int64_t slot_int(const struct slot *slot, const void *of);      /* all but TEXT and REAL */
double slot_real(const struct slot *slot, const void *of);

/* Fills in a member of a zeroed struct: without these it is absent. */
void slot_set_text(const struct slot *slot, void *of, const char *text);
void slot_set_int(const struct slot *slot, void *of, int64_t value);
void slot_set_real(const struct slot *slot, void *of, double value);
/* The same of a text that stands for a number. False: it is none, and the member 0. */
MUST_USE bool slot_set_number(const struct slot *slot, void *of, const char *text);

#endif
