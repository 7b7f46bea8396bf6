/* amount.c - numbers as people and programs write them in tables: 1250, 12.50, 12,50, 1.250,00. */
#include "amount.h"

#include "figure.h"

enum amount amount_read(str text, int digits, bool commas, int64_t *value)
{
	struct figure figure;
	bool is_negative = str_starts(text, "-");
	str rest = { text.at + is_negative, text.size - is_negative };

	/* ".5" is no cell of a program's, and may have lost what stood before. */
	if (rest.size == 0 || *rest.at < '0' || *rest.at > '9' || !figure_read(&rest, &figure) || rest.size
	    || (!figure.whole && !figure.fraction))
		return AMOUNT_NONE;
	bool has_point = digits == 3 && figure.point == '.' && !commas;
	if (figure.whole && figure.fraction && !has_point)
		return AMOUNT_AMBIGUOUS;
	if (!figure_shift(is_negative ? -figure.value : figure.value,
	                  digits - (figure.fraction ? figure.decimals : 0), value))
		return AMOUNT_NONE;
	return AMOUNT_READ;
}
