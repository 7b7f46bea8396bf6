/* test_store_groups.c - transactions of a SQLite file that are committed together.
 *
 * The test's own transaction holds the turn until all members are in line, one after the other; then
 * they are one group, in that order, however busy the machine is. */
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/resource.h>

#include "sqlite_private.h"
#include "things.h"

#define MEMBERS_MOST 100

struct member;
typedef void member_fn(struct member *member);

struct member {
	member_fn *act;
	pthread_t thread;
	struct store *store;
	struct arena *arena;
	char name[16];
	enum store_outcome outcome;
	int64_t changed;        /* by a statement alone */
	bool refused;
	int runs;
};

static struct member members[MEMBERS_MOST];
static int count;
static atomic_int commits, told;
static int told_before_commit;
static bool refuses;

/* ---- A group ---- */

static struct sqlite_file *file(void)
{
	return sqlite_of(store)->file;
}

static sqlite3 *writing_db(void)
{
	return sqlite_file_writer(file())->db;
}

static int on_commit(void *context UNUSED)
{
	atomic_fetch_add(&commits, 1);
	told_before_commit += atomic_load(&told);
	return refuses;
}

static void *run_member(void *context)
{
	struct member *member = context;

	member->store = store_open(url, STORE_WRITES);
	member->arena = arena_create();
	member->act(member);
	atomic_fetch_add(&told, 1);
	member->refused = store_refused(member->store);
	ck_assert(store_is_idle(member->store));
	ck_assert_ptr_null(sqlite_of(member->store)->connection);
	store_close(member->store);
	arena_destroy(member->arena);
	return NULL;
}

struct gathering {
	void (*meanwhile)(void);
	bool again;
};

static bool gather(struct store *in, void *context)
{
	struct gathering *gathering = context;

	if (add(in, "first", 1) != 1)
		return false;
	for (int i = 0; i < count && !gathering->again; i++) {
		pthread_create(&members[i].thread, NULL, run_member, &members[i]);
		while (lending_waiting(sqlite_file_turn(file())) < i + 1)
			usleep(100);
	}
	if (gathering->meanwhile && !gathering->again)
		gathering->meanwhile();
	gathering->again = true;
	return true;
}

/* The first's outcome; the others' are in `members`. */
static enum store_outcome run_group(void (*meanwhile)(void))
{
	struct gathering gathering = { meanwhile, false };

	atomic_store(&commits, 0);
	atomic_store(&told, 0);
	told_before_commit = 0;
	sqlite3_commit_hook(writing_db(), on_commit, NULL);
	enum store_outcome outcome = store_transact(store, gather, &gathering);
	for (int i = 0; i < count; i++)
		pthread_join(members[i].thread, NULL);
	return outcome;
}

static void make_members(int how_many, member_fn *act)
{
	count = how_many;
	for (int i = 0; i < count; i++) {
		members[i] = (struct member) { .act = act, .changed = -2 };
		snprintf(members[i].name, sizeof(members[i].name), "m%d", i);
	}
	sqlite_file_group(file())->age_most_us = INT64_MAX;
}

static bool finds(struct store *in, struct arena *into, const char *name)
{
	struct thing thing = { .name = name };

	return store_find_one(in, into, find_thing, &thing_shape, &thing, &thing_shape, &thing) == 1;
}

static bool is_there(const char *name)
{
	return finds(store, arena, name);
}

static void begin_groups(void)
{
	begin();
	refuses = false;
}

/* ---- What members do ---- */

static bool add_mine(struct store *in, void *context)
{
	struct member *member = context;

	member->runs++;
	return add(in, member->name, 7) == 1;
}

/* Whoever is told that it is done finds it, on another connection. */
static void add_one(struct member *member)
{
	member->outcome = store_transact(member->store, add_mine, member);
	if (member->outcome == STORE_COMMITTED)
		ck_assert(finds(member->store, member->arena, member->name));
}

/* Its handle is there already, and nothing is read. */
static void add_later(struct member *member)
{
	member->outcome = store_transact(member->store, add_mine, member);
}

static bool add_twice(struct store *in, void *context)
{
	return add_mine(in, context) && add_mine(in, context);
}

static void fail_one(struct member *member)
{
	member->outcome = store_transact(member->store, add_twice, member);
}

static bool add_and_refuse(struct store *in, void *context)
{
	ck_assert(add_mine(in, context));
	return false;
}

static void take_back(struct member *member)
{
	member->outcome = store_transact(member->store, add_and_refuse, member);
}

static void change_alone(struct member *member)
{
	member->changed = add(member->store, member->name, 7);
	if (member->changed == 1)
		ck_assert(finds(member->store, member->arena, member->name));
}

static void fail_alone(struct member *member)
{
	member->changed = add(member->store, "first", 7);
}

static const char insert_returning[] = "insert into thing (name, size) values (:name, 7)"
	" returning name, size, price_currency";

static void return_alone(struct member *member)
{
	struct thing thing = { .name = member->name }, made = { 0 };

	member->changed = store_find_one(member->store, member->arena, insert_returning, &thing_shape,
	                                 &thing, &thing_shape, &made);
	if (member->changed == 1)
		ck_assert_str_eq(made.name, member->name);
}

static bool stop_at_once(void *context, const void *row)
{
	struct member *member = context;

	/* It may read meanwhile, and sees what it wrote. */
	ck_assert_str_eq(((const struct thing *)row)->name, member->name);
	ck_assert(finds(member->store, member->arena, member->name));
	return false;
}

static void each_alone(struct member *member)
{
	member->changed = store_each(member->store, insert_returning, &thing_shape,
	                             &(struct thing) { .name = member->name }, &thing_shape,
	                             stop_at_once, member);
}

static bool grow(void *context, const void *row)
{
	struct thing thing = *(const struct thing *)row;

	thing.size++;
	return store_change(context, resize, &thing_shape, &thing) == 1;
}

static bool grow_all(struct store *in, void *context)
{
	return add_mine(in, context) && store_each(in, find_all, NULL, NULL, &thing_shape, grow, in);
}

static void go_through(struct member *member)
{
	member->outcome = store_transact(member->store, grow_all, member);
}

/* These go by what m0 has not committed yet. */
static bool add_if_first(struct store *in, void *context)
{
	struct member *member = context;

	member->runs++;
	return !finds(in, member->arena, "m0") && add(in, member->name, 7) == 1;
}

static void be_second(struct member *member)
{
	member->outcome = store_transact(member->store, add_if_first, member);
}

static bool add_same(struct store *in, void *context)
{
	((struct member *)context)->runs++;
	return add(in, "m0", 7) == 1;
}

static void collide(struct member *member)
{
	member->outcome = store_transact(member->store, add_same, member);
}

static void collide_alone(struct member *member)
{
	member->changed = add(member->store, "m0", 7);
}

/* With the trigger SQLite can take back the statement alone, without one it takes back all. */
static const char *const floods[] = { insert_thing, "insert into flood values (:name)" };
static const char *flood;

static bool add_too_much(struct store *in, void *context)
{
	static char text[400 * 1024];
	struct member *member = context;

	member->runs++;
	memset(text, 'x', sizeof(text) - 1);
	return store_change(in, flood, &thing_shape, &(struct thing) { .name = text }) == 1;
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

static bool add_slowly(struct store *in, void *context)
{
	usleep(100 * 1000);
	return add_mine(in, context);
}

static void be_slow(struct member *member)
{
	member->outcome = store_transact(member->store, add_slowly, member);
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

/* ---- Together ---- */

START_TEST(a_group_is_committed_once_and_told_after_it)
{
	make_members(16, add_one);
	ck_assert_int_eq(run_group(NULL), STORE_COMMITTED);
	ck_assert_int_eq(atomic_load(&commits), 1);
	ck_assert_int_eq(told_before_commit, 0);
	for (int i = 0; i < count; i++)
		ck_assert_int_eq(members[i].outcome, STORE_COMMITTED);
	ck_assert_int_eq(count_in(store), 17);
}
END_TEST

START_TEST(a_group_is_of_64_at_most)
{
	make_members(100, add_one);
	ck_assert_int_eq(run_group(NULL), STORE_COMMITTED);
	ck_assert_int_eq(atomic_load(&commits), 2);
	ck_assert_int_eq(count_in(store), 101);
}
END_TEST

START_TEST(an_old_group_is_committed_though_others_wait)
{
	make_members(3, add_one);
	sqlite_file_group(file())->age_most_us = 0;
	ck_assert_int_eq(run_group(NULL), STORE_COMMITTED);
	ck_assert_int_eq(atomic_load(&commits), 4);
	ck_assert_int_eq(count_in(store), 4);
}
END_TEST

START_TEST(a_group_ends_with_whoever_is_slow)
{
	make_members(5, add_one);
	members[1].act = be_slow;
	sqlite_file_group(file())->age_most_us = 50 * 1000;
	ck_assert_int_eq(run_group(NULL), STORE_COMMITTED);
	ck_assert_int_ge(atomic_load(&commits), 2);
	ck_assert_int_eq(count_in(store), 6);
}
END_TEST

static struct { member_fn *act; enum store_outcome outcome; } mixtures[][4] = {
	{ { fail_one, STORE_FAILED }, { add_one, STORE_COMMITTED }, { take_back, STORE_TAKEN_BACK },
	  { add_one, STORE_COMMITTED } },
	{ { add_one, STORE_COMMITTED }, { take_back, STORE_TAKEN_BACK }, { go_through, STORE_COMMITTED },
	  { fail_one, STORE_FAILED } },
	{ { take_back, STORE_TAKEN_BACK }, { take_back, STORE_TAKEN_BACK }, { fail_one, STORE_FAILED },
	  { fail_one, STORE_FAILED } },
	{ { go_through, STORE_COMMITTED }, { fail_one, STORE_FAILED }, { add_one, STORE_COMMITTED },
	  { take_back, STORE_TAKEN_BACK } },
};

START_TEST(what_fails_or_is_taken_back_goes_alone)
{
	make_members(4, NULL);
	for (int i = 0; i < 4; i++)
		members[i].act = mixtures[_i][i].act;
	ck_assert_int_eq(run_group(NULL), STORE_COMMITTED);
	ck_assert_int_eq(atomic_load(&commits), 1);
	ck_assert_int_eq(told_before_commit, 0);
	ck_assert(is_there("first"));
	for (int i = 0; i < 4; i++) {
		ck_assert_int_eq(members[i].outcome, mixtures[_i][i].outcome);
		ck_assert_int_eq(is_there(members[i].name), mixtures[_i][i].outcome == STORE_COMMITTED);
	}
}
END_TEST

START_TEST(statements_alone_are_members_too)
{
	static member_fn *const acts[] = { change_alone, fail_alone, return_alone, each_alone, change_alone };

	make_members(5, NULL);
	for (int i = 0; i < 5; i++)
		members[i].act = acts[i];
	ck_assert_int_eq(run_group(NULL), STORE_COMMITTED);
	ck_assert_int_eq(atomic_load(&commits), 1);
	for (int i = 0; i < 5; i++) {
		ck_assert_int_eq(members[i].changed, i == 1 ? -1 : 1);
		ck_assert_int_eq(is_there(members[i].name), i != 1);
	}
	ck_assert_int_eq(count_in(store), 5);
}
END_TEST

static void make_seers(void)
{
	static member_fn *const acts[] = { add_later, be_second, collide, collide_alone };

	make_members(4, NULL);
	for (int i = 0; i < 4; i++)
		members[i].act = acts[i];
}

START_TEST(what_is_said_because_of_others_is_said_after_their_commit)
{
	make_seers();
	ck_assert_int_eq(run_group(NULL), STORE_COMMITTED);
	ck_assert_int_eq(atomic_load(&commits), 1);
	ck_assert_int_eq(told_before_commit, 0);
	ck_assert_int_eq(members[1].outcome, STORE_TAKEN_BACK);
	ck_assert_int_eq(members[2].outcome, STORE_FAILED);
	ck_assert_int_eq(members[3].changed, -1);
	ck_assert(!members[1].refused && members[2].refused && members[3].refused);
	ck_assert_int_eq(count_in(store), 2);
}
END_TEST

/* A foreign key that may be resolved until the commit: not the others' affair. */
static void leave_unresolved(struct member *member)
{
	member->changed = store_change(member->store, "insert into later values ('nothing')", NULL, NULL);
}

START_TEST(what_only_a_commit_refuses_is_refused_alone)
{
	ck_assert(store->driver->script(store, "create table later (thing text references thing (name)"
	                                " deferrable initially deferred)"));
	make_members(3, add_one);
	members[1].act = leave_unresolved;
	ck_assert_int_eq(run_group(NULL), STORE_COMMITTED);
	ck_assert_int_eq(atomic_load(&commits), 1);
	ck_assert_int_eq(members[1].changed, -1);
	ck_assert(is_there("m0") && is_there("m2"));
}
END_TEST

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

/* They look again, too. */
START_TEST(who_saw_what_another_took_along_is_run_again)
{
	flood = floods[1];
	ck_assert(store->driver->script(store, "create table flood (text text)"));
	make_members(4, add_later);
	members[1].act = be_second;
	members[2].act = collide;
	members[3].act = fill;
	sqlite3_exec(writing_db(), "pragma max_page_count = 60", NULL, NULL, NULL);
	catch_log(run_failing);
	ck_assert_int_eq(failed_as, STORE_COMMITTED);
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

	flood = floods[_i];
	ck_assert(store->driver->script(store, "create table flood (text text)"));
	make_members(5, add_one);
	members[1].act = change_alone;
	members[2].act = fill;
	sqlite3_exec(writing_db(), "pragma max_page_count = 60", NULL, NULL, NULL);
	catch_log(run_failing);
	ck_assert_int_eq(failed_as, STORE_COMMITTED);
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
	flood = floods[1];
	ck_assert(store->driver->script(store, "create table flood (text text)"));
	make_members(8, fill_often);
	members[0].act = add_later;
	members[1].act = change_alone;
	sqlite3_exec(writing_db(), "pragma max_page_count = 60", NULL, NULL, NULL);
	catch_log(run_failing);
	ck_assert_int_eq(failed_as, STORE_COMMITTED);
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

/* ---- Many ---- */

#define WRITERS 64
#define WRITE_MS 2000

static int64_t until_ms;
static atomic_llong grown;

struct growing { struct arena *arena; bool wanted; };

static bool count_up(struct store *in, void *context)
{
	struct growing *growing = context;
	struct thing thing = { 0 };

	if (store_find_one(in, growing->arena, "select name, size from thing where name = 'counter'", NULL,
	                   NULL, &thing_shape, &thing) != 1)
		return false;
	thing.size++;
	return store_change(in, resize, &thing_shape, &thing) == 1 && growing->wanted;
}

static void write_often(struct member *member)
{
	for (int i = 0; tick_ms() < until_ms; i++) {
		struct growing growing = { arena_create(), i % 5 != 4 };
		enum store_outcome outcome = store_transact(member->store, count_up, &growing);
		ck_assert_int_eq(outcome, growing.wanted ? STORE_COMMITTED : STORE_TAKEN_BACK);
		atomic_fetch_add(&grown, growing.wanted);
		ck_assert_int_eq(store_change(member->store, "update count set things = things + 1", NULL,
		                              NULL), 1);
		/* Others read meanwhile, and never see less than was told. */
		struct number number;
		int64_t least = atomic_load(&grown);
		ck_assert_int_eq(store_find_one(member->store, growing.arena, "select size as value from thing"
		                                " where name = 'counter'", NULL, NULL, &number_shape, &number), 1);
		ck_assert_int_ge(number.value, least);
		member->changed = i + 1;
		arena_destroy(growing.arena);
	}
}

START_TEST(of_64_that_write_nothing_is_lost)
{
	struct number number;
	int64_t rounds = 0;

	ck_assert_int_eq(add(store, "counter", 0), 1);
	atomic_store(&grown, 0);
	until_ms = tick_ms() + WRITE_MS;
	for (int i = 0; i < WRITERS; i++) {
		members[i] = (struct member) { .act = write_often };
		pthread_create(&members[i].thread, NULL, run_member, &members[i]);
	}
	for (int i = 0; i < WRITERS; i++) {
		pthread_join(members[i].thread, NULL);
		rounds += members[i].changed;
	}
	ck_assert_int_eq(store_find_one(store, arena, "select size as value from thing", NULL, NULL,
	                                &number_shape, &number), 1);
	ck_assert_int_eq(number.value, atomic_load(&grown));
	ck_assert_int_eq(store_find_one(store, arena, "select things as value from count", NULL, NULL,
	                                &number_shape, &number), 1);
	ck_assert_int_eq(number.value, rounds + 1);
}
END_TEST

/* ---- The suite ---- */

static TCase *together_case(void)
{
	TCase *tcase = tcase_create("together");

	tcase_add_checked_fixture(tcase, begin_groups, end);
	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, a_group_is_committed_once_and_told_after_it);
	tcase_add_test(tcase, a_group_is_of_64_at_most);
	tcase_add_test(tcase, an_old_group_is_committed_though_others_wait);
	tcase_add_test(tcase, a_group_ends_with_whoever_is_slow);
	tcase_add_loop_test(tcase, what_fails_or_is_taken_back_goes_alone, 0, COUNT(mixtures));
	tcase_add_test(tcase, statements_alone_are_members_too);
	tcase_add_test(tcase, what_is_said_because_of_others_is_said_after_their_commit);
	tcase_add_test(tcase, what_only_a_commit_refuses_is_refused_alone);
	tcase_add_test(tcase, of_64_that_write_nothing_is_lost);
	return tcase;
}

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
	Suite *suite = suite_create("groups of commits");

	suite_add_tcase(suite, together_case());
	suite_add_tcase(suite, failing_case());
	return run_suite(suite);
}
