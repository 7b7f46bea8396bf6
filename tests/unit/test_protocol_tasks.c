/* test_protocol_tasks.c - the table of tasks, where it is in memory: whose results make room. */
#include <stdlib.h>

#include "suite.h"
#include "task_private.h"

#define MIB (1024 * 1024)

static int made;

/* One of that caller which is over, with so many bytes; NULL: there was no room. */
static struct task *add(uint64_t party, size_t size)
{
	struct task *task = calloc(1, sizeof(*task));
	char *text = calloc(1, size + 1);

	task->arena = arena_create();
	task->id = arena_print(task->arena, "%d", ++made);
	task->party = party;
	if (!task_add(task)) {
		task_free(task);
		free(text);
		return NULL;
	}
	tasks_lock();
	task_keep(task, COMPLETED, (str) { memset(text, 'x', size), size });
	tasks_unlock();
	free(text);
	return task;
}

static int count_from(const struct task *task)
{
	int count = 0;

	/* The table's own order leads from one to the next. */
	tasks_lock();
	for (; task; task = task->next)
		count++;
	tasks_unlock();
	return count;
}

static void begin(void)
{
	runtime.set.task_ttl_ms = 60000;
}

START_TEST(results_of_who_has_most_make_room)
{
	struct task *mine = add(1, MIB);

	for (int i = 0; i < 100; i++)
		ck_assert_ptr_nonnull(add(2, MIB));
	/* It is still there, with the newest of the other's behind it. */
	ck_assert_str_eq(mine->id, "1");
	ck_assert_int_eq(count_from(mine), 32);
	tasks_stop();
}
END_TEST

START_TEST(tasks_of_who_has_most_make_room)
{
	made = 0;
	struct task *mine = add(1, 1);

	for (int i = 0; i < 999; i++)
		ck_assert_ptr_nonnull(add(2 + (uint64_t)i / 100, 1));
	ck_assert_int_eq(count_from(mine), 1000);
	ck_assert_ptr_nonnull(add(50, 1));
	ck_assert_str_eq(mine->id, "1");
	ck_assert_int_eq(count_from(mine), 1000);
	tasks_stop();
}
END_TEST

START_TEST(of_one_party_there_are_a_hundred)
{
	for (int i = 0; i < 150; i++)
		ck_assert_ptr_nonnull(add(1, 1));
	struct task *other = add(2, 1);
	ck_assert_int_eq(count_from(other), 1);
	tasks_stop();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("tasks");
	TCase *tests = tcase_create("tasks");

	tcase_add_checked_fixture(tests, begin, NULL);
	tcase_add_test(tests, results_of_who_has_most_make_room);
	tcase_add_test(tests, tasks_of_who_has_most_make_room);
	tcase_add_test(tests, of_one_party_there_are_a_hundred);
	suite_add_tcase(suite, tests);
	return run_suite(suite);
}
