/* refusals.c - what is wrong, gathered up to a bound. */
#include "json.h"
#include "refusals.h"

/* Two rules may say the same of one place. */
static bool was_told(const struct refusals *refusals, const char *words)
{
	for (int i = 0; i < refusals->count && i < REFUSALS_MAX; i++)
		if (strcmp(refusals->lines[i], words) == 0)
			return true;
	return false;
}

void refusals_add(struct refusals *refusals, const char *words)
{
	if (!refusals_have_room(refusals))
		return;
	refusals->made++;
	if (was_told(refusals, words))
		return;
	if (refusals->count < REFUSALS_MAX)
		refusals->lines[refusals->count] = words;
	refusals->count++;
}

const char *refusals_told(const struct refusals *refusals, struct arena *arena)
{
	struct json told = json_begin(arena, 512);

	if (refusals->count == 0 || (refusals->count == 1 && refusals_have_room(refusals)))
		return refusals->count ? refusals->lines[0] : NULL;
	for (int i = 0; i < refusals->count && i < REFUSALS_MAX; i++) {
		json_bytes(&told, i > 0 ? STR("\n") : STR(""));
		json_bytes(&told, str_of(refusals->lines[i]));
	}
	json_bytes(&told, refusals_have_room(refusals) ? STR("") : STR("\nand more"));
	json_bytes(&told, (str) { "", 1 });
	return json_end(&told).at;
}
