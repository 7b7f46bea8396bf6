/* iso_codes.h - a list of ISO's as Debian has it (its package iso-codes), for tests to hold ours against. */
#ifndef ISO_CODES_H
#define ISO_CODES_H

#include <stdio.h>

#include "json.h"

/* Of "4217" or "3166-1"; NULL, and a word about it, where the package is not installed. */
static inline yyjson_val *iso_codes(struct arena *arena, const char *list)
{
	const char *path = arena_print(arena, "/usr/share/iso-codes/json/iso_%s.json", list);
	FILE *file = fopen(path, "r");

	if (!file) {
		printf("%s is not there\n", path);
		return NULL;
	}
	char *text = arena_alloc(arena, 1 << 20);
	enum json_trouble trouble;
	yyjson_val *all = json_parse_copy(arena, (str) { text, fread(text, 1, 1 << 20, file) }, 16, &trouble);
	fclose(file);
	return yyjson_obj_get(all, list);
}

#endif
