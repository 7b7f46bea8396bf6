/* issuer_fixture.h - an issuer in this process: a server of sockets that tells the truth or lies, the tokens
 * it gives, and somebody who comes with them. */
#ifndef ISSUER_FIXTURE_H
#define ISSUER_FIXTURE_H

#include <pthread.h>

#include "auth.h"
#include "auth_fixture.h"
#include "http_fixture.h"
#include "issuer.h"
#include "jose_fixture.h"
#include "key_source.h"

#define PUBLIC_URL "https://shop.example/mcp"

/* How a page is answered. */
enum manner {
	TRUE_PAGE, NOT_FOUND, BROKEN, REDIRECTS, A_PAGE, TOO_MUCH, ENDLESS, HANGS_UP, SLOW, OTHER_PAGE, EMPTY_OBJECT,
};

static struct {
	pthread_t thread;
	int listener, port;
	atomic_bool stopping;
	pthread_mutex_t lock;
	enum manner appended, inserted, keys;   /* of the three pages, under the lock */
	char *key_set, *other_document;         /* under the lock */
	char path[64];                          /* behind the port, of the issuer's name */
	atomic_int documents, inserted_documents, key_sets, strangers;
	atomic_bool released;                   /* whoever is slow goes on */
} op = { .lock = PTHREAD_MUTEX_INITIALIZER, .listener = -1 };

static char issuer_url[128];

static void write_page(int fd, const char *status, const char *body)
{
	char head[256];
	int size = snprintf(head, sizeof(head), "HTTP/1.1 %s\r\nContent-Type: application/json\r\n"
	                    "Content-Length: %zu\r\nConnection: close\r\n%s\r\n", status, strlen(body),
	                    status[0] == '3' ? "Location: /elsewhere\r\n" : "");

	send(fd, head, (size_t)size, MSG_NOSIGNAL);
	send(fd, body, strlen(body), MSG_NOSIGNAL);
}

static void write_much(int fd, size_t most)
{
	static const char head[] = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n"
	                           "{\"keys\":[";
	static char blanks[65536];
	size_t sent = 0;

	memset(blanks, ' ', sizeof(blanks));
	send(fd, head, sizeof(head) - 1, MSG_NOSIGNAL);
	while (sent < most && !atomic_load(&op.stopping) &&
	       send(fd, blanks, sizeof(blanks), MSG_NOSIGNAL) == (ssize_t)sizeof(blanks))
		sent += sizeof(blanks);
}

static void answer(int fd, enum manner manner, const char *body)
{
	if (manner == SLOW)
		while (!atomic_load(&op.released) && !atomic_load(&op.stopping))
			usleep(1000);
	if (manner == TRUE_PAGE || manner == OTHER_PAGE || manner == SLOW)
		write_page(fd, "200 OK", body);
	else if (manner == EMPTY_OBJECT)
		write_page(fd, "200 OK", "{}");
	else if (manner == NOT_FOUND)
		write_page(fd, "404 Not Found", "{}");
	else if (manner == BROKEN)
		write_page(fd, "500 Internal Server Error", "{}");
	else if (manner == REDIRECTS)
		write_page(fd, "302 Found", "{}");
	else if (manner == A_PAGE)
		write_page(fd, "200 OK", "<!doctype html><title>Sign in</title>");
	else if (manner == TOO_MUCH)
		write_much(fd, 10 << 20);
	else if (manner == ENDLESS)
		write_much(fd, SIZE_MAX);
}

static void serve_page(int fd, const char *path)
{
	char appended[160], inserted[160], document[512];

	snprintf(appended, sizeof(appended), "%.*s/.well-known/openid-configuration",
	         (int)(strlen(op.path) - (op.path[0] && op.path[strlen(op.path) - 1] == '/')), op.path);
	snprintf(inserted, sizeof(inserted), "/.well-known/oauth-authorization-server%.*s",
	         (int)(strlen(op.path) - (op.path[0] && op.path[strlen(op.path) - 1] == '/')), op.path);
	snprintf(document, sizeof(document), "{\"issuer\":\"%s\",\"jwks_uri\":\"http://127.0.0.1:%d/keys\"}",
	         issuer_url, op.port);
	pthread_mutex_lock(&op.lock);
	char *other = strdup(op.other_document ? op.other_document : ""), *keys = strdup(op.key_set);
	enum manner manners[] = { op.appended, op.inserted, op.keys };
	pthread_mutex_unlock(&op.lock);
	if (strcmp(path, appended) == 0) {
		atomic_fetch_add(&op.documents, 1);
		answer(fd, manners[0], manners[0] == OTHER_PAGE ? other : document);
	} else if (strcmp(path, inserted) == 0) {
		atomic_fetch_add(&op.inserted_documents, 1);
		answer(fd, manners[1], manners[1] == OTHER_PAGE ? other : document);
	} else if (strcmp(path, "/keys") == 0) {
		atomic_fetch_add(&op.key_sets, 1);
		answer(fd, manners[2], keys);
	} else {
		atomic_fetch_add(&op.strangers, 1);
		answer(fd, NOT_FOUND, "");
	}
	free(other);
	free(keys);
}

static void *serve(UNUSED void *nothing)
{
	char request[2048];

	while (!atomic_load(&op.stopping)) {
		int fd = accept(op.listener, NULL, NULL);
		size_t size = 0;
		ssize_t more;

		if (fd < 0)
			break;
		request[0] = '\0';
		while (size < sizeof(request) - 1 && !strstr(request, "\r\n\r\n") &&
		       (more = recv(fd, request + size, sizeof(request) - 1 - size, 0)) > 0)
			request[size += (size_t)more] = '\0';
		char *path = strchr(request, ' '), *end = path ? strchr(path + 1, ' ') : NULL;
		if (end) {
			*end = '\0';
			serve_page(fd, path + 1);
		}
		close(fd);
	}
	return NULL;
}

static void set_manners(enum manner appended, enum manner inserted, enum manner keys)
{
	pthread_mutex_lock(&op.lock);
	op.appended = appended;
	op.inserted = inserted;
	op.keys = keys;
	pthread_mutex_unlock(&op.lock);
}

/* The entries of a JWK set. */
static void publish(const char *entries)
{
	pthread_mutex_lock(&op.lock);
	free(op.key_set);
	op.key_set = malloc(strlen(entries) + 16);
	sprintf(op.key_set, "{\"keys\":[%s]}", entries);
	pthread_mutex_unlock(&op.lock);
}

static const char *key(enum signer who, const char *kid)
{
	return jwk_of(who, arena_print(arena, "\"kid\":\"%s\",", kid));
}

/* It listens; nobody has been configured to ask it. */
static void op_start(const char *path)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof(address);

	op.listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	ck_assert_int_eq(bind(op.listener, (struct sockaddr *)&address, sizeof(address)), 0);
	ck_assert_int_eq(listen(op.listener, 64), 0);
	getsockname(op.listener, (struct sockaddr *)&address, &size);
	op.port = ntohs(address.sin_port);
	snprintf(op.path, sizeof(op.path), "%s", path);
	snprintf(issuer_url, sizeof(issuer_url), "http://127.0.0.1:%d%s", op.port, path);
	atomic_store(&op.stopping, false);
	atomic_store(&op.released, false);
	atomic_store(&op.documents, 0);
	atomic_store(&op.inserted_documents, 0);
	atomic_store(&op.key_sets, 0);
	atomic_store(&op.strangers, 0);
	set_manners(TRUE_PAGE, NOT_FOUND, TRUE_PAGE);
	publish(key(ED25519, "one"));
	pthread_create(&op.thread, NULL, serve, NULL);
}

static void op_stop(void)
{
	if (op.listener < 0)
		return;
	atomic_store(&op.stopping, true);
	shutdown(op.listener, SHUT_RDWR);
	pthread_join(op.thread, NULL);
	close(op.listener);
	op.listener = -1;
	free(op.key_set);
	free(op.other_document);
	op.key_set = op.other_document = NULL;
}

/* ---- Tokens ---- */

static const char *signed_by(enum signer who, const char *alg, const char *kid, const char *payload)
{
	const char *header = kid ? arena_print(arena, "{\"alg\":\"%s\",\"kid\":\"%s\"}", alg, kid)
	                         : arena_print(arena, "{\"alg\":\"%s\"}", alg);
	str text = signed_text_of(header, payload);
	return token_with(text, sign(who, alg, text)).at;
}

static const char *payload_of(const char *issuer, const char *sub, int64_t in_s, const char *scope)
{
	return arena_print(arena, "{\"iss\":\"%s\",\"sub\":\"%s\",\"exp\":%lld,\"aud\":\"" PUBLIC_URL "\","
	                   "\"scope\":\"%s\"}", issuer, sub, (long long)(now_ms() / 1000 + in_s), scope);
}

/* Alice's for an hour, of the key "one" or another. */
static const char *token_by(enum signer who, const char *kid)
{
	return signed_by(who, who == ED25519 ? "EdDSA" : who == P256 ? "ES256" : "RS256", kid,
	                 payload_of(issuer_url, "alice", 3600, "a:read"));
}

/* ---- Somebody who comes with one ---- */

static struct loop *a_loop;

struct visitor {
	struct message message;
	struct auth_waiter waiter;
	atomic_bool begun, come;
	bool room;
	uint64_t party;
	struct loop *came_on;
};

UNUSED static void has_come(struct auth_waiter *waiter)
{
	struct visitor *visitor =
		(struct visitor *)((char *)waiter - offsetof(struct visitor, waiter));

	visitor->came_on = loop_current();
	atomic_store(&visitor->come, true);
}

UNUSED static void begin_to_wait(struct message *message, struct loop *loop)
{
	struct visitor *visitor = (struct visitor *)message;

	visitor->room = auth_await_keys(&visitor->waiter, loop, visitor->party, has_come);
	atomic_store(&visitor->begun, true);
}

UNUSED static void wait_as(struct visitor *visitor, uint64_t party)
{
	*visitor = (struct visitor) { .message.run = begin_to_wait, .party = party };
	loop_post(a_loop, &visitor->message);
	AWAIT(atomic_load(&visitor->begun));
}

UNUSED static void wait_on_loop(struct visitor *visitor)
{
	wait_as(visitor, 0);
}

static struct auth_answer auth_of(const char *token)
{
	return auth_check(str_of(arena_print(arena, "Bearer %s", token)));
}

/* Waits for the keys as a request does. */
UNUSED static struct auth_answer sign_in(const char *token)
{
	struct auth_answer first = auth_of(token);
	struct visitor visitor;

	if (first.outcome != AUTH_WAITING)
		return first;
	wait_on_loop(&visitor);
	ck_assert(visitor.room);
	for (int i = 0; i < 5000 && !atomic_load(&visitor.come); i++)
		usleep(1000);
	ck_assert(atomic_load(&visitor.come));
	ck_assert_ptr_eq(visitor.came_on, a_loop);
	return auth_check_again(str_of(arena_print(arena, "Bearer %s", token)));
}

/* The outcome alone. */
UNUSED static enum auth_outcome comes_to(const char *token)
{
	struct auth_answer answer_ = sign_in(token);

	caller_drop(answer_.caller);
	return answer_.outcome;
}

UNUSED static long long now_counted(const atomic_llong *counter)
{
	return atomic_load(counter);
}

/* ---- Each test's own ---- */

static const struct key_times usual_times = {
	.refresh = 3600000, .floor = 30000, .retry = 20, .retry_most = 100, .keep = 86400000, .fetch = 1000,
	.log = 60000,
};

static void trust_with(struct issuer_settings settings)
{
	settings.issuer = issuer_url;
	settings.public_url = PUBLIC_URL;
	const char *wrong = issuer_configure(&settings);
	ck_assert_msg(!wrong, "%s", wrong);
	ck_assert_ptr_null(issuer_know_scopes("a:read a:write"));
}

UNUSED static void trust(void)
{
	trust_with((struct issuer_settings) { 0 });
	issuer_start();
}

static void begin_with(const char *path)
{
	arena = arena_create();
	key_times = usual_times;
	op_start(path);
	start();
	a_loop = http_loop(http, 0);
	ck_assert_ptr_null(auth_configure(alice_and_bob(), false));
}

static void begin(void)
{
	begin_with("/realm");
}

static void end(void)
{
	op_stop();
	issuer_stop();
	stop();
	ck_assert_ptr_null(issuer_configure(&(struct issuer_settings) { 0 }));
	arena_destroy(arena);
}

UNUSED static void sign_in_once(void)
{
	trust();
	ck_assert_int_eq(comes_to(token_by(ED25519, "one")), AUTH_FINE);
}

UNUSED static TCase *issuer_tests(const char *name)
{
	TCase *tests = tcase_create(name);

	tcase_set_timeout(tests, 60);
	tcase_add_checked_fixture(tests, begin, end);
	return tests;
}

#endif
