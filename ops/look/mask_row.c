/* mask_row.c - see mask.h. A secret that a query cut into several values of a row is found where they are put together again. */
#include "mask.h"

#include "builder.h"
#include "mask_walk.h"

#define GONE '\0'                       /* stands in no value */

/* One text of all values, and where each begins; behind the last where it ends, and SIZE_MAX. */
static char *join(struct arena *arena, const char *const *values, int64_t count, size_t *parts)
{
	struct builder joined = builder_begin(arena, 256);
	size_t size = 0;

	for (int64_t i = 0; i < count; i++) {
		parts[i] = size;
		builder_put(&joined, str_of(values[i]));
		size += strlen(values[i]);
	}
	parts[count] = size;
	parts[count + 1] = SIZE_MAX;
	return builder_end(&joined);
}

/* True: something is. */
static bool take_out(char *joined, const size_t *parts, int64_t count)
{
	struct walk walk = { .text = { joined, parts[count] }, .parts = parts };
	struct found found;
	bool any = false;

	for (; next_by_form(&walk, &found); walk.at = found.to) {
		memset(joined + found.from, GONE, found.to - found.from);
		any = true;
	}
	return any;
}

static const char *without_gone(struct arena *arena, str part)
{
	struct builder left = builder_begin(arena, part.size + 8);

	for (size_t at = 0; at < part.size; at++)
		if (part.at[at] != GONE)
			builder_put(&left, (str) { part.at + at, 1 });
		else if (at == 0 || part.at[at - 1] != GONE)
			builder_put(&left, STR("***"));
	return builder_end(&left);
}

void mask_row(struct arena *arena, const char **values, int64_t count)
{
	struct arena *scratch = arena_create();
	size_t *parts = arena_array(scratch, size_t, (size_t)count + 2);
	char *joined = join(scratch, values, count, parts);
	bool any = take_out(joined, parts, count);

	for (int64_t i = 0; any && i < count; i++) {
		str part = { joined + parts[i], parts[i + 1] - parts[i] };
		if (part.size > 0 && memchr(part.at, GONE, part.size))
			values[i] = without_gone(arena, part);
	}
	arena_destroy(scratch);
}
