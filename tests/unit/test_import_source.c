/* test_import_source.c - files and URLs read alike. */
#include <arpa/inet.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "source.h"
#include "suite.h"

static const char *const answers[] = { "sku\nfirst\n", "sku\nsecond\n" };
static const struct download_limits limits = { 1000000, 5000 };

static int listener;
static char url[64];
static atomic_int served;

/* One answer a connection, the next each time. */
static void *serve(void *unused)
{
	int client;

	while ((client = accept(listener, NULL, NULL)) >= 0) {
		char request[4096], answer[256];
		size_t size = 0;
		ssize_t got;
		while ((got = read(client, request + size, sizeof(request) - 1 - size)) > 0) {
			request[size += (size_t)got] = '\0';
			if (strstr(request, "\r\n\r\n"))
				break;
		}
		const char *body = answers[atomic_fetch_add(&served, 1) % 2];
		int length = snprintf(answer, sizeof(answer), "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n"
		                      "Connection: close\r\n\r\n%s", strlen(body), body);
		send(client, answer, (size_t)length, MSG_NOSIGNAL);     /* it may have gone */
		close(client);
	}
	return unused;
}

static void read_all(struct source *source, char *text, size_t room)
{
	size_t size = 0;
	int64_t got;

	while ((got = source_read(source, text + size, room - 1 - size)) > 0)
		size += (size_t)got;
	ck_assert_msg(got == 0, "%s", source_trouble(source));
	text[size] = '\0';
}

START_TEST(a_url_is_fetched_again_each_time)
{
	struct source source;
	char text[256];

	for (int i = 0; i < 3; i++) {
		ck_assert(source_open(&source, url, &limits));
		read_all(&source, text, sizeof(text));
		ck_assert_str_eq(text, answers[i % 2]);
		ck_assert_int_eq(source_at(&source), (int64_t)strlen(text));
		ck_assert_int_eq(source_size(&source), (int64_t)strlen(text));
		source_close(&source);
	}
	ck_assert_int_eq(atomic_load(&served), 3);
}
END_TEST

START_TEST(a_url_nobody_reads_is_let_go)
{
	struct source source;

	for (int i = 0; i < 20; i++) {
		ck_assert(source_open(&source, url, &limits));
		source_close(&source);
	}
}
END_TEST

START_TEST(what_is_shown_of_a_url_holds_no_secret)
{
	static const char *const shown[][2] = {
		{ "http://ann:secret@example.com/a.csv?secret#secret", "http://example.com/a.csv" },
		{ "HTTP://example.com?secret=a@b/c", "HTTP://example.com" },
		{ "http://ann@secret@example.com", "http://example.com" },
		{ "http://example.com/a@b.csv", "http://example.com/a@b.csv" },
	};

	for (size_t i = 0; i < sizeof(shown) / sizeof(*shown); i++) {
		struct source source;
		ck_assert(!source_open(&source, shown[i][0], &limits));
		ck_assert_str_eq(source.shown, shown[i][1]);
		ck_assert_ptr_nonnull(source_trouble(&source));
		source_close(&source);
	}
}
END_TEST

static void begin(void)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof(address);

	listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (bind(listener, (struct sockaddr *)&address, size) != 0 || listen(listener, 16) != 0
	    || getsockname(listener, (struct sockaddr *)&address, &size) != 0)
		abort();
	snprintf(url, sizeof(url), "http://127.0.0.1:%d/items.csv", ntohs(address.sin_port));
}

int main(void)
{
	Suite *suite = suite_create("import_source");
	TCase *tcase = tcase_create("import_source");
	pthread_t server;

	tcase_add_test(tcase, a_url_is_fetched_again_each_time);
	tcase_add_test(tcase, a_url_nobody_reads_is_let_go);
	tcase_add_test(tcase, what_is_shown_of_a_url_holds_no_secret);
	suite_add_tcase(suite, tcase);

	begin();
	pthread_create(&server, NULL, serve, NULL);
	int status = run_suite(suite);
	shutdown(listener, SHUT_RDWR);
	pthread_join(server, NULL);
	close(listener);
	return status;
}
