/* fuzz_cells.c - whatever a cell holds: its HTML is no longer as text, an amount reads the same however
 * its zeros and marks are written, and what is in plain signs has no blanks but spaces. */
#include "fuzz.h"

#include "amount.h"
#include "import.h"

static void check_html(struct arena *arena, const char *cell)
{
	const char *text = import_html_text(arena, cell);

	must(strlen(text) <= strlen(cell));
	must(!utf8_valid(str_of(cell)) || utf8_valid(str_of(text)));
}

static void check_amount(struct arena *arena, str cell, int digits)
{
	int64_t value = 0, again = 0;

	if (amount_read(cell, digits, false, &value) != AMOUNT_READ)
		return;
	must(cell.size > 0);
	/* Files that write commas read less, and never something else. */
	must(amount_read(cell, digits, true, &again) == AMOUNT_AMBIGUOUS || again == value);
	int64_t unit = digits == 0 ? 1 : digits == 2 ? 100 : 1000;
	/* Zeros behind are digits too, for which there must be room. */
	if (value / unit > 999999999 || value / unit < -999999999)
		return;
	const char *plain = arena_print(arena, "%s%llu.%0*llu000000", value < 0 ? "-" : "",
		(unsigned long long)(value < 0 ? -value / unit : value / unit), digits ? digits : 1,
		(unsigned long long)(value < 0 ? -value % unit : value % unit));
	must(amount_read(str_of(plain), digits, true, &again) == AMOUNT_READ && again == value);
}

static void check_blanks(struct arena *arena, const char *cell)
{
	str trimmed = blank_trim(str_of(cell)), plain = str_of(text_plain(arena, cell));

	must(blank_step(trimmed) == 0);
	must(text_blank(cell) == (plain.size == 0) && str_same(blank_trim(plain), plain));
	for (str rest = plain; rest.size; rest.at++, rest.size--)
		must(blank_step(rest) <= 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_create();
	char *cell = arena_copy(arena, input_of(data, size));

	check_html(arena, cell);
	for (int digits = 0; digits <= 3; digits += digits ? 1 : 2)
		check_amount(arena, str_of(cell), digits);
	if (utf8_valid(str_of(cell)))
		check_blanks(arena, cell);
	arena_destroy(arena);
	return 0;
}
