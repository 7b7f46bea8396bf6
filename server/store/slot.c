/* slot.c - where in a struct a parameter or a column of a statement belongs. */
#include "slot.h"

#include <stdlib.h>

static const char currency_suffix[] = "_currency";

static bool kind_of(enum field_type type, enum slot_kind *kind)
{
	switch (type) {
	case FIELD_TEXT:  *kind = SLOT_TEXT;  return true;
	case FIELD_INT:   *kind = SLOT_INT;   return true;
	case FIELD_REAL:  *kind = SLOT_REAL;  return true;
	case FIELD_BOOL:  *kind = SLOT_BOOL;  return true;
	case FIELD_TIME:  *kind = SLOT_TIME;  return true;
	case FIELD_MONEY: *kind = SLOT_MONEY; return true;
	case FIELD_NEST:
	case FIELD_LIST:
	case FIELD_TEXTS:
	case FIELD_REALS:
	case FIELD_END:   return false;
	}
	return false;
}

static bool is_currency_of(const struct field *field, const char *name)
{
	size_t size = strlen(field->name);

	return field->type == FIELD_MONEY && strncmp(name, field->name, size) == 0
	       && strcmp(name + size, currency_suffix) == 0;
}

bool slot_find(const struct shape *shape, const char *name, struct slot *slot)
{
	if (!shape)
		return false;
	for (const struct field *field = shape->fields; field->name; field++) {
		enum slot_kind kind;
		if (strcmp(field->name, name) == 0 && kind_of(field->type, &kind)) {
			*slot = (struct slot) { kind, field->offset, field->has_offset };
			return true;
		}
	}
	for (const struct field *field = shape->fields; field->name; field++) {
		if (is_currency_of(field, name)) {
			*slot = (struct slot) { SLOT_TEXT,
			                        field->offset + offsetof(struct money, currency), 0 };
			return true;
		}
	}
	return false;
}

static bool is_name_before(slot_name_fn *name, const void *statement, int column)
{
	for (int i = 0; i < column; i++)
		if (strcmp(name(statement, column), name(statement, i)) == 0)
			return true;
	return false;
}

static bool is_among(const struct slot *slots, int count, enum slot_kind kind, size_t offset)
{
	for (int i = 0; i < count; i++)
		if (slots[i].kind == kind && slots[i].offset == offset)
			return true;
	return false;
}

/* An amount without its currency is absent. */
static bool have_currencies(const struct shape *shape, const struct slot *slots, int count, struct store_why *why)
{
	for (const struct field *field = shape ? shape->fields : NULL; field && field->name; field++)
		if (is_among(slots, count, SLOT_MONEY, field->offset)
		    && !is_among(slots, count, SLOT_TEXT, field->offset + offsetof(struct money, currency)))
			return store_wrong(why, "%s has no column %s%s beside it", field->name, field->name,
			                   currency_suffix);
	return true;
}

bool slots_of_columns(const struct shape *shape, slot_name_fn *name, const void *statement, struct slot *slots,
                      int count, struct store_why *why)
{
	for (int i = 0; i < count; i++) {
		if (is_name_before(name, statement, i))
			return store_wrong(why, "two columns are called %s", name(statement, i));
		if (!slot_find(shape, name(statement, i), &slots[i]))
			return store_wrong(why, "no field for the column %s", name(statement, i));
	}
	return have_currencies(shape, slots, count, why);
}

static const void *at(const struct slot *slot, const void *of)
{
	return (const char *)of + slot->offset;
}

bool slot_absent(const struct slot *slot, const void *of)
{
	if (slot->kind == SLOT_TIME && *(const int64_t *)at(slot, of) == 0)
		return true;
	if (slot->kind == SLOT_MONEY && !((const struct money *)at(slot, of))->currency)
		return true;
	return slot->has_offset && !*((const bool *)of + slot->has_offset - 1);
}

const char *slot_text(const struct slot *slot, const void *of)
{
	return *(const char *const *)at(slot, of);
}

int64_t slot_int(const struct slot *slot, const void *of)
{
	if (slot->kind == SLOT_BOOL)
		return *(const bool *)at(slot, of);
	if (slot->kind == SLOT_MONEY)
		return ((const struct money *)at(slot, of))->minor;
	return *(const int64_t *)at(slot, of);
}

double slot_real(const struct slot *slot, const void *of)
{
	return *(const double *)at(slot, of);
}

static void *present(const struct slot *slot, void *of)
{
	if (slot->has_offset)
		*((bool *)of + slot->has_offset - 1) = true;
	return (char *)of + slot->offset;
}

void slot_set_text(const struct slot *slot, void *of, const char *text)
{
	*(const char **)present(slot, of) = text;
}

void slot_set_int(const struct slot *slot, void *of, int64_t value)
{
	void *member = present(slot, of);

	if (slot->kind == SLOT_BOOL)
		*(bool *)member = value != 0;
	else if (slot->kind == SLOT_MONEY)
		((struct money *)member)->minor = value;
	else
		*(int64_t *)member = value;
}

void slot_set_real(const struct slot *slot, void *of, double value)
{
	*(double *)present(slot, of) = value;
}

/* Behind a number there may be blanks, as of a column of a fixed width. */
static bool is_end(const char *text, const char *end)
{
	return end > text && end[strspn(end, " ")] == '\0';
}

/* Truth is t or f in PostgreSQL; a sum of whole numbers may be 5.00. */
bool slot_set_number(const struct slot *slot, void *of, const char *text)
{
	char *end;

	if (slot->kind == SLOT_REAL) {
		slot_set_real(slot, of, strtod(text, &end));
		return is_end(text, end);
	}
	bool is_truth = (*text == 't' || *text == 'f') && text[1] == '\0';
	slot_set_int(slot, of, is_truth ? *text == 't' : strtoll(text, &end, 10));
	if (is_truth || is_end(text, end))
		return true;
	(void)strtod(text, &end);
	return is_end(text, end);
}
