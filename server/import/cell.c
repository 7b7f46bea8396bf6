/* cell.c - the text of a cell into a member of a struct. */
#include <stdio.h>

#include "amount.h"
#include "import_private.h"
#include "number.h"

const char *cell_shown(struct import *import, str text)
{
	import->shown = str_quote(text, 40);
	return import->shown.text;
}

static const char *needed(struct import *import, const struct field *field, str text,
                          const char *what)
{
	return import_why(import, "%s is \"%s\": %s is needed", field->name,
	                  cell_shown(import, text), what);
}

/* ---- Bounds ---- */

static const char *check_bounds(struct import *import, const struct field *field, str text,
                                double value)
{
	if (field->has_least && value < field->least)
		return import_why(import, "%s is \"%s\": at least %.15g is needed", field->name,
		                  cell_shown(import, text), field->least);
	if (field->has_most && value > field->most)
		return import_why(import, "%s is \"%s\": at most %.15g is allowed", field->name,
		                  cell_shown(import, text), field->most);
	return NULL;
}

/* In the shape's minor units, told in the file's. */
static const char *check_amount(struct import *import, const struct field *field, str text,
                                int64_t minor, int digits)
{
	double unit = 1;

	for (int i = 0; i < digits; i++)
		unit *= 10;
	if (field->has_least && (double)minor < field->least)
		return import_why(import, "%s is \"%s\": at least %.*f is needed", field->name,
		                  cell_shown(import, text), digits, field->least / unit);
	if (field->has_most && (double)minor > field->most)
		return import_why(import, "%s is \"%s\": at most %.*f is allowed", field->name,
		                  cell_shown(import, text), digits, field->most / unit);
	return NULL;
}

static const char *check_length(struct import *import, const struct field *field, str text)
{
	double length = (double)utf8_length(text);

	if (field->has_least && length < field->least)
		return import_why(import, "%s is \"%s\": at least %.0f characters are needed",
		                  field->name, cell_shown(import, text), field->least);
	if (field->has_most && length > field->most)
		return import_why(import, "%s has %.0f characters: at most %.0f are allowed",
		                  field->name, length, field->most);
	return NULL;
}

static const char *check_choice(struct import *import, const struct field *field, str text)
{
	char allowed[200] = "";
	size_t used = 0;

	if (!field->one_of)
		return NULL;
	for (const char *const *one = field->one_of; *one; one++) {
		if (str_is(text, *one))
			return NULL;
		const char *between = one == field->one_of ? "" : one[1] ? ", " : " or ";
		int more = snprintf(allowed + used, sizeof(allowed) - used, "%s%s", between, *one);
		used += more > 0 && (size_t)more < sizeof(allowed) - used ? (size_t)more : 0;
	}
	allowed[used] = '\0';
	return needed(import, field, text, allowed);
}

/* ---- Kinds of values ---- */

/* Files that are separated by semicolons are so because commas are in their numbers. */
static enum amount read_amount(const struct import *import, str text, int digits, int64_t *value)
{
	return amount_read(text, digits, import->separator == ';', value);
}

static const char *ambiguous(struct import *import, const struct field *field, str text)
{
	return import_why(import, "%s is \"%s\", which can be read in two ways: write a whole number without"
	                  " marks, and others with one or two digits behind the mark", field->name,
	                  cell_shown(import, text));
}

/* What stands before the number of a price, or behind it: it is understood as a currency's, as a whole,
 * or it is not. `foreign` is what is not this currency's. */
static bool is_of_currency(str written, const char *currency, str *foreign)
{
	size_t size;
	str codes = currency_written(written, &size);

	if (size != written.size)
		return false;
	if (codes.at && !memmem(codes.at, codes.size, currency, strlen(currency)))
		*foreign = codes.size == strlen(currency) ? codes : written;
	return true;
}

/* "£12.50" and "12,50 kr." without what they say of the currency; as it is, where they say something
 * else. A minus stays with the digits. */
static str without_currency(str text, const char *currency, str *foreign)
{
	static const char digits[] = "0123456789";
	size_t from = 0, to = text.size;

	while (from < to && !memchr(digits, text.at[from], sizeof(digits) - 1))
		from++;
	while (to > from && !memchr(digits, text.at[to - 1], sizeof(digits) - 1))
		to--;
	from -= from > 0 && from < to && text.at[from - 1] == '-';
	str before = { text.at, from }, behind = { text.at + to, text.size - to };
	return is_of_currency(blank_trim(before), currency, foreign)
	       && is_of_currency(blank_trim(behind), currency, foreign)
	       ? (str) { text.at + from, to - from } : text;
}

static const char *read_money(struct import *import, const struct field *field, str text,
                              const char *currency, struct money *money)
{
	int digits = currency_digits(str_of(currency));
	char what[100] = "a whole number without a point";
	int64_t minor = 0;
	str foreign = { 0 }, number = without_currency(text, currency, &foreign);

	if (foreign.at)
		return import_why(import, "%s is \"%s\", in %s, but the currency of the row is %s", field->name,
		                  cell_shown(import, text), str_quote(foreign, 40).text, currency);
	if (digits)
		snprintf(what, sizeof(what), "a decimal with at most %d digits after the point", digits);
	enum amount amount = read_amount(import, number, digits, &minor);
	if (amount == AMOUNT_AMBIGUOUS)
		return ambiguous(import, field, text);
	if (amount != AMOUNT_READ)
		return needed(import, field, text, what);
	*money = (struct money) { minor, currency };
	return check_amount(import, field, text, minor, digits);
}

static const char *read_int(struct import *import, const struct field *field, str text,
                            int64_t *value)
{
	enum amount amount = read_amount(import, text, 0, value);

	if (amount == AMOUNT_AMBIGUOUS)
		return ambiguous(import, field, text);
	if (amount != AMOUNT_READ)
		return needed(import, field, text, "a whole number");
	return check_bounds(import, field, text, (double)*value);
}

static const char *read_real(struct import *import, const struct field *field, str text,
                             double *value)
{
	if (!real_parse(text, value))
		return needed(import, field, text, "a number");
	return check_bounds(import, field, text, *value);
}

static const char *read_bool(struct import *import, const struct field *field, str text,
                             bool *value)
{
	static const char *const names[] = { "false", "true", "no", "yes", "0", "1" };

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		if (str_is_nocase(text, names[i])) {
			*value = i % 2;
			return NULL;
		}
	}
	return needed(import, field, text, "true or false");
}

static const char *read_time(struct import *import, const struct field *field, str text,
                             int64_t *value)
{
	if (!time_parse(text, value))
		return needed(import, field, text, "a time such as 2010-12-01T08:26:00Z");
	return NULL;
}

/* What a spreadsheet shows where a formula failed; what was meant is not in the file. */
static bool is_formula_error(str text)
{
	static const char *const errors[] = {
		"#NAME?", "#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NUM!", "#NULL!", "#ERROR!", "#SPILL!",
	};

	for (size_t i = 0; i < sizeof(errors) / sizeof(*errors); i++)
		if (str_is(text, errors[i]))
			return true;
	return false;
}

static const char *read_text(struct import *import, const struct field *field, str text,
                             const char **value)
{
	const char *wrong = check_choice(import, field, text);

	if (is_formula_error(text))
		return import_why(import, "%s is \"%s\", a formula that failed in the spreadsheet", field->name,
		                  cell_shown(import, text));
	*value = text.at;
	return wrong ? wrong : check_length(import, field, text);
}

/* ---- Members ---- */

static void *member_of(const struct field *field, void *row)
{
	if (field->has_offset)
		*((bool *)row + field->has_offset - 1) = true;
	return (char *)row + field->offset;
}

const char *cell_read(struct import *import, const struct field *field, str text,
                      const char *currency, void *row)
{
	void *member = member_of(field, row);

	switch (field->type) {
	case FIELD_TEXT:  return read_text(import, field, text, member);
	case FIELD_INT:   return read_int(import, field, text, member);
	case FIELD_REAL:  return read_real(import, field, text, member);
	case FIELD_BOOL:  return read_bool(import, field, text, member);
	case FIELD_TIME:  return read_time(import, field, text, member);
	case FIELD_MONEY: return read_money(import, field, text, currency, member);
	case FIELD_NEST:
	case FIELD_LIST:
	case FIELD_TEXTS:
	case FIELD_REALS:
	case FIELD_END:   break;
	}
	return NULL;
}

void cell_standard(const struct field *field, void *row)
{
	if (!field->has_standard)
		return;
	void *member = member_of(field, row);
	if (field->type == FIELD_TEXT)
		*(const char **)member = field->standard_text;
	else if (field->type == FIELD_INT)
		*(int64_t *)member = (int64_t)field->standard;
	else if (field->type == FIELD_REAL)
		*(double *)member = field->standard;
	else if (field->type == FIELD_BOOL)
		*(bool *)member = field->standard != 0;
}
