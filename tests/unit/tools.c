/* tools.c - see tools.h: the part of mcp.h that the tools of both programs use. */
#include "tools.h"

#include <time.h>
#include <unistd.h>

#include "presence.h"
#include "store_internal.h"

struct mcp_call {
	const struct tool *tool;
	struct said said;
	int64_t number;
	const void *kept;
	bool again;                     /* what it waits for is there */
};

struct arena *arena;
const char *caller, *called_for;
bool customer_only;
enum mcp_reply person;
const char *person_says;
char question[512];
const struct shape *form;
int progress_until, progress_told, notices;
const char *noted;
int64_t time_left_ms;
bool runs_elsewhere;
double progress_done, progress_total;
char progress_text[256];

const char *chosen_argument, *chosen_value;

static const char *suggestions;
static int suggestion_count;
static int64_t numbers;
static char changed[8192];
static int64_t counters[MCP_COUNTERS];
static jmp_buf *life;

/* ---- What tools call ---- */

struct arena *mcp_arena(struct mcp_call *call UNUSED)
{
	return arena;
}

int64_t mcp_call_number(struct mcp_call *call)
{
	return call->number;
}

void mcp_keep(struct mcp_call *call, const void *what)
{
	call->kept = what;
}

const void *mcp_kept(const struct mcp_call *call)
{
	return call->kept;
}

void run_again(struct mcp_call *call)
{
	call->again = true;
}

const char *mcp_caller(const struct mcp_call *call UNUSED)
{
	return caller;
}

bool mcp_may(const struct mcp_call *call UNUSED, const char *scopes)
{
	return !scopes || !customer_only;
}

const char *mcp_called(const struct mcp_call *call UNUSED)
{
	return NULL;
}

const char *mcp_customer(const struct mcp_call *call UNUSED)
{
	return called_for;
}

static yyjson_val *read_json(str json)
{
	enum json_trouble trouble;
	yyjson_val *value = json_parse_copy(arena, json, 64, &trouble);

	ck_assert_msg(value, "no JSON: %.*s", STR_FORMAT(json));
	return value;
}

enum mcp_answer (mcp_return)(struct mcp_call *call, const struct shape *shape, const void *out)
{
	struct json json = json_begin(arena, 1024);

	ck_assert_msg(shape && call->tool->out == shape, "%s answers something else than its output shape", call->tool->name);
	shape_write(&json, call->tool->out, out);
	call->said = (struct said) { DID, NULL, read_json(json_end(&json)) };
	return MCP_ANSWERED;
}

enum mcp_answer mcp_return_json(struct mcp_call *call, const char *value)
{
	call->said = (struct said) { DID, NULL, read_json(str_of(value)) };
	return MCP_ANSWERED;
}

bool mcp_begin_task(struct mcp_call *call UNUSED)
{
	return true;
}

static enum mcp_answer say(struct mcp_call *call, enum outcome outcome, const char *format,
                           va_list list)
{
	call->said = (struct said) { outcome, arena_print_list(arena, format, list), NULL };
	return MCP_ANSWERED;
}

#define SAY(call, outcome, format) \
	do { \
		va_list list_; \
		va_start(list_, format); \
		enum mcp_answer answer_ = say(call, outcome, format, list_); \
		va_end(list_); \
		return answer_; \
	} while (0)

enum mcp_answer mcp_say(struct mcp_call *call, const char *format, ...)
{
	SAY(call, DID, format);
}

enum mcp_answer mcp_fail(struct mcp_call *call, const char *format, ...)
{
	SAY(call, REFUSED, format);
}

enum mcp_answer mcp_not_found(struct mcp_call *call, const char *format, ...)
{
	SAY(call, REFUSED, format);
}

enum mcp_answer mcp_cannot_ask(struct mcp_call *call, const char *format, ...)
{
	SAY(call, REFUSED, format);
}

enum mcp_reply (mcp_ask)(struct mcp_call *call UNUSED, const char *key UNUSED,
                       const struct shape *shape, void *answer, const char *format, ...)
{
	va_list list;

	va_start(list, format);
	vsnprintf(question, sizeof(question), format, list);
	va_end(list);
	form = shape;
	if (person == MCP_ACCEPTED)
		ck_assert_ptr_null(shape_read(shape, read_json(str_of(person_says)), SHAPE_DIGITS, answer,
		                              arena));
	return person;
}

enum mcp_answer mcp_wait(struct mcp_call *call, const char *uri, int64_t timeout_ms)
{
	ck_assert_int_gt(timeout_ms, 0);
	call->said = (struct said) { WAITS, uri, NULL };
	return MCP_WAITING;
}

bool mcp_progress(struct mcp_call *call UNUSED, double done, double total, const char *format, ...)
{
	va_list list;

	va_start(list, format);
	vsnprintf(progress_text, sizeof(progress_text), format, list);
	va_end(list);
	progress_done = done;
	progress_total = total;
	return ++progress_told < progress_until;
}

int64_t mcp_time_left_ms(const struct mcp_call *call UNUSED)
{
	return time_left_ms;
}

void mcp_changed(const char *uri)
{
	size_t size = strlen(changed);

	ck_assert_uint_lt(size + strlen(uri) + 1, sizeof(changed));
	sprintf(changed + size, "%s ", uri);
}

void mcp_present(const char *uri UNUSED, const char *who UNUSED, int64_t for_ms UNUSED)
{
}

const char *const *mcp_presence(struct mcp_call *call UNUSED, const char *uri UNUSED)
{
	static const char *const nobody[1];

	return nobody;
}

const struct mcp_follower *mcp_followers(struct mcp_call *call UNUSED, const char *uri UNUSED)
{
	static const struct mcp_follower nobody[1];

	return nobody;
}

void mcp_gauge(int counter UNUSED, int64_t now UNUSED)
{
}

void mcp_count(int counter, int64_t n)
{
	counters[counter] += n;
}

void mcp_note(struct mcp_call *call UNUSED, const char *name, const char *value)
{
	noted = arena_print(arena, "%s%s=%s ", noted, name, value);
}

void mcp_notice(const char *format UNUSED, ...)
{
	notices++;
}

void mcp_message(struct mcp_call *call UNUSED, const char *role UNUSED, const char *format UNUSED,
                 ...)
{
}

const char *(mcp_json)(struct mcp_call *call UNUSED, const struct shape *shape, const void *in)
{
	struct json json = json_begin(arena, 1024);

	shape_write(&json, shape, in);
	return arena_copy(arena, json_end(&json));
}

void mcp_suggest(struct mcp_call *call UNUSED, const char *text)
{
	suggestions = arena_print(arena, "%s%s|", suggestions, text);
	suggestion_count++;
}

const char *mcp_chosen(struct mcp_call *call UNUSED, const char *argument)
{
	return chosen_argument && strcmp(chosen_argument, argument) == 0 ? chosen_value : NULL;
}

/* Cursors are not sealed here: what a client makes of them is the runtime's matter. The quotes of their
 * JSON become backticks, so that they go into other JSON as they are. */
static char *exchange(const char *text, char from, char to)
{
	char *copy = arena_copy(arena, str_of(text));

	for (char *at = copy; *at; at++)
		*at = *at == from ? to : *at;
	return copy;
}

const char *(mcp_cursor)(struct mcp_call *call, const char *kind, const struct shape *shape,
                       const void *position)
{
	return arena_print(arena, "%s=%s", kind,
	                   exchange((mcp_json)(call, shape, position), '"', '`'));
}

bool (mcp_cursor_open)(struct mcp_call *call UNUSED, const char *kind, const char *cursor,
                     const struct shape *shape, void *position)
{
	size_t size = strlen(kind);

	if (strncmp(cursor, kind, size) != 0 || cursor[size] != '=')
		return false;
	const char *json = exchange(cursor + size + 1, '`', '"');
	return !shape_read(shape, read_json(str_of(json)), SHAPE_STRICT, position, arena);
}

/* ---- Calling ---- */

static const struct tool *find_tool(const struct program *program, const char *name)
{
	for (const struct tool *tool = program->tools; tool->name; tool++)
		if (strcmp(tool->name, name) == 0)
			return tool;
	ck_abort_msg("%s has no tool %s", program->name, name);
	return NULL;
}

static yyjson_val *read_arguments(const char *format, va_list list)
{
	return read_json(str_of(exchange(arena_print_list(arena, format, list), '\'', '"')));
}

static enum mcp_answer run_to_its_end(struct program *program, struct mcp_call *call, const void *in)
{
	enum mcp_answer answer;

	do {
		call->again = false;
		call->kept = runs_elsewhere ? NULL : call->kept;
		answer = call->tool->run(call, in, program->store);
	} while (answer == MCP_WAITING && call->again);
	return answer;
}

/* In a function of its own, for longjmp() leaves the variables of setjmp()'s undefined. */
static void run_tool(struct program *program, struct mcp_call *call, yyjson_val *arguments)
{
	const struct shape *shape = call->tool->in;
	void *in = shape ? arena_alloc(arena, shape->size) : NULL;
	const char *wrong = shape ? shape_read(shape, arguments, SHAPE_ARGUMENTS, in, arena) : NULL;

	if (wrong)
		call->said = (struct said) { REFUSED, wrong, NULL };
	else if (run_to_its_end(program, call, in) == MCP_WAITING)
		call->said.outcome = WAITS;
	ck_assert_msg(store_is_idle(program->store), "%s left the store busy", call->tool->name);
}

static struct said call_with(struct program *program, const char *name, yyjson_val *arguments)
{
	struct mcp_call *call = arena_new(arena, struct mcp_call);
	jmp_buf here, *volatile outer = life;

	call->number = ++numbers;
	call->tool = find_tool(program, name);
	call->said = (struct said) { DIED, "died", NULL };
	life = &here;
	if (setjmp(here) == 0)
		run_tool(program, call, arguments);
	life = outer;
	return call->said;
}

void die(void)
{
	ck_assert_ptr_nonnull(life);
	longjmp(*life, 1);
}

#define ARGUMENTS(format) \
	va_list list_; \
	va_start(list_, format); \
	yyjson_val *arguments_ = read_arguments(format, list_); \
	va_end(list_)

struct said call_tool(struct program *program, const char *tool, const char *format, ...)
{
	ARGUMENTS(format);
	return call_with(program, tool, arguments_);
}

yyjson_val *does(struct program *program, const char *tool, const char *format, ...)
{
	ARGUMENTS(format);
	struct said said = call_with(program, tool, arguments_);

	ck_assert_msg(said.outcome == DID, "%s: %s", tool, said.words);
	return said.value;
}

const char *refuses(struct program *program, const char *tool, const char *format, ...)
{
	ARGUMENTS(format);
	struct said said = call_with(program, tool, arguments_);

	ck_assert_msg(said.outcome == REFUSED, "%s was not refused (%d)", tool, said.outcome);
	return said.words;
}

static const char *complete_by(struct store *store, mcp_complete_fn *complete, const char *argument,
                               const char *value)
{
	suggestions = "";
	suggestion_count = 0;
	complete(arena_new(arena, struct mcp_call), argument, value, store);
	ck_assert_int_le(suggestion_count, MCP_SUGGESTIONS_MAX + 10);
	return suggestions;
}

const char *completes(struct program *program, mcp_complete_fn *complete, const char *argument,
                      const char *value)
{
	return complete_by(program->store, complete, argument, value);
}

/* PostgreSQL's has no connection on a loop. */
static struct store *begin_on_loop(struct program *program)
{
	struct store *store = program->store;

	if (store_kind(store) == STORE_SQLITE) {
		store = store_open(program->url, STORE_READS);
		store_begin_call(store, STORE_BUDGET);
	}
	return store;
}

static void end_on_loop(struct program *program, struct store *store, const char *what)
{
	ck_assert_msg(!store_gave_up(store), "%s takes too long for a loop", what);
	if (store == program->store)
		return;
	store_end_call(store);
	store_close(store);
}

int count_completed_on_loop(struct program *program, mcp_complete_fn *complete, const char *argument,
                            const char *value)
{
	struct store *store = begin_on_loop(program);

	complete_by(store, complete, argument, value);
	end_on_loop(program, store, argument);
	return suggestion_count;
}

yyjson_val *does_on_loop(struct program *program, const char *tool, const char *format, ...)
{
	ARGUMENTS(format);
	struct store *own = program->store, *store = begin_on_loop(program);

	program->store = store;
	struct said said = call_with(program, tool, arguments_);
	program->store = own;
	end_on_loop(program, store, tool);
	ck_assert_msg(said.outcome == DID, "%s: %s", tool, said.words);
	return said.value;
}

/* ---- Looking at answers ---- */

int64_t number(yyjson_val *answer, const char *pointer)
{
	yyjson_val *value = yyjson_ptr_get(answer, pointer);

	ck_assert_msg(yyjson_is_int(value), "there is no number at %s", pointer);
	return yyjson_get_sint(value);
}

const char *text(yyjson_val *answer, const char *pointer)
{
	return yyjson_get_str(yyjson_ptr_get(answer, pointer));
}

bool truth(yyjson_val *answer, const char *pointer)
{
	yyjson_val *value = yyjson_ptr_get(answer, pointer);

	ck_assert_msg(yyjson_is_bool(value), "there is no true or false at %s", pointer);
	return yyjson_get_bool(value);
}

int64_t length(yyjson_val *answer, const char *pointer)
{
	yyjson_val *value = yyjson_ptr_get(answer, pointer);

	ck_assert_msg(yyjson_is_arr(value), "there is no list at %s", pointer);
	return (int64_t)yyjson_arr_size(value);
}

const char *changes(void)
{
	return changed;
}

void forget_changes(void)
{
	changed[0] = '\0';
}

int64_t counted(int counter)
{
	return counters[counter];
}

/* ---- Before and after ---- */

void begin(void)
{
	arena = arena_create();
	caller = "anonymous";
	called_for = NULL;
	customer_only = runs_elsewhere = false;
	person = MCP_UNAVAILABLE;
	chosen_argument = chosen_value = NULL;
	progress_until = 1000;
	progress_told = notices = 0;
	noted = "";
	time_left_ms = 55000;
	forget_changes();
	memset(counters, 0, sizeof(counters));
	life = NULL;
}

void end(void)
{
	arena_destroy(arena);
}

/* ---- Chance ---- */

static uint64_t state;

void chance_begin(const char *what)
{
	const char *seed = getenv("SEED");

	state = seed ? strtoull(seed, NULL, 10) : (uint64_t)now_ms() ^ (uint64_t)getpid() << 32;
	printf("%s: SEED=%llu\n", what, (unsigned long long)state);
	fflush(stdout);
}

/* xorshift64*, begun away from 0. */
int chance(int below)
{
	state = state ? state : 88172645463325252u;
	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return (int)((state * 2685821657736338717u >> 33) % (uint64_t)below);
}
