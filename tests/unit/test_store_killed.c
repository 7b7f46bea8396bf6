/* test_store_killed.c - a process in which 64 threads write is killed at a random moment, again and again:
 * what was answered is there, and nothing is there by half. The same where the machine loses its power,
 * and with that what was not synchronised (power.h).
 *
 * 10 times each; KILLS=200 for more. */
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>

#include "connection.h"
#include "power.h"
#include "writers.h"

#define BATCH 4096              /* answers that are read at once */

/* ---- The process that is killed: this program again ---- */

static bool write_both(struct store *in, void *context)
{
	const struct pair *pair = context;

	return store_change(in, "insert into one (number) values (:number)", pair_shape, pair) == 1
	       && store_change(in, "insert into other (number) values (:number)", pair_shape, pair) == 1
	       && pair->number % 7 != 0;
}

static void write_one(struct store *own, int64_t number)
{
	struct pair pair = { number };
	bool told;

	if (number % 3 == 2)
		told = store_change(own, "insert into lone (number) values (:number)", pair_shape, &pair) == 1;
	else
		told = store_transact(own, write_both, &pair) == STORE_COMMITTED;
	/* One write: whole, or nothing of it. */
	if (told && write(STDOUT_FILENO, &number, sizeof(number)) < 0)
		_exit(1);
}

static int live(const char *where, const char *number, const char *disk)
{
	if (*disk) {
		sqlite_configure();
		srand((unsigned)tick_us());
		power_begin(disk);
		/* Every other one is about to break, too. */
		power_fails = strtol(number, NULL, 10) % 2 ? 0 : 300;
	}
	snprintf(url, sizeof(url), "%s", where);
	writers.write = write_one;
	writers.next = strtoll(number, NULL, 10) * 1000000000;
	writers.end = writers.until_ms = INT64_MAX;
	run_writers();
	return 1;
}

/* ---- What it was told, and what is there ---- */

static int64_t *answers;
static size_t answered;

/* False: there are no more. */
static bool read_answers(int from)
{
	int64_t *room = realloc(answers, (answered + BATCH) * sizeof(*answers));

	ck_assert_ptr_nonnull(room);
	answers = room;
	ssize_t size = read(from, answers + answered, BATCH * sizeof(*answers));
	ck_assert(size >= 0 && size % (ssize_t)sizeof(*answers) == 0);
	answered += (size_t)size / sizeof(*answers);
	return size > 0;
}

/* `disk`: where what was synchronised is; "": as it is. */
static void live_and_be_killed(int number, const char *disk)
{
	int says[2], status;
	char text[16];

	ck_assert_int_eq(pipe(says), 0);
	snprintf(text, sizeof(text), "%d", number);
	pid_t pid = fork();
	if (pid == 0) {
		dup2(says[1], STDOUT_FILENO);
		close(says[0]);
		execl("/proc/self/exe", "test_store_killed", url, text, disk, NULL);
		_exit(127);
	}
	close(says[1]);
	/* Once it answers, and a moment more. */
	ck_assert(read_answers(says[0]));
	for (int64_t until = tick_ms() + rand() % 60, left; (left = until - tick_ms()) > 0;)
		if (poll(&(struct pollfd) { .fd = says[0], .events = POLLIN }, 1, (int)left) > 0)
			read_answers(says[0]);
	ck_assert_int_eq(kill(pid, SIGKILL), 0);
	while (read_answers(says[0]))
		;
	close(says[0]);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

static void look(void)
{
	static const char there[] = "select (exists (select 1 from one where number = :number)"
		" and exists (select 1 from other where number = :number))"
		" or exists (select 1 from lone where number = :number) as value";

	store = store_open(url, STORE_WRITES);
	ck_assert_ptr_nonnull(store);
	for (size_t i = 0; i < answered; i++)
		ck_assert_msg(number_of(there, answers[i]) == 1, "%lld was answered and is lost",
		              (long long)answers[i]);
	ck_assert_int_eq(number_of("select count(*) as value from (select number from one except select"
	                           " number from other) where :number = 0", 0), 0);
	ck_assert_int_eq(number_of("select count(*) as value from (select number from other except select"
	                           " number from one) where :number = 0", 0), 0);
	ck_assert_int_eq(number_of("select count(*) as value from one where number % 7 = :number", 0), 0);
	store_close(store);
	store = NULL;
}

static int rounds(void)
{
	const char *kills = getenv("KILLS");

	return kills ? atoi(kills) : 10;
}

static void live_and_look(int number, const char *disk)
{
	answered = 0;
	live_and_be_killed(number, disk);
	ck_assert_uint_gt(answered, 0);
	if (*disk)
		snprintf(url, sizeof(url), "sqlite:%s/things.db", disk);
	look();
	arena_destroy(arena);
	arena = arena_create();
}

START_TEST(what_a_killed_process_answered_is_there_and_nothing_by_half)
{
	make_pair_tables();
	srand((unsigned)tick_us());
	for (int i = 1; i <= rounds(); i++)
		live_and_look(i, "");
	free(answers);
	answers = NULL;
}
END_TEST

START_TEST(what_was_answered_before_the_power_was_lost_is_there_and_nothing_by_half)
{
	char disk[128], copy[600];

	make_pair_tables();
	srand((unsigned)tick_us());
	for (int i = 1; i <= rounds(); i++) {
		snprintf(disk, sizeof(disk), "%s/%d", folder, i);
		snprintf(copy, sizeof(copy), "mkdir %s && cp %s %s/things.db", disk, url + 7, disk);
		ck_assert_int_eq(system(copy), 0);
		live_and_look(i, disk);
	}
	free(answers);
	answers = NULL;
}
END_TEST

int main(int argc, char **argv)
{
	if (argc == 4)
		return live(argv[1], argv[2], argv[3]);

	Suite *suite = suite_create("killed while it writes");
	TCase *tcase = tcase_create("killed while it writes");

	tcase_add_checked_fixture(tcase, begin, end);
	tcase_set_timeout(tcase, 900);
	tcase_add_test(tcase, what_a_killed_process_answered_is_there_and_nothing_by_half);
	tcase_add_test(tcase, what_was_answered_before_the_power_was_lost_is_there_and_nothing_by_half);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
