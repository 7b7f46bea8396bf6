/* supervision.c - a message goes round the event loops; as long as each brings it back, the process is alive. */
#include <stdio.h>
#include <stdlib.h>

#include "fatal.h"
#include "log.h"
#include "loop.h"
#include "supervision.h"
#include "supervisor.h"

/* ---- A message for each loop ---- */

struct beat {
	struct message message;
	atomic_bool out;                /* posted, and not yet run by its loop */
};

static struct {
	struct beat *each;              /* for good: a loop may hold one as long as there are loops */
	int count;
} beats;

static void come_back(struct message *message, struct loop *loop UNUSED)
{
	struct beat *beat = (struct beat *)message;

	atomic_store(&beat->out, false);
}

static void make_beats(int count)
{
	beats.each = calloc((size_t)count, sizeof(*beats.each));
	if (!beats.each)
		fatal();
	beats.count = count;
	for (int i = 0; i < count; i++)
		beats.each[i].message.run = come_back;
}

/* Those that came back go out again: whether all did. */
static bool loops_turn(struct http *http)
{
	bool all = true;

	if (!beats.each)
		make_beats(http_loops(http));
	for (int i = 0; i < beats.count; i++)
		if (atomic_load(&beats.each[i].out)) {
			all = false;
		} else {
			atomic_store(&beats.each[i].out, true);
			loop_post(http_loop(http, i), &beats.each[i].message);
		}
	return all;
}

/* ---- What is due ---- */

void supervision_begin(struct supervision *supervision, const char *status)
{
	*supervision = (struct supervision) { 0 };
	snprintf(supervision->status, sizeof(supervision->status), "%s", status);
	supervisor_ready(status);
}

static void look_at_loops(struct supervision *supervision, struct http *http)
{
	bool turn = loops_turn(http);

	if (turn)
		supervisor_alive();
	else if (!supervision->stuck)
		log_error("an event loop has not turned for %lld ms: its clients wait", (long long)supervisor_watchdog_ms());
	supervision->stuck = !turn;
}

static void say_status(const struct supervision *supervision, void (*say)(const char *status))
{
	char status[sizeof(supervision->status)];

	snprintf(status, sizeof(status), "not ready: %s", supervision->why_not ? supervision->why_not : "");
	say(supervision->why_not ? status : supervision->status);
}

int64_t supervision_run_due(struct supervision *supervision, struct http *http, const char *why_not, int64_t at_ms)
{
	int64_t pause_ms = supervisor_watchdog_ms();

	if (why_not != supervision->why_not) {
		supervision->why_not = why_not;
		say_status(supervision, supervisor_status);
	}
	if (pause_ms < 0)
		return -1;
	if (at_ms >= supervision->due_ms) {
		look_at_loops(supervision, http);
		supervision->due_ms = at_ms + pause_ms;
	}
	return supervision->due_ms - at_ms;
}

void supervision_reloaded(const struct supervision *supervision)
{
	say_status(supervision, supervisor_ready);
}
