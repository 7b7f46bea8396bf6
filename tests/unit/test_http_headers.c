/* test_http_headers.c - header blocks: orderly ones are served, those with two meanings are not. */
#include <microhttpd.h>
#include <sched.h>

#include "http_fixture.h"

/* Two readers could disagree where such a request ends, or whom it is for. */
static const char *const ambiguous[] = {
	"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n"
	"\r\n0\r\n\r\n",
	"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx",
	"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx",
	"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\nx",
	"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1, 1\r\n\r\nx",
	"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\nx",
	"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length : 1\r\n\r\nx",
	"POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
	"POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n"
	"\r\n0\r\n\r\n",
	"POST /echo HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
	"POST /echo HTTP/1.1\r\nContent-Length: 1\r\n\r\nx",
	"POST /echo HTTP/1.1\r\nHost: a\r\nHost: b\r\nContent-Length: 1\r\n\r\nx",
	"POST /echo HTTP/1.1\r\nHost: a\r\nX-A: b\r\n c\r\nContent-Length: 1\r\n\r\nx",
	"POST /echo HTTP/1.1\r\nHost: a\r\nX A: b\r\nContent-Length: 1\r\n\r\nx",
	"POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n0\r\n\r\n",
	"POST /echo HTTP/1.1\r\nHost: a\r\nno colon\r\nContent-Length: 1\r\n\r\nx",
	/* For libmicrohttpd before 1.0 the headers end there. */
	"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n: x\r\n" GET("/peer"),
	"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n:\r\n" GET("/peer"),
	"POST /echo HTTP/1.1\r\nHost: a\r\n: x\r\nContent-Length: 0\r\n\r\n",
	"POST /echo HTTP/1.1\r\n: x\r\nHost: a\r\nContent-Length: 0\r\n\r\n",
	/* A CR or a LF alone, or another control character. */
	"POST /echo HTTP/1.1\nHost: a\r\nContent-Length: 1\r\n\r\nx",
	"POST /echo HTTP/1.1\r\nHost: a\nContent-Length: 1\r\n\r\nx",
	"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1\n\r\nx",
	"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\nx",
	"POST /echo HTTP/1.1\r\nHost: a\r\nX: b\rContent-Length: 1\r\n\r\nx",
	"POST /echo HTTP/1.1\r\nHost: a\r\nX: b\r\rc\r\nContent-Length: 1\r\n\r\nx",
	"POST /echo HTTP/1.1\r\nHost: a\r\nX: some text \1 and more\r\nContent-Length: 1\r\n\r\nx",
	"POST /echo HTTP/1.1\r\nHost: a\r\nX: \x7f\r\nContent-Length: 1\r\n\r\nx",
	"POST /e\1cho HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx",
	/* Nobody's target. */
	"POST http:///echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx",
	"POST http://:80/echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx",
	"POST https://a@b/echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx",
	"POST http://a\1/echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx",
};

/* The same with a NUL, written $. */
static const char *const with_nul[] = {
	"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n$: x\r\n" GET("/peer"),
	"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n$\r\n" GET("/peer"),
	"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1$0\r\n\r\nx",
	"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1$\r\n\r\nx",
	"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: $1\r\n\r\nx",
	"POST /echo HTTP/1.1\r\nHost: a\r\nX: b$c\r\nContent-Length: 1\r\n\r\nx",
	"POST /echo HTTP/1.1\r\nHost: a\r\nX$Y: b\r\nContent-Length: 1\r\n\r\nx",
	"POST /echo$/path HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx",
	"POST /echo?a$b HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx",
	"POST /echo HTTP/1.1$\r\nHost: a\r\nContent-Length: 1\r\n\r\nx",
	"POST$ /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx",
};

START_TEST(ambiguous_requests_are_refused)
{
	int fd = dial();

	say(fd, ambiguous[_i]);
	struct heard heard = hear_all(fd);
	HEARD(heard, " 400 ");
	ck_assert(heard.ended);
	ck_assert_ptr_null(strstr(strstr(heard.text, "HTTP/1.1 4") + 1, "HTTP/1.1 4"));
	NOT_HEARD(heard, "127.0.0.1");
	ck_assert_int_eq(atomic_load(&requests), 0);
	close(fd);
}
END_TEST

START_TEST(requests_with_a_nul_are_refused)
{
	int fd = dial();
	char text[300];
	size_t size = strlen(with_nul[_i]);

	memcpy(text, with_nul[_i], size);
	for (size_t i = 0; i < size; i++)
		if (text[i] == '$')
			text[i] = '\0';
	ck_assert_int_eq(send(fd, text, size, MSG_NOSIGNAL), (ssize_t)size);
	struct heard heard = hear_all(fd);
	ck_assert(heard.ended);
	/* What is no request line at all is not worth an answer. */
	if (heard.size > 0)
		HEARD(heard, " 400 ");
	ck_assert_int_eq(atomic_load(&requests), 0);
	close(fd);
}
END_TEST

/* Whatever way it comes in and however long it is, an orderly one is served. */
START_TEST(orderly_headers_are_served)
{
	int fd = dial(), sizes[] = { 0, 1, 7, 100, 500, 900 };
	char text[8192];

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		int size = snprintf(text, sizeof(text),
			"POST /path?a=b&c=%%20;d HTTP/1.1\r\nHost:here\r\nX-Say: \t fine \t \r\nX-Empty:\r\n"
			"X-Blank: \t\r\nCookie: a=b; c=\"d\"\r\nX-Tab: a\tb\xc3\xa9\r\nX-1: %0*d\r\n"
			"X-2: %0*d\r\nX-3: %0*d\r\nContent-Length: 3\r\n\r\nabc", sizes[i], 1, sizes[i], 1,
			sizes[i], 1);

		for (int at = 0; at < size; at += i % 2 ? 100 : size) {
			int left = size - at, most = i % 2 ? 100 : size;

			ck_assert_int_gt(send(fd, text + at, (size_t)(left < most ? left : most), 0), 0);
			sched_yield();
		}
		HEARD(hear(fd), "\r\n\r\nfine");
	}
	close(fd);
}
END_TEST

/* While others are in the middle of theirs, or will be refused for the same. */
START_TEST(a_length_that_is_none_is_refused_once_however_it_comes)
{
	int slow = dial(), doomed = dial(), fd = dial();

	say(slow, "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n");
	say(doomed, "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1, 1\r\nX: ");
	for (const char *at = "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\nx"; *at; at++) {
		ck_assert_int_eq(send(fd, at, 1, MSG_NOSIGNAL), 1);
		sched_yield();
	}
	say(doomed, "y\r\n\r\nx");
	for (int i = 0; i < 2; i++) {
		struct heard heard = hear_all(i ? doomed : fd);

		HEARD(heard, "HTTP/1.1 400 ");
		ck_assert_ptr_null(strstr(strstr(heard.text, "HTTP/1.1 4") + 1, "HTTP/1.1 4"));
		ck_assert(heard.ended);
	}
	say(slow, "\r\nabc");
	HEARD(hear(slow), "\r\n\r\nabc");
	close(slow);
	close(doomed);
	close(fd);
}
END_TEST

static const struct { const char *headers, *value; } lines[] = {
	{ "X-Say: one\r\n", "\r\n\r\none" },
	{ "X-Say: one\r\nX-Other: x\r\nx-say: two\r\nX-SAY:three \r\n", "\r\n\r\none, two, three" },
	{ "X-Say: one\r\nX-Sxy: two\r\nX-Szy: three\r\n", "\r\n\r\none" },
	{ "X-Sxy: two\r\nX-Say: one\r\nX-Sxy: three\r\n", "\r\n\r\none" },
	{ "X-Sxy: two\r\nX-SAY: one\r\nX-Sxy: 2\r\nx-say: 3\r\n", "\r\n\r\none, 3" },
	{ "X-Sxy: two\r\nX-Szy: three\r\n", "Content-Length: 0\r\n" },
	{ "X-Other: x\r\n", "Content-Length: 0\r\n" },
	{ "X-Say:\r\nX-Say: two\r\n", "\r\n\r\n, two" },
	{ "X-Say: a, \"b\"\r\nX-Say:\r\n", "\r\n\r\na, \"b\", " },
};

START_TEST(lines_of_one_name_are_one_list)
{
	int fd = dial();
	char text[300];

	/* The next request of the connection begins anew. */
	for (int i = 0; i < 2; i++) {
		snprintf(text, sizeof(text), "GET /path HTTP/1.1\r\nHost: a\r\n%s\r\n", lines[_i].headers);
		say(fd, text);
		HEARD(hear(fd), lines[_i].value);
	}
	close(fd);
}
END_TEST

START_TEST(items_are_what_is_between_commas)
{
	str list = STR(" ,a ;q=0,\t,\"b, \\\" ,\" c,,d\"e,f");

	ck_assert(str_is(header_item(&list), "a ;q=0"));
	ck_assert(str_is(header_item(&list), "\"b, \\\" ,\" c"));
	ck_assert(str_is(header_item(&list), "d\"e,f"));
	ck_assert_ptr_null(header_item(&list).at);
	ck_assert_ptr_null(header_item(&list).at);
}
END_TEST

static const struct { const char *target, *host; } targets[] = {
	{ "/host", "here" }, { "/host?http://there/", "here" },
	{ "http://there/host", "there" }, { "HTTPS://There:1/host?a", "There:1" },
	{ "http://[::1]:80/host", "[::1]:80" },
};

START_TEST(a_target_that_is_a_url_says_whom_it_is_for)
{
	int fd = dial();
	char text[200];

	snprintf(text, sizeof(text), "GET %s HTTP/1.1\r\nHost: here\r\n\r\n", targets[_i].target);
	say(fd, text);
	snprintf(text, sizeof(text), "\r\n\r\n%s", targets[_i].host);
	HEARD(hear(fd), text);
	close(fd);
}
END_TEST

/* Where a proxy may send on one connection what came on two. */
START_TEST(behind_proxies_a_lenient_library_serves_one_request_a_connection)
{
	struct http_settings settings = usual_settings();
	bool lenient = MHD_get_version()[0] == '0';
	struct heard heard = { .size = 0 };
	int fd;

	stop();
	settings.proxied = true;
	start_with(&settings);
	fd = dial();
	say(fd, POST("/echo", "one", 3) POST("/echo", "two", 3));
	if (lenient) {
		heard = hear_all(fd);
		HEARD(heard, "Connection: close");
		HEARD(heard, "one");
		NOT_HEARD(heard, "two");
	} else {
		ck_assert(hear_until(fd, &heard, "two"));
		NOT_HEARD(heard, "Connection: close");
	}
	close(fd);
}
END_TEST

START_TEST(a_header_block_that_is_too_long_is_refused)
{
	long long before = atomic_load(&http_counters.refused_headers);
	int fd = dial();
	char line[128];

	say(fd, "POST /echo HTTP/1.1\r\nHost: here\r\n");
	for (int i = 0; i < 700; i++) {
		int size = snprintf(line, sizeof(line), "X-%d: %080d\r\n", i, i);
		if (send(fd, line, (size_t)size, MSG_NOSIGNAL) != size)
			break;
	}
	struct heard heard = hear_all(fd);
	HEARD(heard, " 431 ");
	ck_assert(heard.ended);
	AWAIT(atomic_load(&http_counters.refused_headers) > before);
	close(fd);
}
END_TEST

static const struct { const char *what, *path, *tail; } refused[] = {
	{ "GET", "/refuse", "" }, { "GET", "/refuse-at-length", "" },
	{ "POST", "/refuse-at-length", "Content-Length: 90000\r\n" },
	{ "POST", "/refuse-at-length", "Content-Length: 5\r\n\r\nhello" },
};

/* libmicrohttpd has what it keeps of a request and what it sends in one piece of memory. */
START_TEST(a_refusal_is_said_however_much_room_the_headers_take)
{
	char request[9000];
	int said = 0;

	for (int size = 5500; size <= 8300; size += 10) {
		int fd = dial();
		snprintf(request, sizeof(request), "%s %s HTTP/1.1\r\nHost: here\r\nX-Much: %0*d\r\n%s%s",
		         refused[_i].what, refused[_i].path, size, 0, refused[_i].tail,
		         strstr(refused[_i].tail, "hello") ? "" : "\r\n");
		say(fd, request);
		struct heard heard = hear(fd);
		const char *challenge = strstr(heard.text, "WWW-Authenticate: Bearer");
		ck_assert_msg(challenge || strstr(heard.text, " 431 "), "%d: '%s'", size, heard.text);
		if (challenge) {
			HEARD(heard, "HTTP/1.1 401 ");
			HEARD(heard, strstr(refused[_i].path, "length") ? "the-end\"\r\n" : "Bearer\r\n");
			said = size;
		}
		close(fd);
	}
	ck_assert_int_gt(said, 7000);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("http_headers");
	TCase *tests = tcase_create("headers");

	tcase_add_checked_fixture(tests, start, stop);
	tcase_add_loop_test(tests, ambiguous_requests_are_refused, 0,
	                    sizeof(ambiguous) / sizeof(ambiguous[0]));
	tcase_add_loop_test(tests, requests_with_a_nul_are_refused, 0,
	                    sizeof(with_nul) / sizeof(with_nul[0]));
	tcase_add_test(tests, orderly_headers_are_served);
	tcase_add_test(tests, a_length_that_is_none_is_refused_once_however_it_comes);
	tcase_add_loop_test(tests, lines_of_one_name_are_one_list, 0, sizeof(lines) / sizeof(lines[0]));
	tcase_add_test(tests, items_are_what_is_between_commas);
	tcase_add_loop_test(tests, a_target_that_is_a_url_says_whom_it_is_for, 0,
	                    sizeof(targets) / sizeof(targets[0]));
	tcase_add_test(tests, behind_proxies_a_lenient_library_serves_one_request_a_connection);
	tcase_add_test(tests, a_header_block_that_is_too_long_is_refused);
	tcase_add_loop_test(tests, a_refusal_is_said_however_much_room_the_headers_take, 0,
	                    sizeof(refused) / sizeof(refused[0]));
	suite_add_tcase(suite, tests);
	return run_suite(suite);
}
