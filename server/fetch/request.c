/* request.c - a request as it is kept, its memory and that of its answer, and the budgets they count in. */
#include <stdlib.h>

#include "fatal.h"
#include "fetch_private.h"

#define KEPT_MAX ((size_t)64 << 20)
#define FIRST_ROOM 4096

struct budget fetch_budget = { .max = KEPT_MAX };

static bool has_room(const struct fetch *fetch, size_t size)
{
	return budget_has(&fetch_budget, size) && budget_has(fetch->request.budget, size);
}

static void charge(struct fetch *fetch, size_t size)
{
	budget_take(&fetch_budget, size);
	budget_take(fetch->request.budget, size);
	fetch->charged += size;
}

bool request_take_memory(struct fetch *fetch, char **at, size_t *room, size_t size, size_t size_max)
{
	size_t more = *room ? *room : FIRST_ROOM;

	if (size <= *room)
		return true;
	while (more < size)
		more *= 2;
	if (more > size_max)
		more = size_max;
	if (!has_room(fetch, more - *room))
		return false;
	if (!(*at = realloc(*at, more)))
		fatal();
	charge(fetch, more - *room);
	*room = more;
	return true;
}

void request_release(struct fetch *fetch)
{
	struct budget *budget = fetch->request.budget;

	budget_give(&fetch_budget, fetch->charged);
	budget_give(budget, fetch->charged);
	budget_drop(budget);
	free(fetch->head);
	free(fetch->body);
	arena_destroy(fetch->arena);
}

static const char *const *copy_headers(struct arena *arena, const char *const *headers)
{
	size_t count = 0;

	while (headers && headers[count])
		count++;
	const char **copy = arena_array(arena, const char *, count + 1);
	for (size_t i = 0; i < count; i++)
		copy[i] = arena_copy(arena, str_of(headers[i]));
	return copy;
}

struct fetch *request_copy(const struct fetch_request *request)
{
	struct arena *arena = arena_create();
	struct fetch *fetch = arena_new(arena, struct fetch);
	struct fetch_request *copy = &fetch->request;

	fetch->arena = arena;
	*copy = *request;
	copy->method = arena_copy(arena, str_of(request->method));
	copy->url = arena_copy(arena, str_of(request->url));
	copy->headers = copy_headers(arena, request->headers);
	copy->body.at = arena_copy(arena, request->body);
	budget_hold(request->budget);
	/* Now, and not when its turn comes: else none of those that were there before the one too many is let go. */
	fetch->has_room = has_room(fetch, arena_size(arena));
	charge(fetch, arena_size(arena));
	return fetch;
}
