/* slot.c - where in a struct a parameter or a column of a statement belongs. */
#include "slot.h"

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
