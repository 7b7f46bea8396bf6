/* test_postgres_reads_wire.c - what a loop's connection may be sent, and where it may end: at every byte. */
#include <arpa/inet.h>
#include <fcntl.h>

#include "reads.h"
#include "wire.h"

#define CALLS 4

static char through[256];               /* the same database's address, through the wire */

static void begin_wire(void)
{
	const char *database = strstr(server(), "@/") + 2;

	begin();
	wire_open();
	snprintf(through, sizeof(through), "postgresql://postgres@127.0.0.1:%d/%.*s?sslmode=disable", wire.port,
	         (int)strcspn(database, "?"), database);
}

static void end_wire(void)
{
	wire_end();
	end();
}

static void close_reads(void)
{
	store_close(loop_reads);
	loop_reads = NULL;
}

/* A connection of its own each time: what is lost is not dialled again at once. */
static void open_through_wire(void)
{
	wire_trouble_behind(WIRE_NONE, 0);
	open_reads(through);
	ck_assert(!store_reads_now(loop_reads));
	carry_out_dial();
}

/* ---- Calls whose answers can't be taken for each other's ---- */

static bool read_twice(struct read_call *call)
{
	int64_t began = call->value;
	bool fine = read_text(call, "select :value::bigint + 1 as value")
	            && read_text(call, "select :value::bigint * 2 as value");

	if (!fine)
		call->value = began;
	return fine;
}

static struct read_call calls[CALLS];

static void begin_calls(void)
{
	for (int i = 0; i < CALLS; i++) {
		calls[i] = (struct read_call) { .answers.came = call_came, .tool = read_twice, .value = 100 * i };
		run_call(&calls[i]);
	}
}

static bool some_wait(void)
{
	for (int i = 0; i < CALLS; i++)
		if (calls[i].waits)
			return true;
	return false;
}

static void wait_for_calls(void)
{
	for (int turns = 0; some_wait() && turns < 4000; turns++)
		turn(10);
}

/* As a loop does it: time is looked at when that is due. */
static void live(void)
{
	turn(5);
	if (fake.check && tick_ms() >= fake.check_at_ms)
		check_time();
}

static void live_on(void)
{
	for (int turns = 0; some_wait() && turns < 4000; turns++)
		live();
}

/* Each has its answer, or none. */
static int look_at_calls(void)
{
	int done = 0;

	for (int i = 0; i < CALLS; i++) {
		ck_assert(!calls[i].waits);
		ck_assert(calls[i].done != (calls[i].left || calls[i].gave_up));
		if (calls[i].done)
			ck_assert_int_eq(calls[i].value, 2 * (100 * i + 1));
		done += calls[i].done;
	}
	return done;
}

/* Another text than those that may have to stay away. */
static bool read_otherwise(struct read_call *call)
{
	return read_text(call, "select :value::bigint + 5 as value");
}

static void expect_that_it_works(void)
{
	struct read_call call;

	begin_call(&call, read_otherwise);
	wait_for_call(&call);
	ck_assert(call.done && call.value == 5);
	ck_assert_int_eq(fake.dials, 1);
}

/* ---- Cut ---- */

START_TEST(a_connection_is_cut_behind_every_byte)
{
	int cut = 0;

	for (bool troubled = true; troubled; cut++) {
		open_through_wire();
		ck_assert(store_reads_now(loop_reads));
		wire_trouble_behind(WIRE_CUT, cut);
		begin_calls();
		wait_for_calls();
		troubled = wire_was_troubled();
		ck_assert_int_le(look_at_calls(), CALLS);
		for (int turns = 0; troubled && fake.socket >= 0 && turns < 1000; turns++)
			turn(10);
		ck_assert_int_eq(fake.socket < 0, troubled);
		close_reads();
	}
	ck_assert_int_gt(cut, 100);
}
END_TEST

START_TEST(a_connection_is_cut_while_it_is_made)
{
	int cut = 0;

	for (bool troubled = true; troubled; cut += 7) {
		open_reads(through);
		wire_trouble_behind(WIRE_CUT, cut);
		ck_assert(!store_reads_now(loop_reads));
		carry_out_dial();
		troubled = wire_was_troubled();
		ck_assert_int_eq(store_reads_now(loop_reads), !troubled);
		close_reads();
	}
	ck_assert_int_gt(cut, 100);
}
END_TEST

/* ---- Held up ---- */

START_TEST(an_answer_is_held_up_behind_every_byte)
{
	int held = 0;

	for (bool troubled = true; troubled; held += 11) {
		open_through_wire();
		wire_trouble_behind(WIRE_HELD, held);
		begin_calls();
		for (int turns = 0; some_wait() && !wire_was_troubled() && turns < 1000; turns++)
			turn(1);
		troubled = wire_was_troubled();
		live_on();
		look_at_calls();
		wire_trouble_behind(WIRE_NONE, 0);
		for (int turns = 0; !store_reads_now(loop_reads) && turns < 1000; turns++)
			turn(10);
		expect_that_it_works();
		close_reads();
	}
	ck_assert_int_gt(held, 100);
}
END_TEST

/* What hangs is on the wire and no process of the server's: one that is stopped may hold what all others wait for. */
START_TEST(a_server_that_hangs_loses_its_connection)
{
	struct read_call call;
	int64_t began = tick_ms();

	open_through_wire();
	wire_trouble_behind(WIRE_HELD, 0);
	begin_call(&call, read_one_more);
	while (call.waits)
		live();
	ck_assert(call.left);
	while (fake.socket >= 0)
		live();
	ck_assert_int_ge(tick_ms() - began, 2000);
	close_reads();
}
END_TEST

/* A network may bring little at a time. */
START_TEST(answers_come_byte_by_byte)
{
	open_through_wire();
	atomic_store(&wire.bytewise, true);
	begin_calls();
	wait_for_calls();
	ck_assert_int_eq(look_at_calls(), CALLS);
	ck_assert_int_ge(fake.socket, 0);
	close_reads();
}
END_TEST

/* ---- Put between ---- */

#define BETWEEN(text, harmless) { text, sizeof(text) - 1, harmless }

struct between {
	const char *bytes;
	size_t size;
	bool harmless;
};

static const struct between begins_copy = BETWEEN("G\0\0\0\x07\0\0\0", false);

static const struct between between[] = {
	BETWEEN("N\0\0\0\x27SNOTICE\0VNOTICE\0C00000\0Mwatch out\0\0", true),
	BETWEEN("S\0\0\0\x18TimeZone\0Asia/Tokyo\0", true),
	BETWEEN("A\0\0\0\x15\0\0\0\x01" "channel\0news\0", true),
	BETWEEN("E\0\0\0\x28SERROR\0VERROR\0C57014\0Mnot any more\0\0", false),
	BETWEEN("E\0\0\0\x26SFATAL\0VFATAL\0C57P01\0Mgoing down\0\0", false),
	BETWEEN("\0\0\0\0\0\0\0\0", false),
	BETWEEN("D\x7f\xff\xff\xff\0\x01", false),
};

static void check_sizes(const struct between *put)
{
	const unsigned char *size = (const unsigned char *)put->bytes + 1;

	if (put->harmless)
		ck_assert_uint_eq(put->size, 1u + (unsigned)(size[2] << 8 | size[3]));
}

/* Whether it came to that. */
static bool put_between(const struct between *put, int at)
{
	open_through_wire();
	memcpy(wire.between, put->bytes, put->size);
	wire.between_size = put->size;
	wire_trouble_behind(WIRE_BETWEEN, at);
	begin_calls();
	(put->harmless ? wait_for_calls : live_on)();
	int done = look_at_calls();
	if (put->harmless)
		expect_that_it_works();
	close_reads();
	return wire_was_troubled() || done < CALLS;
}

START_TEST(other_messages_come_between_any_two)
{
	const struct between *put = &between[_i];
	int at = 0;

	check_sizes(put);
	while (put_between(put, at))
		at++;
	ck_assert_int_gt(at, 10);
}
END_TEST

/* libpq then has a result for whoever asks, without end. */
START_TEST(a_copy_that_nobody_wanted_ends_the_connection)
{
	ck_assert(put_between(&begins_copy, 0));
}
END_TEST

/* The server's settings change, and change: nothing is wrong with that. */
START_TEST(news_come_to_one_that_is_idle)
{
	const struct between *put = &between[1];

	open_through_wire();
	for (int i = 0; i < 100; i++) {
		ck_assert_int_eq(write(wire.client, put->bytes, put->size), (ssize_t)put->size);
		turn(100);
	}
	expect_that_it_works();
	close_reads();
}
END_TEST

/* ---- The socket ---- */

static bool read_with_much(struct read_call *call)
{
	char *text = arena_alloc(arena, 60001);

	memset(text, 'x', 60000);
	struct thing by = { .name = text };
	return store_find(loop_reads, arena, find_thing, thing_shape, &by, thing_shape, &call->rows);
}

/* libpq closes its socket by itself where it learns of the end while it sends. The number is the next connection's: it
 * must not be watched any more by then. */
START_TEST(a_socket_that_is_closed_is_not_watched)
{
	static struct read_call many[64];
	int sent = 0, small = 4096;

	open_through_wire();
	setsockopt(fake.socket, SOL_SOCKET, SO_SNDBUF, &small, sizeof(small));
	atomic_store(&wire.deaf, true);
	poll(NULL, 0, 20);
	while (sent < 30) {
		begin_call(&many[sent++], read_with_much);
		if (sent % 4 == 0)
			end_turn();
	}
	ck_assert(fake.writes);
	atomic_store(&wire.ends, true);
	poll(NULL, 0, 20);
	while (sent < 40 && !many[sent - 1].gave_up) {
		begin_call(&many[sent++], read_with_much);
		ck_assert(fake.socket < 0 || fcntl(fake.socket, F_GETFD) >= 0);
	}
	for (int turns = 0; fake.socket >= 0 && turns < 200; turns++)
		turn(10);
	end_turn();
	for (int i = 0; i < sent; i++)
		ck_assert(many[i].left || many[i].gave_up);
	close_reads();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("postgres reads on the wire");
	TCase *tcase = tcase_create("wire");

	if (!on_postgres()) {
		puts("POSTGRES_URL is not set: see tests/postgres.sh");
		return 77;
	}
	tcase_add_checked_fixture(tcase, begin_wire, end_wire);
	tcase_set_timeout(tcase, 240);
	tcase_add_test(tcase, a_connection_is_cut_behind_every_byte);
	tcase_add_test(tcase, a_connection_is_cut_while_it_is_made);
	tcase_add_test(tcase, an_answer_is_held_up_behind_every_byte);
	tcase_add_test(tcase, a_server_that_hangs_loses_its_connection);
	tcase_add_test(tcase, answers_come_byte_by_byte);
	tcase_add_loop_test(tcase, other_messages_come_between_any_two, 0, COUNT(between));
	tcase_add_test(tcase, a_copy_that_nobody_wanted_ends_the_connection);
	tcase_add_test(tcase, news_come_to_one_that_is_idle);
	tcase_add_test(tcase, a_socket_that_is_closed_is_not_watched);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
