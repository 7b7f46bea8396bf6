/* test_auth_key_source.c - the keys of an issuer: where they are found, when they are fetched, and what
 * becomes of requests while it rotates them, is down, slow, or lies. */
#include "issuer_fixture.h"

/* One of an unknown key, its own each. */
static const char *stray(int number)
{
	return signed_by(ED25519, "EdDSA", arena_print(arena, "stray-%d", number),
	                 payload_of(issuer_url, "mallory", 600, "a:read"));
}

/* What a SIGHUP leads to: the second begins when the first is over. */
static void fetch_twice(void)
{
	for (int i = 0; i < 2; i++) {
		int before = atomic_load(&op.key_sets);
		ck_assert_ptr_null(issuer_reload());
		AWAIT(atomic_load(&op.key_sets) > before);
	}
}

/* ---- Discovery ---- */

START_TEST(keys_are_found_by_discovery)
{
	sign_in_once();
	ck_assert_int_eq(atomic_load(&op.documents), 1);
	ck_assert_int_eq(atomic_load(&op.inserted_documents), 0);
	ck_assert_int_eq(atomic_load(&op.key_sets), 1);
	ck_assert_ptr_null(issuer_document(arena));
}
END_TEST

START_TEST(the_form_of_rfc_8414_is_asked_for_where_the_other_is_not_there)
{
	set_manners(NOT_FOUND, TRUE_PAGE, TRUE_PAGE);
	sign_in_once();
	ck_assert_int_eq(atomic_load(&op.documents), 1);
	ck_assert_int_eq(atomic_load(&op.inserted_documents), 1);
	ck_assert_int_eq(atomic_load(&op.strangers), 0);
}
END_TEST

static const char *const paths[] = { "", "/", "/a/b", "/a/b/" };

START_TEST(an_issuer_has_any_path)
{
	end();
	begin_with(paths[_i]);
	sign_in_once();
	ck_assert_int_eq(atomic_load(&op.documents), 1);
	issuer_stop();
	set_manners(NOT_FOUND, TRUE_PAGE, TRUE_PAGE);
	sign_in_once();
	ck_assert_int_eq(atomic_load(&op.inserted_documents), 1);
	ck_assert_int_eq(atomic_load(&op.strangers), 0);
}
END_TEST

START_TEST(with_a_url_of_keys_there_is_no_discovery)
{
	trust_with((struct issuer_settings) {
		.jwks = arena_print(arena, "http://127.0.0.1:%d/keys", op.port) });
	issuer_start();
	ck_assert_int_eq(comes_to(token_by(ED25519, "one")), AUTH_FINE);
	ck_assert_int_eq(atomic_load(&op.documents), 0);
	ck_assert_int_eq(atomic_load(&op.key_sets), 1);
}
END_TEST

START_TEST(a_file_of_keys_is_read_at_the_start_and_when_told)
{
	char *path = file_with(arena_print(arena, "{\"keys\":[%s]}", key(ED25519, "one")));

	trust_with((struct issuer_settings) { .jwks = arena_print(arena, "@%s", path) });
	issuer_start();
	ck_assert_int_eq(auth_of(token_by(P256, "two")).outcome, AUTH_INVALID);
	ck_assert_int_eq(comes_to(token_by(ED25519, "one")), AUTH_FINE);

	FILE *file = fopen(path, "w");
	fprintf(file, "{\"keys\":[%s]}", key(P256, "two"));
	fclose(file);
	ck_assert_int_eq(auth_of(token_by(P256, "two")).outcome, AUTH_INVALID);
	ck_assert_ptr_null(issuer_reload());
	ck_assert_int_eq(comes_to(token_by(P256, "two")), AUTH_FINE);
	ck_assert_int_eq(comes_to(token_by(ED25519, "one")), AUTH_INVALID);
	/* What is wrong leaves what was. */
	ck_assert_int_eq(truncate(path, 10), 0);
	ck_assert_ptr_nonnull(strstr(issuer_reload(), path));
	ck_assert_int_eq(comes_to(token_by(P256, "two")), AUTH_FINE);
	unlink(path);
	ck_assert_ptr_nonnull(strstr(issuer_reload(), "cannot read"));
	ck_assert_int_eq(comes_to(token_by(P256, "two")), AUTH_FINE);
	free(path);
	ck_assert_int_eq(atomic_load(&op.documents) + atomic_load(&op.key_sets), 0);
}
END_TEST

START_TEST(for_a_facade_the_document_is_kept)
{
	trust_with((struct issuer_settings) { .facade = true });
	ck_assert_ptr_null(issuer_document(arena));
	issuer_start();
	ck_assert_int_eq(comes_to(token_by(ED25519, "one")), AUTH_FINE);
	ck_assert_ptr_nonnull(strstr(issuer_document(arena), "jwks_uri"));
}
END_TEST

/* ---- Lies ---- */

static const struct { enum manner appended, inserted, keys; bool asks_inserted, asks_keys; } lies[] = {
	{ NOT_FOUND, NOT_FOUND, TRUE_PAGE, true, false },
	{ BROKEN, TRUE_PAGE, TRUE_PAGE, false, false },
	{ REDIRECTS, TRUE_PAGE, TRUE_PAGE, false, false },
	{ A_PAGE, TRUE_PAGE, TRUE_PAGE, false, false },
	{ EMPTY_OBJECT, TRUE_PAGE, TRUE_PAGE, false, false },
	{ TOO_MUCH, TRUE_PAGE, TRUE_PAGE, false, false },
	{ ENDLESS, TRUE_PAGE, TRUE_PAGE, false, false },
	{ HANGS_UP, TRUE_PAGE, TRUE_PAGE, false, false },
	{ NOT_FOUND, REDIRECTS, TRUE_PAGE, true, false },
	{ NOT_FOUND, A_PAGE, TRUE_PAGE, true, false },
	{ TRUE_PAGE, NOT_FOUND, NOT_FOUND, false, true },
	{ TRUE_PAGE, NOT_FOUND, BROKEN, false, true },
	{ TRUE_PAGE, NOT_FOUND, REDIRECTS, false, true },
	{ TRUE_PAGE, NOT_FOUND, A_PAGE, false, true },
	{ TRUE_PAGE, NOT_FOUND, EMPTY_OBJECT, false, true },
	{ TRUE_PAGE, NOT_FOUND, TOO_MUCH, false, true },
	{ TRUE_PAGE, NOT_FOUND, ENDLESS, false, true },
	{ TRUE_PAGE, NOT_FOUND, HANGS_UP, false, true },
};

START_TEST(what_is_no_key_set_leaves_what_was)
{
	long long failed = now_counted(&sign_ins.failed_fetches);

	/* Nothing yet: it can't be checked, and keys of ours work. */
	set_manners(lies[_i].appended, lies[_i].inserted, lies[_i].keys);
	trust();
	AWAIT(now_counted(&sign_ins.failed_fetches) > failed);
	ck_assert_int_eq(comes_to(token_by(ED25519, "one")), AUTH_UNAVAILABLE);
	ck_assert_int_eq(comes_to(ALICE_KEY), AUTH_FINE);
	ck_assert_int_eq(atomic_load(&op.inserted_documents) > 0, lies[_i].asks_inserted);
	ck_assert_int_eq(atomic_load(&op.key_sets) > 0, lies[_i].asks_keys);
	ck_assert_int_eq(atomic_load(&op.strangers), 0);        /* where a redirect leads */

	/* It comes to reason, by itself, and lies again. */
	set_manners(TRUE_PAGE, NOT_FOUND, TRUE_PAGE);
	for (int i = 0; i < 3000 && comes_to(token_by(ED25519, "one")) != AUTH_FINE; i++)
		usleep(1000);
	ck_assert_int_eq(comes_to(token_by(ED25519, "one")), AUTH_FINE);
	set_manners(lies[_i].appended, lies[_i].inserted, lies[_i].keys);
	failed = now_counted(&sign_ins.failed_fetches);
	ck_assert_ptr_null(issuer_reload());
	AWAIT(now_counted(&sign_ins.failed_fetches) > failed + 1);
	ck_assert_int_eq(comes_to(token_by(ED25519, "one")), AUTH_FINE);
}
END_TEST

/* ISSUER and PORT stand for the true ones. */
static const char *const documents[] = {
	"{'issuer':'ISSUER/','jwks_uri':'http://127.0.0.1:PORT/keys'}",
	"{'issuer':'HTTP://127.0.0.1:PORT/realm','jwks_uri':'http://127.0.0.1:PORT/keys'}",
	"{'jwks_uri':'http://127.0.0.1:PORT/keys'}",
	"{'issuer':'ISSUER','jwks_uri':'http://192.0.2.1:PORT/keys'}",
	"{'issuer':'ISSUER','jwks_uri':'http://127.0.0.1.example:PORT/keys'}",
	"{'issuer':'ISSUER','jwks_uri':'file:///etc/passwd'}",
	"{'issuer':'ISSUER','jwks_uri':'http://a:b@127.0.0.1:PORT/keys'}",
	"{'issuer':'ISSUER','jwks_uri':['http://127.0.0.1:PORT/keys']}",
	"{'issuer':'ISSUER'}",
	"{'issuer':'https://x','issuer':'ISSUER','jwks_uri':'http://127.0.0.1:PORT/keys'}",
	"['ISSUER']",
};

/* Of malloc(). */
static char *filled_in(const char *text)
{
	char *filled = malloc(1024), *end = filled;

	for (; *text; text++)
		if (strncmp(text, "ISSUER", 6) == 0)
			end += sprintf(end, "%s", issuer_url), text += 5;
		else if (strncmp(text, "PORT", 4) == 0)
			end += sprintf(end, "%d", op.port), text += 3;
		else
			*end++ = (char)(*text == '\'' ? '"' : *text);
	*end = '\0';
	return filled;
}

START_TEST(a_document_that_is_not_the_issuers_own_is_refused)
{
	long long failed = now_counted(&sign_ins.failed_fetches);

	pthread_mutex_lock(&op.lock);
	op.other_document = filled_in(documents[_i]);
	pthread_mutex_unlock(&op.lock);
	set_manners(OTHER_PAGE, TRUE_PAGE, TRUE_PAGE);
	trust();
	AWAIT(now_counted(&sign_ins.failed_fetches) > failed);
	ck_assert_int_eq(comes_to(token_by(ED25519, "one")), AUTH_UNAVAILABLE);
	ck_assert_int_eq(atomic_load(&op.inserted_documents), 0);
	ck_assert_int_eq(atomic_load(&op.key_sets), 0);
}
END_TEST

START_TEST(a_hundred_keys_are_taken_and_one_more_is_too_many)
{
	const char *entries = key(ED25519, "one");

	for (int i = 1; i < 100; i++)
		entries = both(entries, key(P256, arena_print(arena, "k%d", i)));
	publish(entries);
	sign_in_once();
	long long failed = now_counted(&sign_ins.failed_fetches);
	publish(both(entries, key(P384, "more")));
	ck_assert_ptr_null(issuer_reload());
	AWAIT(now_counted(&sign_ins.failed_fetches) > failed);
	ck_assert_int_eq(comes_to(token_by(ED25519, "one")), AUTH_FINE);
}
END_TEST

/* ---- Rotation ---- */

START_TEST(a_new_key_is_fetched_when_a_token_names_it)
{
	sign_in_once();
	publish(both(key(ED25519, "one"), key(P256, "two")));
	ck_assert_int_eq(auth_of(token_by(P256, "two")).outcome, AUTH_WAITING);
	ck_assert_int_eq(comes_to(token_by(P256, "two")), AUTH_FINE);
	ck_assert_int_eq(comes_to(token_by(ED25519, "one")), AUTH_FINE);
	ck_assert_int_eq(atomic_load(&op.key_sets), 2);
}
END_TEST

/* Neither a wait that nobody ends nor a 503: they are looked at. */
START_TEST(keys_that_came_since_a_look_are_looked_at)
{
	unsigned number;
	int64_t retry_ms;

	sign_in_once();
	key_source_keys(&number);
	publish(both(key(ED25519, "one"), key(P256, "two")));
	ck_assert_int_eq(key_source_hope_for_other(number, STR("two"), false, &retry_ms), KEY_COMES);
	AWAIT(key_source_hope_for_other(number, STR("two"), false, &retry_ms) == KEY_CAME);
	ck_assert_int_eq(key_source_hope(number, &retry_ms), KEY_CAME);
	ck_assert_int_eq(key_source_hope_for_other(number, STR("two"), true, &retry_ms), KEY_CAME);
}
END_TEST

START_TEST(a_key_that_was_withdrawn_is_refused_with_all_that_it_signed)
{
	const char *token = token_by(ED25519, "one");

	key_times.refresh = 50;
	sign_in_once();
	ck_assert_int_eq(comes_to(token), AUTH_FINE);
	publish(key(P256, "two"));
	/* Nobody asks for the new one: the old one goes by itself. */
	for (int i = 0; i < 3000 && comes_to(token) == AUTH_FINE; i++)
		usleep(1000);
	enum auth_outcome outcome = comes_to(token);
	ck_assert(outcome == AUTH_INVALID || outcome == AUTH_UNAVAILABLE);
	ck_assert_int_eq(comes_to(token_by(P256, "two")), AUTH_FINE);
}
END_TEST

/* Its clients are to sign in again, also while it is not looked for anew: whoever asked a moment ago is no
 * reason to have them come back later. A key that nobody ever saw may still be the newest. */
START_TEST(of_a_withdrawn_key_everybody_is_told_at_once)
{
	sign_in_once();
	publish(key(P256, "two"));
	ck_assert_int_eq(comes_to(token_by(P256, "two")), AUTH_FINE);
	for (int i = 0; i < 3; i++)
		ck_assert_int_eq(comes_to(token_by(ED25519, "one")), AUTH_INVALID);
	ck_assert_int_eq(comes_to(stray(1)), AUTH_UNAVAILABLE);
	ck_assert_int_eq(atomic_load(&op.key_sets), 2);
}
END_TEST

START_TEST(a_withdrawn_key_may_come_back)
{
	key_times.floor = 100;
	sign_in_once();
	publish(key(P256, "two"));
	ck_assert_int_eq(comes_to(token_by(P256, "two")), AUTH_FINE);
	publish(both(key(ED25519, "one"), key(P256, "two")));
	for (int i = 0; i < 3000 && comes_to(token_by(ED25519, "one")) != AUTH_FINE; i++)
		usleep(1000);
	ck_assert_int_eq(comes_to(token_by(ED25519, "one")), AUTH_FINE);
}
END_TEST

START_TEST(they_are_fetched_again_now_and_then)
{
	key_times.refresh = 20;
	sign_in_once();
	AWAIT(atomic_load(&op.key_sets) > 5);
	ck_assert_int_eq(comes_to(token_by(ED25519, "one")), AUTH_FINE);
}
END_TEST

START_TEST(the_same_keys_leave_what_is_known_of_tokens)
{
	const char *token = token_by(ED25519, "one");

	sign_in_once();
	ck_assert_int_eq(comes_to(token), AUTH_FINE);
	long long accepted = now_counted(&sign_ins.accepted);
	fetch_twice();
	ck_assert_int_eq(comes_to(token), AUTH_FINE);
	ck_assert_int_eq(now_counted(&sign_ins.accepted), accepted);
}
END_TEST

/* ---- Storms ---- */

START_TEST(a_thousand_unknown_keys_are_one_fetch)
{
	int outcomes[AUTH_UNAVAILABLE + 1] = { 0 };

	sign_in_once();
	for (int i = 0; i < 1000; i++)
		outcomes[comes_to(stray(i))]++;
	ck_assert_int_eq(atomic_load(&op.key_sets), 2);
	ck_assert_int_eq(atomic_load(&op.documents), 2);
	/* The first was waited for, and is not there; of the others nobody knows yet. */
	ck_assert_int_eq(outcomes[AUTH_INVALID], 1);
	ck_assert_int_eq(outcomes[AUTH_UNAVAILABLE], 999);
	struct auth_answer found = auth_of(stray(1));
	ck_assert_int_eq(found.outcome, AUTH_UNAVAILABLE);
	ck_assert(found.retry_ms > 20000 && found.retry_ms <= 30000);
	ck_assert_int_eq(comes_to(token_by(ED25519, "one")), AUTH_FINE);
}
END_TEST

START_TEST(behind_the_floor_it_is_asked_for_again)
{
	key_times.floor = 100;
	sign_in_once();
	ck_assert_int_eq(comes_to(stray(1)), AUTH_INVALID);
	publish(both(key(ED25519, "one"), key(P256, "two")));
	for (int i = 0; i < 3000 && comes_to(token_by(P256, "two")) != AUTH_FINE; i++)
		usleep(1000);
	ck_assert_int_eq(comes_to(token_by(P256, "two")), AUTH_FINE);
	ck_assert_int_eq(atomic_load(&op.key_sets), 3);
}
END_TEST

START_TEST(what_could_not_be_good_anyway_is_not_fetched_for)
{
	const char *unknown[] = {
		signed_by(ED25519, "EdDSA", "x", payload_of(issuer_url, "a", -61, "")),
		signed_by(ED25519, "EdDSA", "x", payload_of("http://other", "a", 60, "")),
		signed_by(ED25519, "EdDSA", "x", "{}"), signed_by(ED25519, "EdDSA", "x", "no"),
		/* Known, but the signature is another's, or the key is of another kind. */
		signed_by(ED25519, "EdDSA", "two", payload_of(issuer_url, "a", 60, "")),
		signed_by(RSA_ONE, "RS256", "one", payload_of(issuer_url, "a", 60, "")),
		arena_print(arena, "%.*sAAAA", (int)strlen(token_by(ED25519, "one")) - 4, token_by(ED25519, "one")),
		signed_by(RSA_ONE, "RS256", NULL, payload_of(issuer_url, "a", 60, "")),
	};

	publish(both(key(ED25519, "one"), key(P256, "two")));
	sign_in_once();
	for (int round = 0; round < 20; round++)
		for (int i = 0; i < COUNT(unknown); i++)
			ck_assert_int_eq(auth_of(unknown[i]).outcome, AUTH_INVALID);
	ck_assert_int_eq(atomic_load(&op.key_sets), 1);
}
END_TEST

/* ---- Outages ---- */

START_TEST(an_issuer_that_is_down_at_the_start_is_asked_until_it_is_there)
{
	long long failed = now_counted(&sign_ins.failed_fetches);

	set_manners(HANGS_UP, HANGS_UP, HANGS_UP);
	trust();
	AWAIT(now_counted(&sign_ins.failed_fetches) > failed + 3);
	struct auth_answer found = sign_in(token_by(ED25519, "one"));
	ck_assert_int_eq(found.outcome, AUTH_UNAVAILABLE);
	ck_assert(found.retry_ms > 0 && found.retry_ms <= 110);
	ck_assert_int_eq(comes_to(ALICE_KEY), AUTH_FINE);
	set_manners(TRUE_PAGE, NOT_FOUND, TRUE_PAGE);
	for (int i = 0; i < 3000 && comes_to(token_by(ED25519, "one")) != AUTH_FINE; i++)
		usleep(1000);
	ck_assert_int_eq(comes_to(token_by(ED25519, "one")), AUTH_FINE);
}
END_TEST

START_TEST(keys_outlive_an_outage_but_not_for_ever)
{
	key_times.keep = 400;
	sign_in_once();
	set_manners(HANGS_UP, HANGS_UP, HANGS_UP);
	long long failed = now_counted(&sign_ins.failed_fetches);
	ck_assert_ptr_null(issuer_reload());
	AWAIT(now_counted(&sign_ins.failed_fetches) > failed);
	ck_assert_int_eq(comes_to(token_by(ED25519, "one")), AUTH_FINE);
	/* A key that nobody has seen: who knows. */
	ck_assert_int_eq(comes_to(stray(1)), AUTH_UNAVAILABLE);
	for (int i = 0; i < 3000 && comes_to(token_by(ED25519, "one")) == AUTH_FINE; i++)
		usleep(1000);
	ck_assert_int_eq(comes_to(token_by(ED25519, "one")), AUTH_UNAVAILABLE);
}
END_TEST

START_TEST(an_outage_is_one_line_a_minute)
{
	static char text[16384];
	struct caught caught = catch_stderr();
	long long failed = now_counted(&sign_ins.failed_fetches);

	key_times.retry = key_times.retry_most = 2;
	set_manners(BROKEN, BROKEN, BROKEN);
	trust();
	AWAIT(now_counted(&sign_ins.failed_fetches) > failed + 10);
	set_manners(TRUE_PAGE, NOT_FOUND, TRUE_PAGE);
	for (int i = 0; i < 3000 && comes_to(token_by(ED25519, "one")) != AUTH_FINE; i++)
		usleep(1000);
	release_stderr(caught, text, sizeof(text));
	char *first = strstr(text, "can't be had");
	ck_assert_msg(first && !strstr(first + 1, "can't be had"), "%s", text);
	ck_assert_msg(strstr(text, "answers with HTTP 500"), "%s", text);
	ck_assert_msg(strstr(text, "keys of the issuer ") && strstr(text, ": 1\n"), "%s", text);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("key source");
	TCase *found = issuer_tests("found"), *lied = issuer_tests("lied to"), *fetched = issuer_tests("fetched");

	tcase_add_test(found, keys_are_found_by_discovery);
	tcase_add_test(found, the_form_of_rfc_8414_is_asked_for_where_the_other_is_not_there);
	tcase_add_loop_test(found, an_issuer_has_any_path, 0, COUNT(paths));
	tcase_add_test(found, with_a_url_of_keys_there_is_no_discovery);
	tcase_add_test(found, a_file_of_keys_is_read_at_the_start_and_when_told);
	tcase_add_test(found, for_a_facade_the_document_is_kept);
	tcase_add_loop_test(lied, what_is_no_key_set_leaves_what_was, 0, COUNT(lies));
	tcase_add_loop_test(lied, a_document_that_is_not_the_issuers_own_is_refused, 0, COUNT(documents));
	tcase_add_test(lied, a_hundred_keys_are_taken_and_one_more_is_too_many);
	tcase_add_test(fetched, a_new_key_is_fetched_when_a_token_names_it);
	tcase_add_test(fetched, keys_that_came_since_a_look_are_looked_at);
	tcase_add_test(fetched, a_key_that_was_withdrawn_is_refused_with_all_that_it_signed);
	tcase_add_test(fetched, of_a_withdrawn_key_everybody_is_told_at_once);
	tcase_add_test(fetched, a_withdrawn_key_may_come_back);
	tcase_add_test(fetched, they_are_fetched_again_now_and_then);
	tcase_add_test(fetched, the_same_keys_leave_what_is_known_of_tokens);
	tcase_add_test(fetched, a_thousand_unknown_keys_are_one_fetch);
	tcase_add_test(fetched, behind_the_floor_it_is_asked_for_again);
	tcase_add_test(fetched, what_could_not_be_good_anyway_is_not_fetched_for);
	tcase_add_test(fetched, an_issuer_that_is_down_at_the_start_is_asked_until_it_is_there);
	tcase_add_test(fetched, keys_outlive_an_outage_but_not_for_ever);
	tcase_add_test(fetched, an_outage_is_one_line_a_minute);
	suite_add_tcase(suite, found);
	suite_add_tcase(suite, lied);
	suite_add_tcase(suite, fetched);
	return run_suite(suite);
}
