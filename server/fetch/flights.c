/* flights.c - a request's life on the outbound thread: a pause, its turn, the flight, and the end of each by the clock. */
#include "fetch_private.h"

struct fetch_counters fetch_counters;

const struct counted fetch_counted[] = {
	{ "mcp_outbound_requests", "gauge", "Requests to others that are on their way.", &fetch_counters.in_flight },
	{ "mcp_outbound_waiting", "gauge", "Requests to others that wait for their turn at a host, or for a pause to end.", &fetch_counters.waiting },
	{ "mcp_outbound_requests_total", "counter", "Requests to others that went out, tries each.", &fetch_counters.requests },
	{ "mcp_outbound_connections_total", "counter", "Connections opened for them.", &fetch_counters.connections },
	{ 0 },
};

static struct {
	struct fetch *all;              /* that are not over */
	int64_t due_ms;                 /* at the latest, one of them is due */
} flights;

static void look_by(int64_t at_ms)
{
	if (at_ms < flights.due_ms)
		flights.due_ms = at_ms;
}

static void set_due(struct fetch *fetch, int64_t at_ms)
{
	fetch->due_ms = at_ms;
	look_by(at_ms);
}

static void link_in(struct fetch *fetch)
{
	fetch->before = NULL;
	fetch->after = flights.all;
	if (flights.all)
		flights.all->before = fetch;
	flights.all = fetch;
}

static void unlink_it(struct fetch *fetch)
{
	*(fetch->before ? &fetch->before->after : &flights.all) = fetch->after;
	if (fetch->after)
		fetch->after->before = fetch->before;
}

static void land(struct fetch *fetch, CURLcode code)
{
	multi_remove(fetch, code);
	host_leave(fetch);
	atomic_fetch_sub(&fetch_counters.in_flight, 1);
}

void flight_leave(struct fetch *fetch, CURLcode code)
{
	enum phase was = fetch->phase;

	if (was == PHASE_NEW || was == PHASE_OVER)
		return;
	fetch->phase = PHASE_OVER;
	if (was == PHASE_IN_FLIGHT)
		land(fetch, code);
	else
		atomic_fetch_sub(&fetch_counters.waiting, 1);
	if (was == PHASE_IN_LINE)
		host_remove(fetch);
	unlink_it(fetch);
}

void flight_end(struct fetch *fetch, CURLcode code)
{
	flight_leave(fetch, code);
	if (fetch->why && !fetch->answer.why)
		fetch->answer.why = fetch->why;
	engine_finish(fetch);
}

static void fail(struct fetch *fetch, const char *why)
{
	fetch->why = why;
	flight_end(fetch, CURLE_ABORTED_BY_CALLBACK);
}

static void fail_here(struct fetch *fetch, const char *why)
{
	fetch->answer.failed_here = true;
	fail(fetch, why);
}

bool flight_withdraw(struct fetch *fetch)
{
	bool is_out = fetch->phase == PHASE_IN_FLIGHT || fetch->phase == PHASE_OVER;

	if (is_out)
		return false;
	fetch->answer.withdrawn = true;
	fail_here(fetch, "it was withdrawn");
	return true;
}

static int64_t silence_due(const struct fetch *fetch)
{
	return fetch->request.silence_ms && !fetch->paused ? fetch->heard_ms + fetch->request.silence_ms
	                                                   : INT64_MAX;
}

/* Whoever sends a head line by line, or 100 Continue for ever, is never silent. */
static int64_t due_in_flight(const struct fetch *fetch)
{
	int64_t silence_ms = silence_due(fetch);

	return !fetch->head_over && fetch->head_at_ms < silence_ms ? fetch->head_at_ms : silence_ms;
}

static void take_off(struct fetch *fetch)
{
	fetch->phase = PHASE_IN_FLIGHT;
	atomic_fetch_sub(&fetch_counters.waiting, 1);
	atomic_fetch_add(&fetch_counters.in_flight, 1);
	atomic_fetch_add(&fetch_counters.requests, 1);
	fetch->heard_ms = tick_ms();
	fetch->head_at_ms = fetch->request.head_ms ? fetch->heard_ms + fetch->request.head_ms : INT64_MAX;
	multi_add(fetch);
	set_due(fetch, due_in_flight(fetch));
}

static void get_in_line(struct fetch *fetch)
{
	fetch->phase = PHASE_IN_LINE;
	fetch->total_at_ms = tick_ms() + fetch->request.total_ms;
	set_due(fetch, fetch->total_at_ms);
	if (!host_add(fetch)) {
		fetch->phase = PHASE_PAUSING;   /* in no line */
		fail_here(fetch, "too many requests wait for their turn");
	}
}

void flight_begin(struct fetch *fetch)
{
	link_in(fetch);
	atomic_fetch_add(&fetch_counters.waiting, 1);
	fetch->phase = PHASE_PAUSING;
	if (!fetch->has_room)
		fail_here(fetch, "there is no memory for it beside the others");
	else if (fetch->request.pause_ms > 0)
		set_due(fetch, tick_ms() + fetch->request.pause_ms);
	else
		get_in_line(fetch);
}

static void come_due(struct fetch *fetch, int64_t now)
{
	switch (fetch->phase) {
	case PHASE_PAUSING:
		get_in_line(fetch);
		break;
	case PHASE_IN_LINE:
		fail_here(fetch, "there was no answer in time (it waited for its turn)");
		break;
	case PHASE_IN_FLIGHT:
		fetch->due_ms = due_in_flight(fetch);
		if (fetch->due_ms <= now)
			fail(fetch, "there was no answer in time (nothing more came of it)");
		break;
	case PHASE_NEW:
	case PHASE_OVER:
		break;
	}
}

void flights_run_due(void)
{
	int64_t now = tick_ms();

	if (now < flights.due_ms)
		return;
	flights.due_ms = INT64_MAX;
	for (struct fetch *fetch = flights.all, *after; fetch; fetch = after) {
		after = fetch->after;
		if (fetch->due_ms <= now)
			come_due(fetch, now);
	}
	for (struct fetch *fetch = flights.all; fetch; fetch = fetch->after)
		look_by(fetch->due_ms);
}

void flight_resume(struct fetch *fetch)
{
	if (fetch->phase != PHASE_IN_FLIGHT || !fetch->paused)
		return;
	fetch->paused = false;
	fetch->heard_ms = tick_ms();
	set_due(fetch, silence_due(fetch));
	CURLcode code = multi_resume(fetch);
	if (code != CURLE_OK)
		flight_end(fetch, code);
}

void flights_go(void)
{
	for (struct fetch *fetch; (fetch = hosts_take()); )
		take_off(fetch);
}

bool flights_fail(const char *why)
{
	bool some = flights.all;

	while (flights.all)
		fail_here(flights.all, why);
	return some;
}

int64_t flights_due(void)
{
	return flights.due_ms;
}

void flights_begin(void)
{
	flights.due_ms = INT64_MAX;
}
