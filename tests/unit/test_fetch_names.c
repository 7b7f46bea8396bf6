/* test_fetch_names.c - a name that nobody answers for keeps only those who asked for it. It has a resolver of its own:
 * libcurl finds this program's getaddrinfo() before that of the C library (ENABLE_EXPORTS). */
#include <dlfcn.h>
#include <netdb.h>

#include "fetch.h"
#include "fetch_server.h"

#define UNANSWERED "unanswered.example"

typedef int resolve_fn(const char *, const char *, const struct addrinfo *, struct addrinfo **);

static atomic_bool answers;
static atomic_int looked_up;

int getaddrinfo(const char *name, const char *service, const struct addrinfo *hints, struct addrinfo **found)
{
	void *symbol = dlsym(RTLD_NEXT, "getaddrinfo");
	resolve_fn *resolve;

	memcpy(&resolve, &symbol, sizeof(resolve));
	if (!name || strcmp(name, UNANSWERED) != 0)
		return resolve(name, service, hints, found);
	atomic_fetch_add(&looked_up, 1);
	while (!atomic_load(&answers))
		usleep(1000);
	return EAI_AGAIN;
}

static void get(struct arena *arena, const char *url, int64_t ms, struct fetch_answer *answer)
{
	fetch(arena, &(struct fetch_request) {
		.method = "GET", .url = url, .connect_ms = ms, .total_ms = ms, .answer_max = 1000,
	}, answer);
}

/* Else this waits for the resolver, which waits for this. */
START_TEST(a_name_without_an_answer_keeps_nobody_else)
{
	struct fetch_server *server = fetch_server_start();
	struct arena *arena = arena_create();
	struct fetch_answer answer;

	get(arena, "http://" UNANSWERED "/", 100, &answer);
	ck_assert_int_eq(answer.status, 0);
	ck_assert_int_eq(atomic_load(&looked_up), 1);
	get(arena, arena_print(arena, "http://127.0.0.1:%d/now", server->port), 20000, &answer);
	ck_assert_int_eq(answer.status, 200);
	fetch_stop();
	atomic_store(&answers, true);
	fetch_server_stop(server);
	arena_destroy(arena);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("fetch_names");
	TCase *tests = tcase_create("fetch_names");

	tcase_add_test(tests, a_name_without_an_answer_keeps_nobody_else);
	tcase_set_timeout(tests, 60);
	suite_add_tcase(suite, tests);
	return run_suite(suite);
}
