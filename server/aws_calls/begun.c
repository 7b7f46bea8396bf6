/* begun.c - see begun.h. */
#include "begun.h"

#include <stdio.h>

static uint64_t *place_of(struct begun *begun, uint64_t party)
{
	size_t i = 0;

	while (i < BEGUN_MAX - 1 && begun->parties[i] != party)
		i++;
	return &begun->parties[i];
}

static int count_of(const struct begun *begun, uint64_t party)
{
	int count = 0;

	for (size_t i = 0; party && i < BEGUN_MAX; i++)
		count += begun->parties[i] == party;
	return count;
}

bool begun_add(struct begun *begun, int at_once, uint64_t party, char *why, size_t size)
{
	int half = (at_once + 1) / 2;
	bool has_half = count_of(begun, party) >= half;

	if (has_half || begun->count >= at_once) {
		snprintf(why, size, "%d of them are going on at once%s, no more are begun: try again when one is done", has_half ? half : at_once,
		         has_half ? " that are yours" : "");
		return false;
	}
	begun->count++;
	if (party)
		*place_of(begun, 0) = party;
	return true;
}

void begun_end(struct begun *begun, uint64_t party)
{
	begun->count--;
	if (party)
		*place_of(begun, party) = 0;
}
