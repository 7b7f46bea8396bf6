/* test_store_groups_trouble.c - transactions of a SQLite file that are committed together: what becomes of the others
 * where one fails, and of all where their commit does. */
#include <signal.h>
#include <sys/resource.h>

#include "members.h"

/* ---- What members do ---- */

/* With the trigger SQLite can take back the statement alone, without one it takes back all. */
static const char *const floods[] = { insert_thing, "insert into flood values (:name)" };
static const char *flood;

static bool add_too_much(struct store *in, void *context)
{
	static char text[400 * 1024];
	struct member *member = context;

	member->runs++;
	memset(text, 'x', sizeof(text) - 1);
	return store_change(in, flood, thing_shape, &(struct thing) { .name = text }) == 1;
}

static void fill(struct member *member)
{
	member->outcome = store_transact(member->store, add_too_much, member);
}

/* As long as m0 and m1 have not done their own. */
static void fill_often(struct member *member)
{
	while (atomic_load(&told) < 2)
		fill(member);
}

/* Less than the connection keeps in memory: it is written by the commit. */
static bool add_some(struct store *in, void *context)
{
	char text[60 * 1024];

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	memcpy(text, ((struct member *)context)->name, 2);
	return add(in, text, 1) == 1;
}

static void write_some(struct member *member)
{
	member->outcome = store_transact(member->store, add_some, member);
}

/* ---- All of it fails ---- */

static enum store_outcome failed_as;

static void run_failing(void)
{
	failed_as = run_group(NULL);
}

START_TEST(a_commit_that_fails_fails_for_all)
{
	make_members(5, add_one);
	members[3].act = change_alone;
	members[4].act = take_back;
	refuses = true;
	catch_log(run_failing);
	refuses = false;
	ck_assert_int_eq(failed_as, STORE_FAILED);
	for (int i = 0; i < 3; i++)
		ck_assert_int_eq(members[i].outcome, STORE_FAILED);
	ck_assert_int_eq(members[3].changed, -1);
	ck_assert_int_eq(members[4].outcome, STORE_FAILED);
	ck_assert_ptr_nonnull(strstr(logged, "commit: constraint failed"));
	ck_assert_int_eq(count_in(store), 0);
	make_members(2, add_one);
	ck_assert_int_eq(run_group(NULL), STORE_COMMITTED);
	ck_assert_int_eq(count_in(store), 3);
}
END_TEST

/* Who said no, or failed, because of rows that are not there in the end has failed as they have. */
START_TEST(where_a_commit_fails_nothing_is_said_because_of_it)
{
	make_seers();
	refuses = true;
	catch_log(run_failing);
	refuses = false;
	ck_assert_int_eq(failed_as, STORE_FAILED);
	for (int i = 0; i < 3; i++)
		ck_assert_int_eq(members[i].outcome, STORE_FAILED);
	ck_assert_int_eq(members[3].changed, -1);
	for (int i = 1; i < 4; i++)
		ck_assert(!members[i].refused);
	ck_assert_int_eq(count_in(store), 0);
}
END_TEST

static void prepare_flood(const char *sql)
{
	flood = sql;
	ck_assert(store->driver->script(store, "create table flood (text text)"));
}

/* The group fills it. Who began it is well. */
static void run_on_a_small_disk(void)
{
	sqlite3_exec(writing_db(), "pragma max_page_count = 60", NULL, NULL, NULL);
	catch_log(run_failing);
	ck_assert_int_eq(failed_as, STORE_COMMITTED);
}

/* They look again, too. */
START_TEST(who_saw_what_another_took_along_is_run_again)
{
	prepare_flood(floods[1]);
	make_members(4, add_later);
	members[1].act = be_second;
	members[2].act = collide;
	members[3].act = fill;
	run_on_a_small_disk();
	ck_assert_int_eq(members[3].outcome, STORE_FAILED);
	ck_assert_int_eq(members[1].runs, 2);
	ck_assert_int_eq(members[2].runs, 2);
	ck_assert(is_there("first") && is_there("m0"));
	/* Now one of them may have been before m0. */
	ck_assert_int_eq(is_there("m1"), members[1].outcome == STORE_COMMITTED);
	ck_assert_int_eq((members[0].outcome == STORE_COMMITTED)
	                 + (members[2].outcome == STORE_COMMITTED), 1);
}
END_TEST

/* Those that went with it were well, and are run again. */
START_TEST(whoever_fills_the_disk_fails_alone)
{
	long long reruns = atomic_load(&store_counters.reruns);

	prepare_flood(floods[_i]);
	make_members(5, add_one);
	members[1].act = change_alone;
	members[2].act = fill;
	run_on_a_small_disk();
	ck_assert_int_eq(members[2].outcome, STORE_FAILED);
	ck_assert_int_eq(members[2].runs, 1);
	ck_assert_int_eq(members[0].runs, 1 + _i);
	ck_assert_int_eq(members[4].outcome, STORE_COMMITTED);
	ck_assert(is_there("first") && is_there("m0") && is_there("m1") && is_there("m3")
	          && is_there("m4"));
	ck_assert_int_eq(members[1].changed, 1);
	ck_assert_int_eq(count_in(store), 5);
	ck_assert_int_eq(atomic_load(&store_counters.reruns) - reruns, _i ? 2 : 0);
	ck_assert_ptr_nonnull(strstr(logged, "full"));
}
END_TEST

START_TEST(who_went_with_another_once_does_not_again)
{
	prepare_flood(floods[1]);
	make_members(8, fill_often);
	members[0].act = add_later;
	members[1].act = change_alone;
	run_on_a_small_disk();
	ck_assert_int_eq(members[0].outcome, STORE_COMMITTED);
	ck_assert_int_eq(members[1].changed, 1);
	ck_assert_int_le(members[0].runs, 2);
	ck_assert_int_eq(count_in(store), 3);
}
END_TEST

static struct rlimit limit;

static void fill_disk(void)
{
	struct rlimit small = { 200 * 1024, limit.rlim_max };

	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &small), 0);
}

static void run_on_full_disk(void)
{
	failed_as = run_group(fill_disk);
}

START_TEST(a_disk_that_is_full_at_the_commit_fails_all_of_the_group)
{
	make_members(8, write_some);
	members[3].act = add_later;
	signal(SIGXFSZ, SIG_IGN);
	ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &limit), 0);
	catch_log(run_on_full_disk);
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
	ck_assert_int_eq(failed_as, STORE_FAILED);
	for (int i = 0; i < count; i++)
		ck_assert_int_eq(members[i].outcome, STORE_FAILED);
	ck_assert_int_eq(count_in(store), 0);
	make_members(8, write_some);
	ck_assert_int_eq(run_group(NULL), STORE_COMMITTED);
	ck_assert_int_eq(count_in(store), 9);
}
END_TEST

static void move_away(void)
{
	char other[300];

	snprintf(other, sizeof(other), "%s.away", url + 7);
	ck_assert_int_eq(rename(url + 7, other), 0);
}

static void run_moved(void)
{
	failed_as = run_group(move_away);
}

START_TEST(a_file_that_is_moved_away_fails_all_of_the_group)
{
	char other[300];

	make_members(4, add_later);
	catch_log(run_moved);
	ck_assert_int_eq(failed_as, STORE_FAILED);
	for (int i = 0; i < 4; i++)
		ck_assert_int_eq(members[i].outcome, STORE_FAILED);
	ck_assert_ptr_nonnull(strstr(logged, "was moved"));
	snprintf(other, sizeof(other), "%s.away", url + 7);
	ck_assert_int_eq(rename(other, url + 7), 0);
	ck_assert_int_eq(add(store, "later", 1), 1);
}
END_TEST

static void let_them_wait_too_long(void)
{
	while (lending_waiting(sqlite_file_turn(file())) > 0)
		usleep(10000);
}

static void run_slowly(void)
{
	failed_as = run_group(let_them_wait_too_long);
}

START_TEST(whoever_waited_too_long_for_a_turn_fails_alone)
{
	make_members(3, add_later);
	members[1].act = change_alone;
	catch_log(run_slowly);
	ck_assert_int_eq(failed_as, STORE_COMMITTED);
	ck_assert_int_eq(members[0].outcome, STORE_FAILED);
	ck_assert_int_eq(members[1].changed, -1);
	ck_assert_int_eq(members[0].runs, 0);
	ck_assert_ptr_nonnull(strstr(logged, "other threads did not stop writing in time"));
	ck_assert_int_eq(count_in(store), 1);
}
END_TEST

/* ---- The suite ---- */

static TCase *failing_case(void)
{
	TCase *tcase = tcase_create("all of it fails");

	tcase_add_checked_fixture(tcase, begin_groups, end);
	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, a_commit_that_fails_fails_for_all);
	tcase_add_test(tcase, where_a_commit_fails_nothing_is_said_because_of_it);
	tcase_add_test(tcase, who_saw_what_another_took_along_is_run_again);
	tcase_add_loop_test(tcase, whoever_fills_the_disk_fails_alone, 0, COUNT(floods));
	tcase_add_test(tcase, who_went_with_another_once_does_not_again);
	tcase_add_test(tcase, a_disk_that_is_full_at_the_commit_fails_all_of_the_group);
	tcase_add_test(tcase, a_file_that_is_moved_away_fails_all_of_the_group);
	tcase_add_test(tcase, whoever_waited_too_long_for_a_turn_fails_alone);
	return tcase;
}

int main(void)
{
	Suite *suite = suite_create("groups of commits that fail");

	suite_add_tcase(suite, failing_case());
	return run_suite(suite);
}
