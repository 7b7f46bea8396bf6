/* test_state_wire.c - a process whose connection ends as it begins, wherever that is, does not begin or misses nothing. */
#include "state_private.h"
#include "wire.h"

#define WITHIN_MS 10000

static atomic_int changes, misses;

/* ---- What the layer above would do ---- */

static void changed(UNUSED const char *uri)
{
	atomic_fetch_add(&changes, 1);
}

static void told(UNUSED str what, UNUSED str rest)
{
}

static void missed(UNUSED bool reborn)
{
	atomic_fetch_add(&misses, 1);
}

static str none(UNUSED struct arena *in)
{
	return STR("[]");
}

/* ---- Around every test ---- */

static char through[256];               /* the same database's address, through the wire */

static void begin_wire(void)
{
	begin_empty();
	store = store_open(url, STORE_WRITES);
	ck_assert(store && store_migrate(store, state_migrations));
	const char *database = strstr(url, "@/") + 2;
	wire_open();
	snprintf(through, sizeof(through), "postgresql://postgres@127.0.0.1:%d/%.*s?sslmode=disable%s", wire.port,
	         (int)strcspn(database, "?"), database, strstr(url, "&options="));
}

static void end_wire(void)
{
	wire_end();
	end();
}

static bool share(void)
{
	return state_start(&(struct state_settings) {
		.database = through, .session_idle_ms = 60000, .resume_ms = 60000, .task_ttl_ms = 60000,
		.sessions_max = 10, .stream_max = 100000,
		.handler = { .changed = changed, .told = told, .missed = missed, .used = none,
		             .task_last_words = "{}" },
	});
}

static void change(void)
{
	ck_assert(store->driver->script(store, "select pg_notify('" CHANNEL_CHANGED "', 'thing://one')"));
}

static void assert_nothing_is_missed(int behind)
{
	int64_t until = tick_ms() + WITHIN_MS;

	change();
	while (atomic_load(&changes) + atomic_load(&misses) == 0 && tick_ms() < until)
		poll(NULL, 0, 1);
	ck_assert_msg(atomic_load(&changes) + atomic_load(&misses) > 0, "cut behind %d messages it hears nothing", behind);
}

START_TEST(what_changes_once_it_has_begun_is_heard_or_known_to_be_missed)
{
	bool troubled = true;
	int began = 0;

	for (int behind = 0; troubled; behind++) {
		atomic_store(&changes, 0);
		atomic_store(&misses, 0);
		wire_trouble_behind(WIRE_ENDS, behind);
		bool begins = share();
		troubled = wire_was_troubled();
		if (begins)
			assert_nothing_is_missed(behind);
		began += begins;
		state_stop();
	}
	ck_assert_int_gt(began, 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("state on the wire");
	TCase *tests = tcase_create("wire");

	tcase_add_checked_fixture(tests, begin_wire, end_wire);
	tcase_set_timeout(tests, 120);
	tcase_add_test(tests, what_changes_once_it_has_begun_is_heard_or_known_to_be_missed);
	suite_add_tcase(suite, tests);
	return run_suite(suite);
}
