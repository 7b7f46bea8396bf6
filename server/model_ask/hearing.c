/* hearing.c - see hearing.h. */
#include "hearing.h"

#include <stdlib.h>

#include "fatal.h"

#define TEXT_FIRST 1024
#define GRACE_MS 1000                   /* the clock here ends what goes on for too long, in better words */
#define WHY_MAX 150                     /* bytes of what whoever fetches says */

struct model_times model_times = { .pace = 50, .first_word = 20000, .silence = 15000, .all = 90000 };

#define HEARING_OF(pointer, member) \
	((struct hearing *)(void *)((char *)(pointer) - offsetof(struct hearing, member)))

/* ---- Text that grows ---- */

static void put(struct hearing *hearing, struct heap_text *text, str more)
{
	size_t room = text->room ? text->room : TEXT_FIRST;

	while (room < text->size + more.size)
		room *= 2;
	if (room > text->room) {
		if (!(text->at = realloc(text->at, room)))
			fatal();
		budget_take(hearing->budget, room - text->room);
		text->room = room;
	}
	memcpy(text->at + text->size, more.at, more.size);
	text->size += more.size;
}

static void free_text(struct hearing *hearing, struct heap_text *text)
{
	budget_give(hearing->budget, text->room);
	free(text->at);
	*text = (struct heap_text) { 0 };
}

/* ---- Telling. Under the lock ---- */

static void tell(struct hearing *hearing)
{
	if (hearing->told)
		return;
	hearing->told = true;
	hearing->told_ms = tick_ms();
	awaited_done(&hearing->awaited);
}

static void end(struct hearing *hearing)
{
	hearing->over = true;
	tell(hearing);
}

/* When it is to go on, or with no word yet to have begun. Until the head of its answer is there whoever fetches it sees to that: it may
 * wait for its turn, of which the model knows nothing. */
static int64_t limit(const struct hearing *hearing)
{
	int64_t at_ms = hearing->heard_ms + model_times.silence, least_ms = hearing->head_ms + model_times.first_word / 4;

	if (!hearing->head_ms)
		return INT64_MAX;
	if (!hearing->first_ms) {
		at_ms = hearing->sent_ms + model_times.first_word;
		at_ms = at_ms < least_ms ? least_ms : at_ms;
	}
	return at_ms < hearing->until_ms ? at_ms : hearing->until_ms;
}

static bool has_more_to_tell(const struct hearing *hearing)
{
	return hearing->fresh.size > 0 && !hearing->told;
}

/* When the clock is to look; INT64_MAX: not at all. */
static int64_t due(const struct hearing *hearing)
{
	int64_t told_ms = hearing->told_ms + model_times.pace;

	if (hearing->over)
		return INT64_MAX;
	return has_more_to_tell(hearing) && told_ms < limit(hearing) ? told_ms : limit(hearing);
}

static void wake(struct hearing *hearing)
{
	if (hearing->waking || hearing->clock_ms <= due(hearing))
		return;
	hearing->waking = true;
	loop_post(hearing->awaited.loop, &hearing->wake);
}

static void look(struct hearing *hearing)
{
	int64_t now = tick_ms();

	if (hearing->over)
		return;
	if (has_more_to_tell(hearing) && now >= hearing->told_ms + model_times.pace)
		tell(hearing);
	if (now < limit(hearing))
		return;
	hearing->why = str_quote(str_of(now >= hearing->until_ms ? "its answer takes longer than it may" :
	                                hearing->first_ms ? "it broke off and says nothing more" : "it does not begin to answer"), WHY_MAX);
	end(hearing);
}

/* ---- The clock, on the loop ---- */

static void set_clock(struct hearing *hearing)
{
	hearing->clock_ms = due(hearing);
	if (hearing->clock_ms < INT64_MAX)
		timer_set(hearing->awaited.loop, &hearing->clock, hearing->clock_ms);
	else
		timer_clear(hearing->awaited.loop, &hearing->clock);
}

static void tick(struct timer *timer, UNUSED struct loop *loop)
{
	struct hearing *hearing = HEARING_OF(timer, clock);

	pthread_mutex_lock(&hearing->lock);
	look(hearing);
	set_clock(hearing);
	pthread_mutex_unlock(&hearing->lock);
}

/* It may come when its loop has had its last turn, or the call is over. */
static void woken(struct message *message, UNUSED struct loop *loop)
{
	struct hearing *hearing = HEARING_OF(message, wake);

	pthread_mutex_lock(&hearing->lock);
	hearing->waking = false;
	bool released = hearing->released;
	if (!released && loop_current())
		set_clock(hearing);
	pthread_mutex_unlock(&hearing->lock);
	if (released)
		hearing->awaited.release(&hearing->awaited);
}

/* ---- On the outbound thread ---- */

static void take_text(void *of, str text)
{
	struct hearing *hearing = of;

	if (!hearing->first_ms)
		hearing->first_ms = tick_ms();
	/* Whoever asked for all of it at once is told so, however it comes. */
	if (!hearing->at_once)
		put(hearing, &hearing->fresh, text);
}

static void head(void *owner, UNUSED struct fetch *fetch, const struct fetch_answer *answer)
{
	struct hearing *hearing = owner;
	int64_t after_ms;

	if (!str_to_int(fetch_header(answer, "x-amz-retry-after"), &after_ms) || after_ms < 0)
		after_ms = answer->retry_after_ms;
	pthread_mutex_lock(&hearing->lock);
	hearing->head_ms = tick_ms();
	if (!hearing->over)
		model_reader_head(hearing->reader, &(struct model_head) {
			.status = answer->status, .retry_after_ms = after_ms, .error_type = fetch_header(answer, "x-amzn-errortype"),
			.date = fetch_header(answer, "Date"), .now_ms = now_ms() + hearing->skew_ms,
		});
	wake(hearing);
	pthread_mutex_unlock(&hearing->lock);
}

static void take_piece(struct hearing *hearing, str bytes, bool *more)
{
	hearing->heard_ms = tick_ms();
	*more = model_reader_feed(hearing->reader, bytes);
	hearing->enough = !*more;
	if (has_more_to_tell(hearing) && hearing->heard_ms >= hearing->told_ms + model_times.pace)
		tell(hearing);
	wake(hearing);
}

static enum fetch_piece piece(void *owner, UNUSED struct fetch *fetch, str bytes)
{
	struct hearing *hearing = owner;
	bool more = false;

	pthread_mutex_lock(&hearing->lock);
	if (!hearing->over)
		take_piece(hearing, bytes, &more);
	pthread_mutex_unlock(&hearing->lock);
	return more ? FETCH_MORE : FETCH_END;
}

static void done(void *owner, UNUSED struct fetch *fetch, const struct fetch_answer *answer)
{
	struct hearing *hearing = owner;

	pthread_mutex_lock(&hearing->lock);
	if (!hearing->over) {
		hearing->failed_here = answer->failed_here;
		if (answer->status == 0 && !hearing->enough)
			hearing->why = str_quote(str_of(answer->why), WHY_MAX);
		end(hearing);
	}
	pthread_mutex_unlock(&hearing->lock);
}

/* ---- On the tool's thread ---- */

void hearing_begin(struct hearing *hearing, struct mcp_call *call, const char *key, bool at_once)
{
	hearing->at_once = at_once;
	pthread_mutex_init(&hearing->lock, NULL);
	hearing->budget = budget_hold(reply_budget(call->reply));
	hearing->wake.run = woken;
	hearing->clock.run = tick;
	hearing->clock_ms = INT64_MAX;
	hearing->over = true;
	call_await(call, key, &hearing->awaited);
}

/* What the one before left, of which nobody hears any more. */
static void clear(struct hearing *hearing)
{
	fetch_drop(hearing->fetch);
	hearing->fetch = NULL;
	model_reader_destroy(hearing->reader);
	hearing->reader = NULL;
	hearing->fresh.size = hearing->text.size = 0;
	hearing->why.text[0] = '\0';
	hearing->failed_here = hearing->enough = false;
}

void hearing_try(struct hearing *hearing, struct fetch_request *request, const struct model_reading *reading, int64_t until_ms,
                 int64_t skew_ms)
{
	static const struct fetch_events events = { .head = head, .piece = piece, .done = done };
	struct model_reading mine = *reading;
	int64_t now = tick_ms();

	clear(hearing);
	mine.budget = hearing->budget;
	mine.tell = take_text;
	mine.of = hearing;
	hearing->reader = model_reader_create(&mine);
	request->budget = hearing->budget;
	request->silence_ms = request->head_ms = model_times.first_word;
	request->total_ms = (until_ms > now ? until_ms - now : 0) + GRACE_MS;
	pthread_mutex_lock(&hearing->lock);
	hearing->first_ms = hearing->head_ms = 0;
	hearing->skew_ms = skew_ms;
	hearing->sent_ms = now + request->pause_ms;
	hearing->until_ms = until_ms;
	hearing->over = hearing->told = false;
	awaited_again(&hearing->awaited);
	wake(hearing);
	pthread_mutex_unlock(&hearing->lock);
	hearing->fetch = fetch_start(request, &events, hearing);
}

bool hearing_take(struct hearing *hearing)
{
	if (!awaited_came(&hearing->awaited))
		return false;
	pthread_mutex_lock(&hearing->lock);
	if (hearing->fresh.size > 0)
		put(hearing, &hearing->text, (str) { hearing->fresh.at, hearing->fresh.size });
	hearing->fresh.size = 0;
	bool over = hearing->over;
	if (!over) {
		hearing->told = false;
		awaited_again(&hearing->awaited);
	}
	pthread_mutex_unlock(&hearing->lock);
	return over;
}

const struct model_fault *hearing_end(struct hearing *hearing, struct model_answer *answer)
{
	fetch_drop(hearing->fetch);
	hearing->fetch = NULL;
	return model_reader_end(hearing->reader, answer);
}

/* ---- The end ---- */

void hearing_stop(struct hearing *hearing)
{
	fetch_drop(hearing->fetch);
	hearing->fetch = NULL;
	pthread_mutex_lock(&hearing->lock);
	hearing->over = true;           /* so a message that is still on its way sets no clock */
	pthread_mutex_unlock(&hearing->lock);
	if (loop_current())
		timer_clear(hearing->awaited.loop, &hearing->clock);
}

bool hearing_release(struct hearing *hearing)
{
	pthread_mutex_lock(&hearing->lock);
	hearing->released = hearing->waking;
	bool last = !hearing->waking;
	pthread_mutex_unlock(&hearing->lock);
	if (!last)
		return false;
	model_reader_destroy(hearing->reader);
	free_text(hearing, &hearing->fresh);
	free_text(hearing, &hearing->text);
	pthread_mutex_destroy(&hearing->lock);
	budget_drop(hearing->budget);
	return true;
}
