/* tail_logs.c - see tail_logs.h. */
#include "tail_logs.h"

#include <pthread.h>

#include "begun.h"
#include "mask.h"
#include "watched.h"

/* All that are followed share what may be asked for: together they take half of it, whoever searches has the rest. */
#define POLL_MS 2000                    /* of one that is followed alone */
#define FOLLOWED_MAX 8                  /* half of them one caller's at most */
#define PAGE_LINES 100                  /* of a poll; what is more comes with the next, which does not wait */
#define TOLD_MAX 500                    /* as progress */
#define KEPT_MAX 100                    /* for the answer: the latest */
#define KEPT_TEXT 400
#define KEPT_WORD 64
#define KNOWN_MAX 1024                  /* so many lines back one is known again */
#define LATE_MS 5000                    /* so much later than others a line may come */
#define END_MS 500

const SHAPE(tail_logs_shape, struct tail_logs,
	TEXT(struct tail_logs, service, "Whose log", .required = true, AT_LEAST(1), AT_MOST(64)),
	TEXT(struct tail_logs, text, "What a line has to have in it, exactly so", AT_MOST(200)),
	INT(struct tail_logs, seconds, "How long", AT_LEAST(1), AT_MOST(TAIL_SECONDS_MAX), DEFAULT(30)));

const SHAPE(tailed_shape, struct tailed,
	TEXT(struct tailed, service, "Whose log", .required = true),
	LIST(struct tailed, lines, lines_count, struct log_line, log_line_shape, "The latest that came, the newest last"),
	INT(struct tailed, seen, "How many came", .required = true),
	INT(struct tailed, left_out, "How many of them are not in lines", .required = true),
	TIME(struct tailed, as_of, "When the last look was"),
	LIST(struct tailed, gaps, gaps_count, struct gap, gap_shape, "What could not be had"));

/* From run to run, whatever comes. */
struct kept_line {
	int64_t at;
	char level[KEPT_WORD + sizeof("…")], request_id[KEPT_WORD + sizeof("…")], message[KEPT_TEXT + sizeof("…")];
};

struct tail {
	bool begun;
	uint64_t party;                 /* whose it is; 0: anybody's */
	bool over;                      /* it is refused: nothing more will come */
	int64_t until_tick_ms;
	int64_t since;                  /* lines from there on are asked for */
	int64_t latest;                 /* of the lines so far */
	int64_t round;
	int64_t seen;
	int64_t as_of;
	bool full;                      /* the last page was: there is more */
	char trouble[KEPT_TEXT + sizeof("…")];
	uint64_t known[KNOWN_MAX];      /* of the latest lines, by seen % KNOWN_MAX */
	struct kept_line lines[KEPT_MAX];       /* by seen % KEPT_MAX */
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct begun followed;           /* under the lock */

static int followed_now(void)
{
	pthread_mutex_lock(&lock);
	int count = followed.count;
	pthread_mutex_unlock(&lock);
	return count;
}

static void end(void *kept)
{
	const struct tail *tail = kept;

	if (!tail->begun)
		return;
	pthread_mutex_lock(&lock);
	begun_end(&followed, tail->party);
	pthread_mutex_unlock(&lock);
}

/* Of nobody where there are no keys. */
static uint64_t party_of(const struct mcp_call *call)
{
	const char *caller = mcp_caller(call);

	return strcmp(caller, "anonymous") == 0 ? 0 : str_hash(str_of(caller)) | 1;
}

/* False: there are too many, as `why` says. */
static bool begin(const struct mcp_call *call, struct tail *tail, int64_t seconds, char *why, size_t size)
{
	uint64_t party = party_of(call);

	pthread_mutex_lock(&lock);
	bool begun = begun_add(&followed, FOLLOWED_MAX, party, why, size);
	pthread_mutex_unlock(&lock);
	if (begun)
		*tail = (struct tail) { .begun = true, .party = party, .until_tick_ms = tick_ms() + seconds * 1000, .since = now_ms() - LATE_MS };
	return begun;
}

static bool is_known(const struct tail *tail, uint64_t hash)
{
	int64_t count = tail->seen < KNOWN_MAX ? tail->seen : KNOWN_MAX;

	for (int64_t i = 0; i < count; i++)
		if (tail->known[i] == hash)
			return true;
	return false;
}

/* Whole characters, and … where there were more; room for that is behind `most`. NULL is nothing. */
static void copy(char *into, size_t most, const char *text)
{
	size_t size = text ? strnlen(text, most + 1) : 0;
	bool whole = size <= most;

	for (size = whole ? size : most; !whole && size > 0 && ((unsigned char)text[size] & 0xc0) == 0x80; )
		size--;
	if (size > 0)
		memcpy(into, text, size);
	memcpy(into + size, whole ? "" : "…", whole ? 1 : sizeof("…"));
}

static void keep(struct tail *tail, const struct log_line *line)
{
	struct kept_line *kept = &tail->lines[tail->seen % KEPT_MAX];

	kept->at = line->first;
	copy(kept->message, KEPT_TEXT, line->message);
	copy(kept->level, KEPT_WORD, line->level);
	copy(kept->request_id, KEPT_WORD, line->request_id);
}

static void take(struct mcp_call *call, struct tail *tail, const struct log_event *event)
{
	uint64_t hash = str_hash(str_of(event->eventId ? event->eventId : event->message)) ^ (uint64_t)event->timestamp;
	char at[TIME_TEXT_SIZE];

	if (is_known(tail, hash))
		return;
	struct log_line line = tail->seen < TOLD_MAX ? log_line_read(call, event->message, event->timestamp)
		: (struct log_line) { .first = event->timestamp, .message = event->message };
	tail->known[tail->seen % KNOWN_MAX] = hash;
	keep(tail, &line);
	tail->seen++;
	tail->latest = event->timestamp > tail->latest ? event->timestamp : tail->latest;
	time_print(line.first, at);
	if (tail->seen <= TOLD_MAX)
		mcp_progress(call, (double)tail->seen, 0, "%s %s%s%s", at, line.level ? line.level : "", line.level ? " " : "", line.message);
}

/* Until the next: a line may be written later than one that was seen, but of a page that is full those behind it come first. */
static void go_on(struct tail *tail, bool full)
{
	int64_t since = full ? tail->latest : tail->latest - LATE_MS;

	tail->full = full;
	tail->since = since > tail->since ? since : tail->since;
	tail->round++;
}

/* One look. What AWS said is gone with it. False: it is not answered yet. */
static bool poll(struct mcp_call *call, const struct tail_logs *asked, struct tail *tail, struct arena *arena)
{
	int64_t left = tail->until_tick_ms - tick_ms(), pause = tail->round == 0 || tail->full ? 0 : POLL_MS * followed_now();
	struct aws_about about = { .round = tail->round, .pause_ms = pause < left ? pause : left > 0 ? left : 0, .once = true, .arena = arena };
	struct log_filter filter = {
		watched_log_group(arena, asked->service), log_pattern(arena, &asked->text, 1), NULL, tail->since, INT64_MAX / 1000000, PAGE_LINES, true,
	};
	struct log_events events = { 0 };

	enum aws_outcome outcome = aws_ask_of(call, LOGS_FILTER_EVENTS, log_filter_shape, &filter, log_events_shape, &events, &about);
	if (outcome == AWS_PENDING)
		return false;
	copy(tail->trouble, KEPT_TEXT, about.trouble);
	tail->over = outcome == AWS_FAILED && about.fault == AWS_REFUSED;
	tail->as_of = outcome == AWS_ANSWERED ? about.as_of_ms : tail->as_of;
	mask_all(arena, log_events_shape, &events);
	int64_t before = tail->seen;
	for (int64_t i = 0; i < events.events_count; i++)
		if (events.events[i].message)
			take(call, tail, &events.events[i]);
	go_on(tail, events.events_count >= PAGE_LINES && tail->seen > before);
	return true;
}

static enum mcp_answer answer(struct mcp_call *call, const char *service, const struct tail *tail)
{
	int64_t count = tail->seen < KEPT_MAX ? tail->seen : KEPT_MAX;
	struct tailed tailed = { .service = service, .seen = tail->seen, .left_out = tail->seen - count, .as_of = tail->as_of };
	struct look look = look_begin(call, false);

	tailed.lines = arena_array(mcp_arena(call), struct log_line, count);
	for (; tailed.lines_count < count; tailed.lines_count++) {
		const struct kept_line *kept = &tail->lines[(tail->seen - count + tailed.lines_count) % KEPT_MAX];
		tailed.lines[tailed.lines_count] = (struct log_line) {
			.first = kept->at, .last = kept->at, .count = 1, .message = kept->message,
			.level = *kept->level ? kept->level : NULL, .request_id = *kept->request_id ? kept->request_id : NULL,
		};
	}
	if (*tail->trouble)
		look_gap(&look, "the log", tail->trouble);
	tailed.gaps = look.gaps;
	tailed.gaps_count = look.gaps_count;
	return mcp_return(call, tailed_shape, &tailed);
}

enum mcp_answer tail_logs(struct mcp_call *call, const void *in, UNUSED struct store *store)
{
	const struct tail_logs *asked = in;
	const char *service = watched_find(asked->service);
	struct tail *tail = aws_kept_until(call, sizeof(*tail), end);
	char why[128];

	if (!service)
		return watched_none(call, asked->service);
	if (!tail->begun && !begin(call, tail, asked->seconds, why, sizeof(why)))
		return mcp_fail(call, "Of logs that are followed %s. search_logs finds what was written.", why);
	/* What can't be had at all is told at once, and so is what is refused without being asked for: it would be again, at once. */
	while (tail->round == 0 || (!tail->over && tail->as_of && tick_ms() < tail->until_tick_ms - END_MS)) {
		struct arena *arena = arena_create();
		bool known = poll(call, asked, tail, arena);
		arena_destroy(arena);
		if (!known)
			return MCP_WAITING;
	}
	return answer(call, service, tail);
}
