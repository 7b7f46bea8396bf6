/* test_store_groups.c - transactions of a SQLite file that are committed together: who is in a group, what each is
 * told, and when. */
#include "members.h"

/* ---- What members do ---- */

static bool add_twice(struct store *in, void *context)
{
	return add_mine(in, context) && add_mine(in, context);
}

static void fail_one(struct member *member)
{
	member->outcome = store_transact(member->store, add_twice, member);
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

	member->changed = store_find_one(member->store, member->arena, insert_returning, thing_shape,
	                                 &thing, thing_shape, &made);
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
	member->changed = store_each(member->store, insert_returning, thing_shape,
	                             &(struct thing) { .name = member->name }, thing_shape,
	                             stop_at_once, member);
}

static bool grow(void *context, const void *row)
{
	struct thing thing = *(const struct thing *)row;

	thing.size++;
	return store_change(context, resize, thing_shape, &thing) == 1;
}

static bool grow_all(struct store *in, void *context)
{
	return add_mine(in, context) && store_each(in, find_all, NULL, NULL, thing_shape, grow, in);
}

static void go_through(struct member *member)
{
	member->outcome = store_transact(member->store, grow_all, member);
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
	                   NULL, thing_shape, &thing) != 1)
		return false;
	thing.size++;
	return store_change(in, resize, thing_shape, &thing) == 1 && growing->wanted;
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
		                                " where name = 'counter'", NULL, NULL, number_shape, &number), 1);
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
	                                number_shape, &number), 1);
	ck_assert_int_eq(number.value, atomic_load(&grown));
	ck_assert_int_eq(store_find_one(store, arena, "select things as value from count", NULL, NULL,
	                                number_shape, &number), 1);
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

int main(void)
{
	Suite *suite = suite_create("groups of commits");

	suite_add_tcase(suite, together_case());
	return run_suite(suite);
}
