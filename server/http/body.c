/* body.c - request bodies: read into the arena, within a limit each and a budget for all. */
#include "inside.h"

#define SPARE 4                 /* bytes behind a body, for a parser that works in place */
#define FIRST_ROOM 4096         /* of a chunked body; smaller ones are not worth the counting */

/* Holds room for a body of that size in all. */
static bool reserve(struct exchange *x, size_t size)
{
	struct http *http = exchange_connection(x)->loop->http;

	if (size <= FIRST_ROOM || size <= x->reserved)
		return true;
	size_t more = size - x->reserved;
	if (atomic_fetch_add(&http->bodies, more) + more > http->set.bodies_max) {
		atomic_fetch_sub(&http->bodies, more);
		return false;
	}
	x->reserved = size;
	return true;
}

void body_release(struct exchange *x)
{
	if (x->reserved)
		atomic_fetch_sub(&exchange_connection(x)->loop->http->bodies, x->reserved);
	x->reserved = 0;
}

static void refuse(struct exchange *x, enum body_trouble trouble)
{
	x->trouble = (uint8_t)trouble;
	body_release(x);
	count(&http_counters.refused_bodies, 1);
}

void body_reserve(struct exchange *x)
{
	if (x->length <= 0)
		return;
	if ((uint64_t)x->length > exchange_connection(x)->loop->http->set.body_max)
		refuse(x, BODY_TOO_LARGE);
	else if (!reserve(x, (size_t)x->length))
		refuse(x, BODY_NO_ROOM);
}

static bool make_room(struct exchange *x, size_t size)
{
	size_t max = exchange_connection(x)->loop->http->set.body_max, room = x->body_room;

	if (x->length > 0)
		room = (size_t)x->length;
	else if (room < size)
		room = room * 2 > size ? room * 2 : size > FIRST_ROOM ? size : FIRST_ROOM;
	if (room > max)
		room = max;
	if (room == x->body_room)
		return true;
	if (!reserve(x, room))
		return false;
	x->body = x->body ? arena_grow(x->arena, x->body, x->body_room + SPARE, room + SPARE)
	                  : arena_alloc_raw(exchange_arena(x), room + SPARE);
	x->body_room = room;
	return true;
}

void body_receive(struct exchange *x, const char *data, size_t size)
{
	size_t max = exchange_connection(x)->loop->http->set.body_max;

	exchange_connection(x)->loop->counted.bytes_in += (long long)size;
	if (x->trouble != BODY_FINE || x->response) {
		x->swallowed += size;
		return;
	}
	if (size > max - x->body_size) {
		refuse(x, BODY_TOO_LARGE);
		return;
	}
	if (!make_room(x, x->body_size + size)) {
		refuse(x, BODY_NO_ROOM);
		return;
	}
	memcpy(x->body + x->body_size, data, size);
	x->body_size += size;
}

char *exchange_body(struct exchange *x, size_t *size)
{
	*size = x->body_size;
	if (!x->body)
		x->body = arena_alloc(exchange_arena(x), SPARE);
	else
		memset(x->body + x->body_size, 0, SPARE);
	return x->body;
}

enum body_trouble exchange_body_trouble(const struct exchange *x)
{
	return x->trouble;
}
