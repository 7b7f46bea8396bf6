/* body.c - request bodies: kept as they come, within a limit each and a budget for all.
 *
 * What is announced takes nothing, only what has come: so a client that says much and sends little
 * keeps no room from others. */
#include <stdlib.h>

#include "fatal.h"
#include "inside.h"

#define SPARE 4                 /* bytes behind a body, for a parser that works in place */
#define FIRST_ROOM 4096         /* bounded by the number of connections: not worth the counting */

static size_t counted(size_t room)
{
	return room > FIRST_ROOM ? room : 0;
}

/* A small body is taken also where others took too much. */
static bool has_room(const struct exchange *x, size_t more)
{
	return more == 0 || budget_has(x->requests, more);
}

static void refuse(struct exchange *x, enum body_trouble trouble)
{
	x->trouble = (uint8_t)trouble;
	body_release(x);
	count(&http_counters.refused_bodies, 1);
}

void exchange_charge(struct exchange *x, struct budget *requests, struct budget *streams)
{
	struct budget *before[] = { x->requests, x->streams };

	x->requests = budget_hold(requests);
	x->streams = budget_hold(streams);
	budget_drop(before[0]);
	budget_drop(before[1]);
}

void body_expect(struct exchange *x)
{
	if (x->length <= 0)
		return;
	if ((uint64_t)x->length > exchange_connection(x)->loop->http->set.body_max)
		refuse(x, BODY_TOO_LARGE);
	else if (!has_room(x, counted((size_t)x->length)))
		refuse(x, BODY_NO_ROOM);
}

/* Twice what there was, but no more than there can be of it. */
static size_t next_room(const struct exchange *x, size_t size)
{
	size_t most = exchange_connection(x)->loop->http->set.body_max, room = x->body_room * 2;

	if (x->length > 0)
		most = (size_t)x->length;
	if (room < FIRST_ROOM)
		room = FIRST_ROOM;
	if (room > most)
		room = most;
	return room > size ? room : size;
}

static bool make_room(struct exchange *x, size_t size)
{
	if (size <= x->body_room)
		return true;
	size_t room = next_room(x, size), more = counted(room) - counted(x->body_room);

	if (!has_room(x, more))
		return false;
	budget_take(x->requests, more);
	x->body = realloc(x->body, room + SPARE);
	if (!x->body)
		fatal();
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

static void forget(struct exchange *x)
{
	budget_give(x->requests, counted(x->body_room));
	x->body = NULL;
	x->body_size = x->body_room = 0;
}

void body_release(struct exchange *x)
{
	free(x->body);
	forget(x);
}

char *exchange_body(struct exchange *x, size_t *size)
{
	*size = x->body_size;
	if (!x->body && !(x->body = malloc(SPARE)))
		fatal();
	memset(x->body + x->body_size, 0, SPARE);
	return x->body;
}

struct arena *exchange_take_body(struct exchange *x)
{
	struct arena *arena = arena_create_charged(x->requests);

	arena_adopt(arena, x->body, counted(x->body_room));
	forget(x);
	return arena;
}

enum body_trouble exchange_body_trouble(const struct exchange *x)
{
	return x->trouble;
}
