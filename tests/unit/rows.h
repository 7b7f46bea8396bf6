/* rows.h - what processes share, as rows without the thread that carries out errands: this process has
 * number ME, another one OTHER. On SQLite or PostgreSQL, as things.h has it. */
#ifndef ROWS_H
#define ROWS_H

#include <pthread.h>

#include "things.h"
#include "waiting_bytes.h"

#define ME 1
#define OTHER 2
#define BUDGET 400000                   /* bytes that may wait */

static struct budget waiting = { .max = BUDGET };

static inline void script(const char *sql)
{
	ck_assert(store->driver->script(store, sql));
}

static inline int64_t count_of(const char *sql)
{
	struct number number = { -1 };

	ck_assert_int_eq(store_find_one(store, arena, sql, NULL, NULL, number_shape, &number), 1);
	return number.value;
}

struct a_text {
	const char *text;
};

static UNUSED SHAPE(a_text_shape, struct a_text,
	TEXT(struct a_text, text, "A text"));

static inline const char *text_of(const char *sql)
{
	struct a_text text = { NULL };

	ck_assert_int_eq(store_find_one(store, arena, sql, NULL, NULL, a_text_shape, &text), 1);
	return text.text;
}

/* What was told since, a line each. */
static inline const char *heard(void)
{
	struct store_notice notice;
	const char *lines = "";

	while (store_heard(store, &notice)) {
		lines = arena_print(arena, "%s%s %s\n", lines, notice.channel, notice.words);
		store_heard_free(store, &notice);
	}
	return lines;
}

/* ---- What the layer above would do ---- */

static inline str used(UNUSED struct arena *in)
{
	return STR("[]");
}

static inline str last_words(UNUSED struct arena *in, UNUSED str ids)
{
	return STR("[\"last words\"]");
}

static inline void due(UNUSED int64_t call)
{
}

static inline void task_due(UNUSED str id)
{
}

/* ---- Around every test ---- */

static inline void set_rows(void)
{
	state_set = (struct state_settings) { .session_idle_ms = 60000, .resume_ms = 60000,
		.task_ttl_ms = 60000, .sessions_max = 10, .stream_max = 100000, .budget = &waiting,
		.handler = { .used = used, .last_words = last_words, .due = due, .task_due = task_due,
		             .task_last_words = "{\"code\":1}" } };
}

static inline void open_rows(void)
{
	store = store_open_state(url, 0);
	ck_assert(store && store_migrate(store, state_migrations));
}

static inline void begin_rows(void)
{
	begin_empty();
	set_rows();
	open_rows();
	ck_assert(beat_register(store));
	ck_assert_int_eq(state_me(), ME);
	ck_assert(beat_register(store));
	ck_assert_int_eq(state_me(), OTHER);
	state_set_me(ME);
	ck_assert(store_listen(store, CHANNEL_CHANGED) && store_listen(store, CHANNEL_ALL) &&
	          store_listen(store, CHANNEL_ONE "1") && store_listen(store, CHANNEL_ONE "2"));
}

static inline void end_rows(void)
{
	end();
}

/* The other process has not said for long that it lives; on SQLite it can't, where this one does. */
static inline void bury_the_other(void)
{
	struct beat_seen seen;

	script("update mcp_process set seen = 1 where id = 2");
	ck_assert(on_postgres() ? beat(store, true, &seen) : beat_bury_others(store));
	ck_assert_int_eq(count_of("select count(*) as value from mcp_process where id = 2"), 0);
}

static inline void make_session(const char *id, const char *caller)
{
	script(arena_print(arena, "insert into mcp_session (id, revision, can, caller, log_least)"
	                   " values ('%s', 2, 0, '%s', -1)", id, caller));
}

/* With four events so far, and a client at this process. */
static inline void make_stream(const char *session, int64_t number, int home)
{
	script(arena_print(arena, "insert into mcp_stream (session, number, home, attached, listens, ids,"
	                   " last) values ('%s', %lld, %d, 1, false, '[7]', 4)", session,
	                   (long long)number, home));
}

/* ---- Two at once ---- */

#define ROUNDS 40

/* Of the round's two questions it answers one, and whether that was the last. */
typedef bool answer_fn(struct store *connection, struct arena *own, int which, int round);

struct answerer {
	pthread_t thread;
	pthread_barrier_t *barrier;
	answer_fn *answer;
	int which;
	bool last[ROUNDS];
};

static inline void *answer_all(void *context)
{
	struct answerer *answerer = context;
	struct arena *own = arena_create();
	struct store *connection = store_open(url, STORE_WRITES);

	for (int i = 0; i < ROUNDS; i++) {
		pthread_barrier_wait(answerer->barrier);
		answerer->last[i] = connection &&
			answerer->answer(connection, own, answerer->which, i);
	}
	store_close(connection);
	arena_destroy(own);
	return NULL;
}

/* Of the answers of two processes in the same moment one is the last. */
static inline void of_two_answers_one_is_the_last(answer_fn *answer)
{
	pthread_barrier_t barrier;
	struct answerer answerers[2];

	pthread_barrier_init(&barrier, NULL, 2);
	for (int i = 0; i < 2; i++) {
		answerers[i] = (struct answerer) { .barrier = &barrier, .answer = answer, .which = i };
		pthread_create(&answerers[i].thread, NULL, answer_all, &answerers[i]);
	}
	for (int i = 0; i < 2; i++)
		pthread_join(answerers[i].thread, NULL);
	pthread_barrier_destroy(&barrier);
	for (int i = 0; i < ROUNDS; i++)
		ck_assert_int_eq(answerers[0].last[i] + answerers[1].last[i], 1);
}

#endif
