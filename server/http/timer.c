/* timer.c - the timers of a loop: a binary heap, the earliest first. */
#include <stdlib.h>

#include "fatal.h"
#include "inside.h"

static void put(struct loop *loop, size_t place, struct timer *timer)
{
	loop->timers[place] = timer;
	timer->place = place;
}

static void rise(struct loop *loop, size_t place, struct timer *timer)
{
	while (place > 1 && loop->timers[place / 2]->at_ms > timer->at_ms) {
		put(loop, place, loop->timers[place / 2]);
		place /= 2;
	}
	put(loop, place, timer);
}

static void sink(struct loop *loop, size_t place, struct timer *timer)
{
	for (;;) {
		size_t child = place * 2;

		if (child > loop->timer_count)
			break;
		if (child < loop->timer_count &&
		    loop->timers[child + 1]->at_ms < loop->timers[child]->at_ms)
			child++;
		if (loop->timers[child]->at_ms >= timer->at_ms)
			break;
		put(loop, place, loop->timers[child]);
		place = child;
	}
	put(loop, place, timer);
}

static void move(struct loop *loop, size_t place, struct timer *timer)
{
	if (place > 1 && loop->timers[place / 2]->at_ms > timer->at_ms)
		rise(loop, place, timer);
	else
		sink(loop, place, timer);
}

static void make_room(struct loop *loop)
{
	if (loop->timer_count + 1 < loop->timer_room)
		return;
	loop->timer_room = loop->timer_room ? loop->timer_room * 2 : 64;
	loop->timers = realloc(loop->timers, loop->timer_room * sizeof(*loop->timers));
	if (!loop->timers)
		fatal();
}

void timer_set(struct loop *loop, struct timer *timer, int64_t at_ms)
{
	timer->at_ms = at_ms;
	if (timer->place) {
		move(loop, timer->place, timer);
		return;
	}
	make_room(loop);
	rise(loop, ++loop->timer_count, timer);
}

void timer_clear(struct loop *loop, struct timer *timer)
{
	size_t place = timer->place;

	if (!place)
		return;
	struct timer *last = loop->timers[loop->timer_count--];
	if (last != timer)
		move(loop, place, last);
	timer->place = 0;
}

void timers_run(struct loop *loop)
{
	/* One that sets itself to now again waits for the next turn. */
	for (size_t most = loop->timer_count; most > 0 && loop->timer_count > 0; most--) {
		struct timer *timer = loop->timers[1];

		if (timer->at_ms > loop->tick)
			break;
		timer_clear(loop, timer);
		timer->run(timer, loop);
	}
}

int64_t timers_next_ms(const struct loop *loop)
{
	return loop->timer_count ? loop->timers[1]->at_ms : INT64_MAX;
}
