/* fuzz_budget.c - what people write who say what they want to spend: a limit is made of digits that were
 * written, and the least is not above the most. */
#include "fuzz.h"

#include "budget.h"

static int count_digits(const char *text)
{
	int count = 0;

	for (; *text; text++)
		count += (*text >= '0' && *text <= '9') || (unsigned char)*text >= 0x80;
	return count;
}

static void check(const struct price_range *budget, const char *text)
{
	must(budget->kind >= BUDGET_UNDERSTOOD && budget->kind <= BUDGET_UNCLEAR);
	if (budget->kind == BUDGET_FOREIGN)
		must(budget->named && utf8_valid(str_of(budget->named)));
	if (budget->kind == BUDGET_AMBIGUOUS)
		must(budget->most >= 0 && budget->also >= 0 && count_digits(text) >= 4);
	if (budget->kind != BUDGET_UNDERSTOOD)
		return;
	must(budget->has_least || budget->has_most);
	must(budget->least >= 0 && budget->most >= 0 && count_digits(text) > 0);
	must(!budget->has_least || !budget->has_most || budget->least <= budget->most);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const currencies[] = { "GBP", "JPY", "KWD", "CLF" };
	struct arena *arena = arena_create();
	const char *text = arena_copy(arena, input_of(data, size));

	for (size_t i = 0; i < sizeof(currencies) / sizeof(*currencies); i++) {
		struct price_range budget = budget_read(arena, text, currencies[i]);
		check(&budget, text);
	}
	arena_destroy(arena);
	return 0;
}
