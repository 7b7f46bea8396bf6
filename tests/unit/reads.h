/* reads.h - an event loop's store of PostgreSQL without the event loop: the test polls its socket, ends its turns,
 * and says when time is looked at. */
#ifndef READS_H
#define READS_H

#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>

#include "store_reads.h"
#include "things.h"

#define SLOW_MS 25

/* Far away, so that a busy machine changes nothing. */
static int statement_ms = 60000;

static struct {
	struct store_loop loop;
	int socket;                     /* -1: none */
	bool writes, flush, check;
	int64_t check_at_ms;
	int dials;
	struct store_dial *dial;        /* that was not carried out */
	bool dials_later, dials_never;
} fake;

static void fake_watch(struct store_loop *loop UNUSED, int socket, bool writes)
{
	fake.socket = socket;
	fake.writes = writes;
}

static void fake_flush_later(struct store_loop *loop UNUSED)
{
	ck_assert(!fake.flush);
	fake.flush = true;
}

static void fake_check_at(struct store_loop *loop UNUSED, int64_t at_ms)
{
	ck_assert(!fake.check);
	ck_assert_int_le(at_ms - tick_ms(), 2500);
	fake.check = true;
	fake.check_at_ms = at_ms;
}

static bool fake_dial(struct store_loop *loop UNUSED, struct store_dial *dial)
{
	fake.dials++;
	if (!fake.dials_never)
		fake.dial = dial;
	return !fake.dials_never;
}

static struct store *loop_reads;        /* the store */

static inline void carry_out_dial(void)
{
	struct store_dial *dial = fake.dial;

	fake.dial = NULL;
	store_dial(dial);
	store_dialled(dial);
}

static inline void open_reads(const char *where)
{
	fake = (__typeof__(fake)) {
		.loop = { fake_watch, fake_flush_later, fake_check_at, fake_dial, SLOW_MS, statement_ms },
		.socket = -1 };
	loop_reads = store_open(where, STORE_READS);
	ck_assert_ptr_nonnull(loop_reads);
	store_reads_begin(loop_reads, &fake.loop);
}

static inline void begin_reads(void)
{
	begin();
	open_reads(url);
	ck_assert(!store_reads_now(loop_reads));
	carry_out_dial();
	ck_assert(store_reads_now(loop_reads));
}

static inline void end_reads(void)
{
	store_close(loop_reads);
	loop_reads = NULL;
	if (fake.dial)
		carry_out_dial();
	end();
}

/* ---- Turns ---- */

static inline void end_turn(void)
{
	while (fake.flush) {
		fake.flush = false;
		store_reads_flush(loop_reads);
	}
}

/* One turn, in which something may come. */
static inline void turn(int wait_ms)
{
	struct pollfd about = { fake.socket, (short)(fake.writes ? POLLIN | POLLOUT : POLLIN), 0 };

	end_turn();
	if (fake.socket >= 0 && poll(&about, 1, wait_ms) > 0)
		store_reads_ready(loop_reads);
	end_turn();
}

static inline void check_time(void)
{
	ck_assert(fake.check);
	fake.check = false;
	store_reads_check(loop_reads);
	end_turn();
}

/* ---- Calls ---- */

struct read_call {
	struct store_answers answers;
	int runs, came;
	bool left, waits, gave_up, done;
	bool (*tool)(struct read_call *call);           /* true: it has all it wanted */
	int64_t value;
	const char *sql;
	struct rows rows;
};

static inline void run_call(struct read_call *call)
{
	call->runs++;
	store_begin_call(loop_reads, STORE_BUDGET);
	store_read_for(loop_reads, &call->answers);
	call->done = call->tool(call);
	call->waits = store_waits(loop_reads);
	call->gave_up = store_gave_up(loop_reads);
	ck_assert(store_is_idle(loop_reads));
	ck_assert(!call->waits || !call->gave_up);
	if (call->gave_up || call->done)
		store_answers_drop(&call->answers);
}

static inline void call_came(struct store_answers *answers)
{
	struct read_call *call = (struct read_call *)answers;

	call->came++;
	call->waits = false;
	call->left |= answers->left;
	if (answers->left)
		store_answers_drop(answers);
	else
		run_call(call);
}

static inline void begin_call(struct read_call *call, bool (*tool)(struct read_call *call))
{
	*call = (struct read_call) { .answers.came = call_came, .tool = tool };
	run_call(call);
}

/* However long the server takes; what never comes meets the test's own time limit. */
static inline void wait_for_call(const struct read_call *call)
{
	while (call->waits)
		turn(10);
}

/* ---- Tools ---- */

static inline bool read_text(struct read_call *call, const char *sql)
{
	struct number number = { call->value };
	int found = store_find_one(loop_reads, arena, sql, number_shape, &number, number_shape, &number);

	if (found == 1)
		call->value = number.value;
	return found >= 0;
}

static inline bool read_one_more(struct read_call *call)
{
	return read_text(call, "select :value::bigint + 1 as value");
}

/* It waits until hold_slow()'s lock is let go. */
static inline bool read_slowly(struct read_call *call)
{
	return read_text(call, "select :value::bigint + 1 as value from (select pg_advisory_xact_lock_shared(7)) as s");
}

static inline void do_with_lock(const char *sql)
{
	ck_assert(store->driver->script(store, sql));
}

static inline void hold_slow(void)
{
	do_with_lock("select pg_advisory_lock(7)");
}

static inline void let_slow_go(void)
{
	do_with_lock("select pg_advisory_unlock(7)");
}

#endif
