/* test_run_supervisor.c - what systemd hears of a process, by the socket that it names; and what of loops that do not turn. */
#include <stdio.h>
#include <sys/un.h>

#include "http_fixture.h"
#include "supervision.h"
#include "supervisor.h"

static int hearing = -1;                /* the supervisor's end */
static char path[64], said[2048];

static void listen_at(const char *name)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	struct timeval most = { .tv_sec = 5 };

	snprintf(path, sizeof(path), "%s%d", name, (int)getpid());
	strcpy(address.sun_path, path);
	if (*path == '@')
		address.sun_path[0] = '\0';
	hearing = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	ck_assert_int_eq(bind(hearing, (struct sockaddr *)&address,
	                      (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(path))), 0);
	setsockopt(hearing, SOL_SOCKET, SO_RCVTIMEO, &most, sizeof(most));
	setenv("NOTIFY_SOCKET", path, 1);
}

static void begin(void)
{
	listen_at("@test-supervisor-");
	setenv("WATCHDOG_USEC", "400000", 1);
	unsetenv("WATCHDOG_PID");
	supervisor_begin();
}

static void end(void)
{
	unsetenv("NOTIFY_SOCKET");
	unsetenv("WATCHDOG_USEC");
	unsetenv("WATCHDOG_PID");
	supervisor_begin();
	close(hearing);
	if (*path == '/')
		unlink(path);
}

static const char *heard(int flags)
{
	ssize_t size = recv(hearing, said, sizeof(said) - 1, flags);

	said[size < 0 ? 0 : size] = '\0';
	return said;
}

#define HEARS(message) ck_assert_str_eq(heard(0), message)
#define HEARS_NOTHING() ck_assert_str_eq(heard(MSG_DONTWAIT), "")

/* ---- Messages ---- */

START_TEST(each_message_is_a_datagram_of_lines)
{
	supervisor_ready("serving at http://127.0.0.1:8081/mcp");
	HEARS("READY=1\nSTATUS=serving at http://127.0.0.1:8081/mcp");
	supervisor_status("not ready: the database\nREADY=1");
	HEARS("STATUS=not ready: the database READY=1");
	supervisor_stopping(30000);
	HEARS("STOPPING=1\nEXTEND_TIMEOUT_USEC=30000000\nSTATUS=stopping: what runs may end");
	supervisor_alive();
	HEARS("WATCHDOG=1");
}
END_TEST

START_TEST(a_reload_says_when)
{
	long long at_us;
	int64_t before_us = tick_us();

	supervisor_reloading();
	ck_assert_int_eq(sscanf(heard(0), "RELOADING=1\nMONOTONIC_USEC=%lld", &at_us), 1);
	ck_assert(at_us >= before_us && at_us <= tick_us());
}
END_TEST

START_TEST(a_path_will_do_as_well)
{
	end();
	listen_at("/tmp/test-supervisor-");
	supervisor_begin();
	supervisor_alive();
	HEARS("WATCHDOG=1");
}
END_TEST

START_TEST(a_long_status_is_cut_and_nothing_beyond_it_is_said)
{
	char status[4096];

	memset(status, 'x', sizeof(status) - 1);
	status[sizeof(status) - 1] = '\0';
	supervisor_ready(status);
	ck_assert_uint_eq(strlen(heard(0)), 1023);
	HEARS_NOTHING();
}
END_TEST

static const struct { const char *name, *value; } deaf[] = {
	{ "NOTIFY_SOCKET", "" }, { "NOTIFY_SOCKET", "@" }, { "NOTIFY_SOCKET", "vsock:2:1234" },
	{ "NOTIFY_SOCKET", "@" TEN(TEN("xx")) }, { "NOTIFY_SOCKET", "/nowhere/at/all" },
};

START_TEST(where_nobody_hears_nothing_is_said)
{
	setenv(deaf[_i].name, deaf[_i].value, 1);
	supervisor_begin();
	supervisor_ready("serving");
	supervisor_alive();
	HEARS_NOTHING();
}
END_TEST

/* A supervisor that does not read has the datagrams that fit; the rest are given up, and nothing waits. */
START_TEST(who_does_not_read_holds_nobody_up)
{
	int count = 0;

	for (int i = 0; i < 10000; i++)
		supervisor_alive();
	while (*heard(MSG_DONTWAIT))
		count++;
	ck_assert(count > 0 && count < 10000);
}
END_TEST

static const struct { const char *us, *pid; int64_t ms; } watched[] = {
	{ "30000000", NULL, 7500 }, { "1000", NULL, 1 }, { NULL, NULL, -1 }, { "", NULL, -1 }, { "0", NULL, -1 },
	{ "-5", NULL, -1 }, { "often", NULL, -1 }, { "30000000", "1", -1 }, { "30000000", "", -1 },
};

START_TEST(it_is_watched_where_the_environment_says_so)
{
	unsetenv("WATCHDOG_USEC");
	if (watched[_i].us)
		setenv("WATCHDOG_USEC", watched[_i].us, 1);
	if (watched[_i].pid)
		setenv("WATCHDOG_PID", watched[_i].pid, 1);
	supervisor_begin();
	ck_assert_int_eq(supervisor_watchdog_ms(), watched[_i].ms);
}
END_TEST

START_TEST(its_own_number_is_meant)
{
	char pid[16];

	snprintf(pid, sizeof(pid), "%d", (int)getpid());
	setenv("WATCHDOG_PID", pid, 1);
	supervisor_begin();
	ck_assert_int_eq(supervisor_watchdog_ms(), 100);
}
END_TEST

/* ---- While it serves ---- */

static atomic_bool held, holding;

static void hold_loop(struct message *message, UNUSED struct loop *loop)
{
	(void)message;
	atomic_store(&holding, true);
	while (atomic_load(&held))
		usleep(1000);
}

/* Until nothing is out any more: the messages of a look before came back. */
static bool all_turn(struct supervision *supervision, int64_t *at_ms)
{
	for (int i = 0; i < 1000; i++) {
		*at_ms += 100;
		supervision_run_due(supervision, http, NULL, *at_ms);
		if (strcmp(heard(MSG_DONTWAIT), "WATCHDOG=1") == 0)
			return true;
		usleep(5000);
	}
	return false;
}

START_TEST(it_is_alive_as_long_as_each_loop_turns)
{
	struct supervision supervision;
	struct message message = { .run = hold_loop };
	int64_t at_ms = tick_ms();

	start();
	supervision_begin(&supervision, "serving");
	HEARS("READY=1\nSTATUS=serving");
	ck_assert_int_eq(supervision_run_due(&supervision, http, NULL, at_ms), 100);
	HEARS("WATCHDOG=1");
	ck_assert_int_eq(supervision_run_due(&supervision, http, NULL, at_ms + 30), 70);
	HEARS_NOTHING();

	atomic_store(&held, true);
	loop_post(http_loop(http, 1), &message);
	AWAIT(atomic_load(&holding));
	at_ms += 100;
	/* Its message came back before it was held: this look, which may have waited for the other loop, sends it out. */
	supervision_run_due(&supervision, http, NULL, at_ms);
	heard(MSG_DONTWAIT);
	for (int i = 0; i < 20; i++) {
		at_ms += 100;
		supervision_run_due(&supervision, http, NULL, at_ms);
		HEARS_NOTHING();
	}
	ck_assert(supervision.stuck);
	atomic_store(&held, false);
	ck_assert(all_turn(&supervision, &at_ms));
	ck_assert(!supervision.stuck);
	stop();
}
END_TEST

START_TEST(whether_it_is_ready_is_its_status)
{
	struct supervision supervision;

	unsetenv("WATCHDOG_USEC");
	supervisor_begin();
	supervision_begin(&supervision, "serving");
	HEARS("READY=1\nSTATUS=serving");
	ck_assert_int_eq(supervision_run_due(&supervision, NULL, NULL, 0), -1);
	HEARS_NOTHING();
	for (int i = 0; i < 2; i++)
		supervision_run_due(&supervision, NULL, "nothing can be written", 0);
	HEARS("STATUS=not ready: nothing can be written");
	HEARS_NOTHING();
	supervision_reloaded(&supervision);
	HEARS("READY=1\nSTATUS=not ready: nothing can be written");
	supervision_run_due(&supervision, NULL, NULL, 0);
	HEARS("STATUS=serving");
	supervision_reloaded(&supervision);
	HEARS("READY=1\nSTATUS=serving");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("run_supervisor");
	TCase *messages = tcase_create("messages"), *serving = tcase_create("serving");

	tcase_add_checked_fixture(messages, begin, end);
	tcase_add_test(messages, each_message_is_a_datagram_of_lines);
	tcase_add_test(messages, a_reload_says_when);
	tcase_add_test(messages, a_path_will_do_as_well);
	tcase_add_test(messages, a_long_status_is_cut_and_nothing_beyond_it_is_said);
	tcase_add_loop_test(messages, where_nobody_hears_nothing_is_said, 0, COUNT(deaf));
	tcase_add_test(messages, who_does_not_read_holds_nobody_up);
	tcase_add_loop_test(messages, it_is_watched_where_the_environment_says_so, 0, COUNT(watched));
	tcase_add_test(messages, its_own_number_is_meant);
	suite_add_tcase(suite, messages);
	tcase_add_checked_fixture(serving, begin, end);
	tcase_set_timeout(serving, 60);
	tcase_add_test(serving, it_is_alive_as_long_as_each_loop_turns);
	tcase_add_test(serving, whether_it_is_ready_is_its_status);
	suite_add_tcase(suite, serving);
	return run_suite(suite);
}
