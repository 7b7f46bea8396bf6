/* search_logs.c - see search_logs.h. */
#include "search_logs.h"

#include "ago.h"
#include "watched.h"

#define PAGES_MAX 8                     /* in one call: AWS gives pages without a line, as many as it likes */
#define LINES_MAX 200

const SHAPE(search_logs_shape, struct search_logs,
	TEXT(struct search_logs, service, "Whose log", .required = true, AT_LEAST(1), AT_MOST(64)),
	TEXT(struct search_logs, text, "What a line has to have in it, exactly so, as in \"unavailable\"", AT_MOST(200)),
	TEXT(struct search_logs, level, "Lines of that level alone", ONE_OF(LOG_LEVELS)),
	TEXT(struct search_logs, request_id, "Lines of that request, or of that trace, alone", AT_MOST(64)),
	TEXT(struct search_logs, since, "From when on: " AGO_WORDS, DEFAULT("1h"), AT_MOST(40)),
	TEXT(struct search_logs, until, "Until when, in the same words; else until now", AT_MOST(40)),
	INT(struct search_logs, limit, "How many lines, those that say the same are one", AT_LEAST(1), AT_MOST(LINES_MAX), DEFAULT(50)),
	BOOL(struct search_logs, newest_first, "Begin with the newest", DEFAULT(true)),
	TEXT(struct search_logs, cursor, "next_cursor of the answer before: what comes behind it. The service is the same, everything else is"
	     " as it was there", AT_MOST(8000)));

const SHAPE(found_lines_shape, struct found_lines,
	TEXT(struct found_lines, service, "Whose log", .required = true),
	LIST(struct found_lines, lines, lines_count, struct log_line, log_line_shape, "Its lines, those that say the same as one"),
	INT(struct found_lines, events, "How many there were before those were put together", .required = true),
	TIME(struct found_lines, from, "Looked at from here"),
	TIME(struct found_lines, to, "to there"),
	BOOL(struct found_lines, more, "There may be more: next_cursor goes on", .required = true),
	TEXT(struct found_lines, next_cursor, "Pass it as cursor"),
	TIME(struct found_lines, as_of, "When it was so"),
	LIST(struct found_lines, gaps, gaps_count, struct gap, gap_shape, "What could not be had"));

/* What is looked for, and where it is gone on. */
struct search {
	const char *service, *pattern, *token;
	int64_t from, to;
	bool newest_first;
};
static SHAPE(search_shape, struct search,
	PARAM(struct search, service), PARAM(struct search, pattern), PARAM(struct search, token),
	PARAM(struct search, from), PARAM(struct search, to), PARAM(struct search, newest_first));

/* NULL, or what is wrong. The same in every run: its first one says when "now" is. */
static const char *read_times(struct mcp_call *call, const struct search_logs *asked, struct search *search)
{
	int64_t *now = aws_kept(call, sizeof(*now));

	*now = *now ? *now : now_ms();
	search->to = *now;
	if (!ago_read(asked->since, *now, &search->from))
		return "since is " AGO_WORDS ".";
	if (asked->until && !ago_read(asked->until, *now, &search->to))
		return "until is " AGO_WORDS ".";
	return search->from < search->to ? NULL : "since is not before until.";
}

static const char *read_search(struct mcp_call *call, const struct search_logs *asked, struct search *search)
{
	struct arena *arena = mcp_arena(call);
	const char *const words[] = { log_level_words(arena, asked->level), asked->request_id, asked->text };

	if (asked->cursor) {
		bool opens = mcp_cursor_open(call, "search_logs", asked->cursor, search_shape, search);
		return opens && search->service && strcmp(search->service, asked->service) == 0 ? NULL
			: "This cursor does not belong to this search: begin anew without it.";
	}
	search->service = watched_find(asked->service);
	search->newest_first = asked->newest_first;
	search->pattern = log_pattern(arena, words, sizeof(words) / sizeof(*words));
	return read_times(call, asked, search);
}

static void fold(struct found_lines *found, struct log_line line)
{
	found->events++;
	for (int64_t i = 0; i < found->lines_count; i++) {
		struct log_line *same = &found->lines[i];
		if (!log_line_same(same, &line))
			continue;
		line.count = same->count + 1;
		line.first = same->first < line.first ? same->first : line.first;
		if (same->last > line.last) {
			same->count = line.count;
			same->first = line.first;
			return;
		}
		*same = line;
		return;
	}
	found->lines[found->lines_count++] = line;
}

/* Of no page is some left out, since as many events are asked for as there is room for lines. */
static bool next_page(struct look *look, struct search *search, int64_t limit, struct found_lines *found)
{
	struct log_events page = { 0 };
	struct log_filter filter = {
		watched_log_group(mcp_arena(look->call), search->service), search->pattern, search->token, search->from, search->to,
		limit - found->lines_count, !search->newest_first,
	};

	if (!look_at(look, "the log", LOGS_FILTER_EVENTS, log_filter_shape, &filter, log_events_shape, &page))
		return false;
	for (int64_t i = 0; i < page.events_count && found->lines_count < limit; i++)
		if (page.events[i].message)
			fold(found, log_line_read(look->call, page.events[i].message, page.events[i].timestamp));
	/* The same once more would be the same page. */
	bool more = page.nextToken && *page.nextToken && (!search->token || strcmp(page.nextToken, search->token) != 0);
	search->token = page.nextToken;
	return more;
}

enum mcp_answer search_logs(struct mcp_call *call, const void *in, UNUSED struct store *store)
{
	const struct search_logs *asked = in;
	struct look look = look_begin(call, false);
	struct search search = { 0 };

	if (!watched_find(asked->service))
		return watched_none(call, asked->service);
	const char *wrong = read_search(call, asked, &search);
	if (wrong)
		return mcp_fail(call, "%s", wrong);

	struct found_lines found = { .service = search.service, .from = search.from, .to = search.to };
	found.lines = arena_array(mcp_arena(call), struct log_line, asked->limit);
	for (int pages = 0; pages < PAGES_MAX && found.lines_count < asked->limit && (found.more = next_page(&look, &search, asked->limit, &found)); )
		pages++;
	if (look.pending)
		return MCP_WAITING;
	if (found.more)
		found.next_cursor = mcp_cursor(call, "search_logs", search_shape, &search);
	found.as_of = look.as_of;
	found.gaps = look.gaps;
	found.gaps_count = look.gaps_count;
	return mcp_return(call, found_lines_shape, &found);
}
