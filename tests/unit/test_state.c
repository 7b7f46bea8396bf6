/* test_state.c - the thread that processes share things through: what it does in which order, what it
 * gives up, how it stops. */
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <sys/eventfd.h>

#include "http.h"
#include "state_private.h"
#include "task_rows.h"
#include "things.h"

static struct http *http;
static sem_t gate, held, over;
static atomic_int missed_count, changes;

/* ---- Its tables ---- */

START_TEST(what_a_version_before_needs_stays)
{
	static const char *const takes[] = { "drop table", "drop column", "rename", NULL };

	for (const struct migration *each = state_migrations; each->name; each++) {
		const char *sql = _i ? each->postgres : each->sqlite;
		for (int i = 0; sql && takes[i] && strcmp(each->name, "shared-8") != 0; i++)
			ck_assert_msg(!strstr(sql, takes[i]), "%s has a %s", each->name, takes[i]);
	}
}
END_TEST

/* ---- What the layer above would do ---- */

static void changed(UNUSED const char *uri)
{
	atomic_fetch_add(&changes, 1);
}

static void told(str what, UNUSED str rest)
{
	if (str_is(what, "missed"))
		sem_post(&over);
}

static void missed(UNUSED bool reborn)
{
	atomic_fetch_add(&missed_count, 1);
}

static str used(UNUSED struct arena *in)
{
	return STR("[]");
}

static str no_words(UNUSED struct arena *in, UNUSED str ids)
{
	return STR("[]");
}

static void due(UNUSED int64_t call)
{
}

static bool claim(struct errand *errand, struct store *in);
static void claimed(struct errand *errand);

static void task_due(str id)
{
	static const struct errand_kind claim_kind = { .work = claim, .done = claimed };
	struct task_errand *due = errand_new(&claim_kind, struct task_errand);

	due->task.id = arena_copy(due->errand.arena, id);
	errand_send_from(&due->errand, http_loop(http, 0));
}

static SHAPE(task_id_shape, struct state_task,
	TEXT(struct state_task, id, "Its id"));

static const char *fresh_secret;
static struct budget counted = { .max = SIZE_MAX };

static void share(void)
{
	ck_assert(state_start(&(struct state_settings) {
		.fresh_secret = fresh_secret, .budget = &counted,
		.database = url, .session_idle_ms = 60000, .resume_ms = 60000, .task_ttl_ms = 60000,
		.sessions_max = 10, .stream_max = 100000,
		.handler = { .changed = changed, .told = told, .missed = missed, .used = used,
		             .last_words = no_words, .due = due, .task_due = task_due,
		             .task_last_words = "{}" },
	}));
}

static void begin_shared(void)
{
	begin_empty();
	/* SQLite's the thread makes itself, and has alone. */
	if (on_postgres()) {
		store = store_open(url, STORE_WRITES);
		ck_assert(store && store_migrate(store, state_migrations));
	}
	sem_init(&gate, 0, 0);
	sem_init(&held, 0, 0);
	sem_init(&over, 0, 0);
	http = http_start(&(struct http_settings) {
		.host = "127.0.0.1", .loops = 1, .connection_bytes = 8192, .body_max = 1000,
		.backlog_max = 1000, .connections_max = 10,
		.header_deadline_ms = 1000, .body_deadline_ms = 1000, .idle_ms = 1000,
		.keep_alive_ms = 1000,
	});
	ck_assert_ptr_nonnull(http);
	share();
}

static void end_shared(void)
{
	state_stop();
	http_stop(http);
	sem_destroy(&gate);
	sem_destroy(&held);
	sem_destroy(&over);
	end();
}

/* ---- Errands that say when they were done ---- */

struct note {
	struct errand errand;
	char name;
	uint64_t party;
	int fails;                      /* so many tries, though the database is there */
	bool refused;                   /* by the database */
};

static char done_names[128], failed_names[64];
static atomic_int works;

struct words {
	const char *text;
};

static SHAPE(words_shape, struct words,
	TEXT(struct words, text, "More than a notification may have"));

static bool refused(struct store *in)
{
	char text[9001];
	struct words words = { memset(text, 'a', sizeof(text)) }, none;

	text[sizeof(text) - 1] = '\0';
	return store_find_one(in, arena, "select cast(pg_notify('x', :text) as text) as text",
	                      words_shape, &words, words_shape, &none) >= 0;
}

static bool work(struct errand *errand, struct store *in)
{
	struct note *note = (struct note *)errand;

	atomic_fetch_add(&works, 1);
	return note->refused ? refused(in) : note->fails-- <= 0;
}

static bool work_all(struct errand *first, int count, struct store *in)
{
	struct errand *each = first;
	bool fine = true;

	atomic_fetch_add(&works, 1);
	for (int i = 0; i < count; i++, each = each->next)
		fine = fine && !((struct note *)each)->refused;
	return fine || refused(in);
}

static bool wait_for_gate(UNUSED struct errand *errand, UNUSED struct store *in)
{
	sem_post(&held);
	sem_wait(&gate);
	return true;
}

static void done(struct errand *errand)
{
	const struct note *note = (struct note *)errand;

	strncat(errand->failed ? failed_names : done_names, &note->name, 1);
	sem_post(&over);
}

static const struct errand_kind note_kind = { .work = work, .done = done, .lasts = true },
	together_kind = { .work_all = work_all, .done = done, .lasts = true },
	gate_kind = { .work = wait_for_gate }, quiet_kind = { .work = work, .lasts = true };

static void send(const struct errand_kind *kind, struct note like, uint64_t key)
{
	struct note *note = errand_new(kind, struct note);

	note->name = like.name;
	note->fails = like.fails;
	note->refused = like.refused;
	note->errand.key = key;
	note->errand.party = like.party;
	errand_send_from(&note->errand, http_loop(http, 0));
}

/* What is sent between the two waits together. */
static void hold(void)
{
	done_names[0] = failed_names[0] = '\0';
	atomic_store(&works, 0);
	send(&gate_kind, (struct note) { 0 }, 0);
	sem_wait(&held);
}

static void await(int count)
{
	sem_post(&gate);
	for (int i = 0; i < count; i++)
		sem_wait(&over);
}

START_TEST(what_is_refused_is_tried_once)
{
	hold();
	send(&note_kind, (struct note) { .name = 'r', .refused = true }, 1);
	send(&note_kind, (struct note) { .name = 'a' }, 1);
	await(2);
	ck_assert_str_eq(failed_names, "r");
	ck_assert_str_eq(done_names, "a");
	ck_assert_int_eq(works, 2);
}
END_TEST

START_TEST(others_overtake_what_is_tried_again)
{
	hold();
	send(&note_kind, (struct note) { .name = '1', .fails = 2 }, 1);
	send(&note_kind, (struct note) { .name = 'a' }, 1);
	send(&note_kind, (struct note) { .name = '2', .fails = 1 }, 2);
	send(&note_kind, (struct note) { .name = 'b' }, 2);
	send(&note_kind, (struct note) { .name = 'c' }, 3);
	send(&note_kind, (struct note) { .name = 'd' }, 0);
	await(6);
	ck_assert_str_eq(done_names, "dc2b1a");
	ck_assert_str_eq(failed_names, "");
}
END_TEST

START_TEST(what_always_fails_is_given_up_and_the_next_of_its_key_is_done)
{
	hold();
	send(&note_kind, (struct note) { .name = '1', .fails = 1000 }, 1);
	send(&note_kind, (struct note) { .name = 'a' }, 1);
	send(&note_kind, (struct note) { .name = 'b' }, 2);
	await(3);
	ck_assert_str_eq(done_names, "ba");
	ck_assert_str_eq(failed_names, "1");
}
END_TEST

START_TEST(of_several_in_one_statement_only_the_refused_one_fails)
{
	hold();
	for (int i = 0; i < 5; i++)
		send(&together_kind, (struct note) { .name = (char)('a' + i), .refused = i == 2 },
		     (uint64_t)i + 1);
	await(5);
	ck_assert_str_eq(failed_names, "c");
	ck_assert_str_eq(done_names, "abde");
	ck_assert_int_eq(works, 6);     /* all, then each by itself */
}
END_TEST

START_TEST(each_party_has_its_turn)
{
	hold();
	for (int i = 0; i < 4; i++)
		send(&note_kind, (struct note) { .name = (char)('a' + i), .party = 1 }, 0);
	send(&note_kind, (struct note) { .name = '1', .party = 2 }, 0);
	send(&note_kind, (struct note) { .name = '2', .party = 2 }, 0);
	send(&note_kind, (struct note) { .name = 'x' }, 7);
	send(&note_kind, (struct note) { .name = 'y' }, 7);
	send(&note_kind, (struct note) { .name = '!' }, 0);     /* nobody's waits for none */
	await(9);
	ck_assert_str_eq(done_names, "!a1xb2ycd");
}
END_TEST

static bool work_slowly(UNUSED struct errand *errand, UNUSED struct store *in)
{
	usleep(5000);
	return true;
}

static const struct errand_kind slow_kind = { .work = work_slowly, .done = done };

/* What is sent meanwhile too: many of one party's are not done in one go. */
START_TEST(who_comes_later_does_not_wait_for_all_of_another)
{
	size_t before = atomic_load(&counted.used);

	hold();
	for (int i = 0; i < 60; i++)
		send(&slow_kind, (struct note) { .name = 'a', .party = 1 }, 0);
	ck_assert_uint_ge(atomic_load(&counted.used) - before, 60 * sizeof(struct note));
	sem_post(&gate);
	sem_wait(&over);
	send(&note_kind, (struct note) { .name = 'b', .party = 2 }, 0);
	for (int i = 0; i < 60; i++)
		sem_wait(&over);
	ck_assert_ptr_nonnull(strchr(done_names, 'b'));
	ck_assert_int_lt(strchr(done_names, 'b') - done_names, 20);
}
END_TEST

START_TEST(a_change_with_a_name_too_long_for_words_is_told_as_any)
{
	char uri[9000];

	memset(uri, 'u', sizeof(uri));
	uri[sizeof(uri) - 1] = '\0';
	if (on_postgres()) {
		state_changed(uri, false);
		sem_wait(&over);
	}
}
END_TEST

/* However long its name is, and whatever the thread waits for, the disk too. */
START_TEST(where_there_is_one_process_a_change_is_told_at_once)
{
	char uri[9000];
	int before = atomic_load(&changes);

	memset(uri, 'u', sizeof(uri));
	uri[sizeof(uri) - 1] = '\0';
	hold();
	state_changed("order://1", true);
	ck_assert_int_eq(atomic_load(&changes) - before, on_postgres() ? 0 : 1);
	if (!on_postgres()) {
		state_changed(uri, true);
		ck_assert_int_eq(atomic_load(&changes) - before, 2);
	}
	await(0);
}
END_TEST

/* ---- What is due ---- */

static int64_t claims_began_ms, claims_ended_ms;

static bool claim(struct errand *errand, struct store *in)
{
	const struct state_task *task = &((struct task_errand *)errand)->task;

	if (!claims_began_ms)
		claims_began_ms = tick_ms();
	claims_ended_ms = tick_ms();
	return store_change(in, "update mcp_task set until = 0 where id = :id", task_id_shape, task) == 1;
}

static void claimed(struct errand *errand)
{
	ck_assert(!errand->failed);
	sem_post(&over);
}

static bool make_due(UNUSED struct errand *errand, struct store *in)
{
	return store_change(in, "insert into mcp_task (id, caller, owner, status, created, updated, until)"
		" with recursive n(i) as (select 1 union all select i + 1 from n where i < 250)"
		" select 't' || i, 'alice', 0, 'working', 1, 1, i from n", NULL, NULL) == 250;
}

/* Without waiting for a beat. */
START_TEST(however_much_is_due_is_gone_on_with)
{
	static const struct errand_kind due_kind = { .work = make_due };

	claims_began_ms = 0;
	errand_send_from(&errand_new(&due_kind, struct note)->errand, http_loop(http, 0));
	for (int i = 0; i < 250; i++)
		sem_wait(&over);
	ck_assert_int_lt(claims_ended_ms - claims_began_ms, 1900);
	ck_assert_int_ne(sem_trywait(&over), 0);        /* each once */
}
END_TEST

/* ---- Stopping ---- */

static _Thread_local bool sends_slowly;
static sem_t about_to_wake;
static atomic_int late;                 /* wakes of a descriptor that is not the thread's any more */

/* Instead of libc's: whoever sends slowly is overtaken before it wakes the thread. */
int eventfd_write(int fd, eventfd_t value)
{
	if (sends_slowly) {
		sem_post(&about_to_wake);
		usleep(200 * 1000);
	}
	if (write(fd, &value, sizeof(value)) != sizeof(value) && errno != EAGAIN)
		atomic_fetch_add(&late, 1);
	return 0;
}

static void *send_slowly(UNUSED void *context)
{
	sends_slowly = true;
	send(&quiet_kind, (struct note) { 0 }, 0);
	return NULL;
}

START_TEST(whoever_comes_later_has_the_secret_of_the_first)
{
	for (int i = 0; i < 3; i++) {
		state_stop();
		fresh_secret = i == 0 ? "the first one's" : "of another";
		share();
		ck_assert_str_eq(state_secret(), "the first one's");
	}
	fresh_secret = NULL;
}
END_TEST

START_TEST(nobody_wakes_it_after_its_end)
{
	pthread_t sender;

	sem_init(&about_to_wake, 0, 0);
	pthread_create(&sender, NULL, send_slowly, NULL);
	sem_wait(&about_to_wake);
	state_stop();
	pthread_join(sender, NULL);
	ck_assert_int_eq(late, 0);
	sem_destroy(&about_to_wake);
	share();
}
END_TEST

static atomic_bool senders_end;

static void *send_often(UNUSED void *context)
{
	while (!atomic_load(&senders_end))
		send(&quiet_kind, (struct note) { 0 }, 0);
	return NULL;
}

START_TEST(others_may_send_while_it_stops)
{
	pthread_t threads[2];

	atomic_store(&senders_end, false);
	for (int i = 0; i < 2; i++)
		pthread_create(&threads[i], NULL, send_often, NULL);
	for (int i = 0; i < 10; i++) {
		state_stop();
		share();
	}
	atomic_store(&senders_end, true);
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
}
END_TEST

START_TEST(what_is_sent_after_the_end_fails_at_once)
{
	state_stop();
	done_names[0] = failed_names[0] = '\0';
	send(&note_kind, (struct note) { .name = 'a' }, 1);
	sem_wait(&over);
	ck_assert_str_eq(failed_names, "a");
	share();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("shared");
	TCase *tests = tcase_create("shared");

	tcase_add_checked_fixture(tests, begin_shared, end_shared);
	tcase_set_timeout(tests, 60);
	tcase_add_loop_test(tests, what_a_version_before_needs_stays, 0, 2);
	tcase_add_test(tests, what_is_refused_is_tried_once);
	tcase_add_test(tests, others_overtake_what_is_tried_again);
	tcase_add_test(tests, what_always_fails_is_given_up_and_the_next_of_its_key_is_done);
	tcase_add_test(tests, of_several_in_one_statement_only_the_refused_one_fails);
	tcase_add_test(tests, each_party_has_its_turn);
	tcase_add_test(tests, who_comes_later_does_not_wait_for_all_of_another);
	tcase_add_test(tests, a_change_with_a_name_too_long_for_words_is_told_as_any);
	tcase_add_test(tests, where_there_is_one_process_a_change_is_told_at_once);
	tcase_add_test(tests, however_much_is_due_is_gone_on_with);
	tcase_add_test(tests, whoever_comes_later_has_the_secret_of_the_first);
	tcase_add_test(tests, nobody_wakes_it_after_its_end);
	tcase_add_test(tests, others_may_send_while_it_stops);
	tcase_add_test(tests, what_is_sent_after_the_end_fails_at_once);
	suite_add_tcase(suite, tests);
	return run_suite(suite);
}
