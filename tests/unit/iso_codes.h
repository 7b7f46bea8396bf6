/* iso_codes.h - the lists of Debian's package iso-codes, for what must agree with them. */
#ifndef ISO_CODES_H
#define ISO_CODES_H

#include <stdio.h>

#include "json.h"

/* The list of a standard: "4217". NULL, and it says so: the package is not there. */
static inline yyjson_val *iso_list(struct arena *arena, const char *standard)
{
	enum { LIST_SIZE_MAX = 1 << 20 };
	const char *path = arena_print(arena, "/usr/share/iso-codes/json/iso_%s.json", standard);
	FILE *file = fopen(path, "r");

	if (!file) {
		printf("%s is not there\n", path);
		return NULL;
	}
	char *text = arena_alloc(arena, LIST_SIZE_MAX);
	str whole = { text, fread(text, 1, LIST_SIZE_MAX, file) };
	enum json_trouble trouble;

	fclose(file);
	return yyjson_obj_get(json_parse_copy(arena, whole, 16, &trouble), standard);
}

#endif
