/* test_auth_token.c - access tokens beside keys: whose they are, what is remembered of them, what is kept for
 * later. */
#include "issuer_fixture.h"

static str name_of_alice(void)
{
	uint8_t digest[DIGEST_SIZE];

	digest_for(issuer_url, STR("alice"), digest);
	str text = base64url(arena, (str) { (char *)digest, sizeof(digest) });
	return str_of(arena_print(arena, ":%s", text.at));
}

START_TEST(a_token_is_a_caller_with_a_name_of_its_own)
{
	trust();
	struct auth_answer found = sign_in(token_by(ED25519, "one"));

	ck_assert_int_eq(found.outcome, AUTH_FINE);
	ck_assert(str_is(name_of_alice(), caller_name(found.caller)));
	ck_assert_uint_eq(strlen(caller_name(found.caller)), 44);
	ck_assert(caller_has_token(found.caller) && auth_is_current(found.caller));
	ck_assert(caller_may(found.caller, "a:read") && !caller_may(found.caller, "a:write"));
	ck_assert(!caller_may(found.caller, "*") && caller_may(found.caller, NULL));
	ck_assert(!caller_expired(found.caller));
	int64_t left = caller_expires_ms(found.caller) - now_ms();
	ck_assert(left > 3650000 && left <= 3660000);
	ck_assert_ptr_null(caller_customer(found.caller));
	caller_drop(found.caller);
	/* Another's and another issuer's names are others. */
	found = sign_in(signed_by(ED25519, "EdDSA", "one", payload_of(issuer_url, "bob", 60, "")));
	ck_assert_int_eq(found.outcome, AUTH_FINE);
	ck_assert(!str_is(name_of_alice(), caller_name(found.caller)));
	ck_assert(!caller_may(found.caller, "a:read"));
	caller_drop(found.caller);
}
END_TEST

static const char *payload_for(const char *sub, const char *customer)
{
	return arena_print(arena, "{\"iss\":\"%s\",\"sub\":\"%s\",\"exp\":%lld,\"aud\":\"" PUBLIC_URL "\"%s}",
	                   issuer_url, sub, (long long)(now_ms() / 1000 + 600), customer);
}

/* Each pair another, also where their letters are the same one behind the other. */
START_TEST(a_person_of_another_customer_is_another_caller)
{
	static const struct { const char *sub, *customer; } people[] = {
		{ "alice", "" }, { "alice", ",\"customer\":\"C1\"" }, { "alice", ",\"customer\":\"C2\"" },
		{ "bob", ",\"customer\":\"C1\"" }, { "1\\u0000alice", ",\"customer\":\"C\"" },
		{ "C1\\u0000alice", "" }, { "alice\\u0000C1", "" }, { " C1\\u0000alice", "" },
	};
	const char *names[COUNT(people)];

	trust_with((struct issuer_settings) { .customer_claim = "customer" });
	issuer_start();
	for (int i = 0; i < COUNT(people); i++)
		for (int again = 0; again < 2; again++) {
			struct auth_answer found = sign_in(signed_by(ED25519, "EdDSA", "one",
				payload_for(people[i].sub, people[i].customer)));
			ck_assert_int_eq(found.outcome, AUTH_FINE);
			const char *name = arena_copy(arena, str_of(caller_name(found.caller)));
			if (again)
				ck_assert_str_eq(name, names[i]);
			names[i] = name;
			for (int j = 0; j < i; j++)
				ck_assert_str_ne(name, names[j]);
			caller_drop(found.caller);
		}
	/* Where nobody has a customer it is the name that it was. */
	ck_assert(str_is(name_of_alice(), names[0]));
}
END_TEST

/* What people call somebody; nothing of it is more than words. */
START_TEST(a_person_is_called_as_the_token_says)
{
	static const struct { const char *claims, *called; } people[] = {
		{ "", NULL },
		{ ",\"name\":\"Ann Sm\u00fcth\",\"email\":\"as@shop.example\"", "Ann Sm\xc3\xbcth" },
		{ ",\"preferred_username\":\"ann.smith@shop.example\",\"email\":\"x@y\"", "ann.smith" },
		{ ",\"email\":\"ann@shop.example\"", "ann" },
		{ ",\"name\":7,\"email\":\"ann@shop.example\"", "ann" },
		{ ",\"name\":\"\",\"preferred_username\":\"@shop\"", NULL },
		{ ",\"name\":\"Ann\\nBob\",\"preferred_username\":\"ann\"", "ann" },
		{ ",\"name\":\" Ann\"", NULL },
		{ ",\"name\":\"An\\u0000n\"", NULL },
	};

	trust();
	for (int i = 0; i < COUNT(people); i++) {
		struct auth_answer found = sign_in(signed_by(ED25519, "EdDSA", "one", payload_for("alice", people[i].claims)));
		ck_assert_int_eq(found.outcome, AUTH_FINE);
		ck_assert_pstr_eq(caller_called(found.caller), people[i].called);
		ck_assert(str_is(name_of_alice(), caller_name(found.caller)));
		caller_drop(found.caller);
	}
	/* 80 bytes are one, 81 are none. */
	for (int size = 80; size <= 81; size++) {
		const char *claims = arena_print(arena, ",\"name\":\"%.*s\"", size, arena_print(arena, "%0*d", size, 0));
		struct auth_answer found = sign_in(signed_by(ED25519, "EdDSA", "one", payload_for("alice", claims)));
		ck_assert(!caller_called(found.caller) == (size > 80));
		caller_drop(found.caller);
	}
}
END_TEST

START_TEST(each_algorithm_is_taken)
{
	static const struct { enum signer who; const char *alg; } ways[] = {
		{ RSA_ONE, "RS256" }, { RSA_ONE, "PS512" }, { P256, "ES256" }, { P384, "ES384" },
		{ ED25519, "EdDSA" },
	};

	publish(arena_print(arena, "%s,%s,%s,%s", key(RSA_ONE, "0"), key(P256, "2"), key(P384, "3"),
	                    key(ED25519, "4")));
	trust();
	for (int i = 0; i < COUNT(ways); i++)
		ck_assert_int_eq(comes_to(signed_by(ways[i].who, ways[i].alg, arena_print(arena, "%d", ways[i].who
		                          == RSA_ONE ? 0 : ways[i].who), payload_of(issuer_url, "a", 60, ""))),
		                 AUTH_FINE);
}
END_TEST

START_TEST(whatever_has_two_dots_and_is_no_key_is_a_token)
{
	const struct caller *caller;

	/* Without an issuer there are no tokens. */
	ck_assert_ptr_null(auth_configure(line_of("odd", "odd.a.b", "a"), false));
	ck_assert_int_eq(check("Bearer a.b.c", &caller), AUTH_UNKNOWN);
	trust();
	struct auth_answer found = sign_in(token_by(ED25519, "one"));
	ck_assert_int_eq(found.outcome, AUTH_FINE);
	ck_assert(caller_has_token(found.caller));
	caller_drop(found.caller);
	/* A key of somebody's own stays one, whatever it looks like. */
	ck_assert_int_eq(check("Bearer odd.a.b", &caller), AUTH_FINE);
	ck_assert_str_eq(caller_name(caller), "odd");
	ck_assert(!caller_has_token(caller));
	caller_drop(caller);
	ck_assert_int_eq(comes_to("a.b.c"), AUTH_INVALID);
	ck_assert_int_eq(comes_to("a.b.c.d.e"), AUTH_INVALID);
	ck_assert_int_eq(comes_to(".."), AUTH_INVALID);
	ck_assert_int_eq(comes_to("a.b"), AUTH_UNKNOWN);
	ck_assert_int_eq(comes_to("mcp_a.b.c"), AUTH_UNKNOWN);
	char *many = arena_alloc(arena, 10001);
	memset(many, '.', 10000);
	ck_assert_int_eq(comes_to(many), AUTH_INVALID);
	memset(many, 'a', 9000);
	ck_assert_int_eq(comes_to(many), AUTH_INVALID);
}
END_TEST

START_TEST(where_nobody_has_to_say_who_it_is_a_token_says_it_all_the_same)
{
	const struct caller *caller;
	char *header = arena_print(arena, "Bearer %s", token_by(ED25519, "one"));

	ck_assert_ptr_null(auth_configure(NULL, true));
	sign_in_once();
	ck_assert_int_eq(check(NULL, &caller), AUTH_FINE);
	ck_assert_ptr_eq(caller, caller_anonymous());
	ck_assert_int_eq(check(header, &caller), AUTH_FINE);
	ck_assert(str_is(name_of_alice(), caller_name(caller)) && !caller_may(caller, "a:write"));
	caller_drop(caller);
	/* Nobody who is refused is everybody instead. */
	ck_assert_int_eq(check("Bearer a.b.c", &caller), AUTH_INVALID);
	ck_assert_int_eq(check("Bearer mcp_nobody", &caller), AUTH_UNKNOWN);
	ck_assert_int_eq(check("Basic YTpi", &caller), AUTH_MISSING);
}
END_TEST

START_TEST(a_token_that_is_no_good_is_told_why)
{
	const char *payload = payload_of(issuer_url, "alice", 3600, "a:read");
	const struct { const char *token, *why; } tokens[] = {
		{ signed_by(ED25519, "none", "one", payload), "signed in a way" },
		{ signed_by(RSA_ONE, "RS256", "one", payload), "a key that the issuer does not have" },
		{ arena_print(arena, "%.*sAAAA", (int)strlen(token_by(ED25519, "one")) - 4,
		              token_by(ED25519, "one")), "signature of the token is wrong" },
		{ signed_by(ED25519, "EdDSA", "one", payload_of("http://other", "a", 60, "")), "another issuer" },
		{ signed_by(ED25519, "EdDSA", "one", payload_of(issuer_url, "a", -60, "")), "has expired" },
		{ signed_by(ED25519, "EdDSA", "one", "x"), "no JSON object" },
		{ signed_by(ED25519, "EdDSA", "one", payload_of(issuer_url, "", 60, "")), "whose it is" },
	};

	trust();
	ck_assert_int_eq(comes_to(token_by(ED25519, "one")), AUTH_FINE);
	for (int i = 0; i < COUNT(tokens); i++) {
		struct auth_answer found = sign_in(tokens[i].token);
		ck_assert_int_eq(found.outcome, AUTH_INVALID);
		ck_assert_ptr_null(found.caller);
		ck_assert_msg(strstr(found.why, tokens[i].why), "%s", found.why);
	}
	/* Without a kid where one key fits. */
	ck_assert_int_eq(comes_to(token_by(ED25519, NULL)), AUTH_FINE);
	ck_assert_int_eq(atomic_load(&op.key_sets), 1);
}
END_TEST

/* ---- The cache ---- */

START_TEST(what_was_good_is_known_by_its_very_text)
{
	const char *token = token_by(ED25519, "one");

	trust();
	ck_assert_int_eq(comes_to(token), AUTH_FINE);
	long long accepted = now_counted(&sign_ins.accepted), cached = now_counted(&sign_ins.cached);
	struct auth_answer one = auth_of(token), same = auth_of(token);
	ck_assert_ptr_eq(one.caller, same.caller);
	ck_assert_int_eq(now_counted(&sign_ins.cached), cached + 2);
	ck_assert_int_eq(now_counted(&sign_ins.accepted), accepted);
	/* The last character of 64 bytes has four bits that say nothing. */
	char *other = arena_copy(arena, str_of(token));
	other[strlen(other) - 1] = (char)(other[strlen(other) - 1] + 1);
	ck_assert_int_eq(comes_to(other), AUTH_INVALID);
	ck_assert_int_eq(comes_to(arena_print(arena, "%s=", token)), AUTH_INVALID);
	caller_drop(one.caller);
	caller_drop(same.caller);
}
END_TEST

START_TEST(what_is_known_expires_when_it_does)
{
	/* In a second: it has 60 more than it says. */
	const char *token = signed_by(ED25519, "EdDSA", "one", payload_of(issuer_url, "alice", -58, ""));

	trust();
	struct auth_answer found = sign_in(token);
	ck_assert_int_eq(found.outcome, AUTH_FINE);
	for (int i = 0; i < 4000 && !caller_expired(found.caller); i++)
		usleep(1000);
	ck_assert(caller_expired(found.caller));
	ck_assert_int_eq(comes_to(token), AUTH_INVALID);
	/* What is somebody's stays so, beyond the token. */
	ck_assert(auth_is_current(found.caller));
	caller_drop(found.caller);
}
END_TEST

START_TEST(a_thread_knows_so_many_and_no_more)
{
	enum { MANY = 1500 };
	static const char *tokens[MANY];

	trust();
	long long accepted = now_counted(&sign_ins.accepted);
	for (int i = 0; i < MANY; i++) {
		tokens[i] = signed_by(ED25519, "EdDSA", "one",
		                      payload_of(issuer_url, arena_print(arena, "p%d", i), 600, ""));
		ck_assert_int_eq(comes_to(tokens[i]), AUTH_FINE);
		/* Who comes often stays known. */
		ck_assert_int_eq(comes_to(tokens[0]), AUTH_FINE);
	}
	ck_assert_int_eq(now_counted(&sign_ins.accepted), accepted + MANY);
	long long cached = now_counted(&sign_ins.cached);
	for (int i = 0; i < MANY; i++)
		ck_assert_int_eq(comes_to(tokens[i]), AUTH_FINE);
	ck_assert_int_lt(now_counted(&sign_ins.cached), cached + 1 + 1024);
}
END_TEST

/* ---- Later ---- */

START_TEST(what_a_token_began_keeps_its_rights)
{
	trust_with((struct issuer_settings) { .customer_claim = "customer" });
	issuer_start();
	const char *payload = payload_of(issuer_url, "alice", 60, "a:read a:write");
	payload = arena_print(arena, "%.*s,\"customer\":\"17850\"}", (int)strlen(payload) - 1, payload);
	struct auth_answer found = sign_in(signed_by(ED25519, "EdDSA", "one", payload));
	ck_assert_int_eq(found.outcome, AUTH_FINE);
	ck_assert_str_eq(caller_customer(found.caller), "17850");
	const char *name = arena_copy(arena, str_of(caller_name(found.caller)));
	const char *rights = caller_rights(found.caller, arena);
	ck_assert_ptr_nonnull(rights);

	const struct caller *later = auth_caller_with(name, rights);
	ck_assert(caller_same(later, found.caller) && caller_has_token(later));
	ck_assert(caller_may(later, "a:read") && caller_may(later, "a:write") && !caller_may(later, "b"));
	ck_assert_str_eq(caller_customer(later), "17850");
	ck_assert_int_eq(caller_expires_ms(later), 0);
	ck_assert(!caller_expired(later) && auth_is_current(later));
	ck_assert_ptr_eq(caller_requests(later), caller_requests(found.caller));
	ck_assert_str_eq(caller_rights(later, arena), rights);
	caller_drop(later);
	caller_drop(found.caller);

	/* By the name alone, of another issuer, of a text that is none: it may nothing. */
	const char *nothing[] = { NULL, "", "x", "http://other a:read,a:write 17850" };
	for (int i = 0; i < COUNT(nothing); i++) {
		later = auth_caller_with(name, nothing[i]);
		ck_assert_str_eq(caller_name(later), name);
		ck_assert(!caller_may(later, "a:read") && !caller_customer(later));
		caller_drop(later);
	}
	later = auth_caller(name);
	ck_assert(!caller_may(later, "a:read"));
	caller_drop(later);
	/* A star is no scope of a token, wherever it comes from. */
	later = auth_caller_with(name, arena_print(arena, "%s * ", issuer_url));
	ck_assert(!caller_may(later, "a:read"));
	caller_drop(later);

	/* When tokens are accepted no more, they did not only expire. */
	issuer_stop();
	ck_assert_ptr_null(issuer_configure(&(struct issuer_settings) { 0 }));
	later = auth_caller_with(name, rights);
	ck_assert(!caller_may(later, "a:read") && !auth_is_current(later));
	ck_assert_ptr_null(caller_rights(later, arena));
	caller_drop(later);
}
END_TEST

START_TEST(a_key_has_the_rights_it_has_now)
{
	const struct caller *alice, *later;

	trust();
	ck_assert_int_eq(check("Bearer " ALICE_KEY, &alice), AUTH_FINE);
	ck_assert_ptr_null(caller_rights(alice, arena));
	ck_assert(!caller_has_token(alice) && !caller_expired(alice));
	ck_assert_int_eq(caller_expires_ms(alice), 0);
	later = auth_caller_with("alice", arena_print(arena, "%s a:delete ", issuer_url));
	ck_assert(caller_may(later, "a:write") && !caller_may(later, "a:delete"));
	caller_drop(later);
	caller_drop(alice);
}
END_TEST

/* ---- What is told to nobody ---- */

START_TEST(no_part_of_a_token_is_logged)
{
	const char *good = token_by(ED25519, "one");
	const char *tokens[] = {
		good, signed_by(ED25519, "EdDSA", "one", payload_of(issuer_url, "alice", -100, "")),
		signed_by(ED25519, "EdDSA", "secret-kid", payload_of(issuer_url, "alice", 100, "")), "eyJ.eyJ.x",
		signed_by(P256, "ES256", "one", payload_of(issuer_url, "alice", 100, "")),
	};
	static char text[65536];
	struct caught caught = catch_stderr();

	trust();
	for (int i = 0; i < COUNT(tokens); i++)
		comes_to(tokens[i]);
	release_stderr(caught, text, sizeof(text));
	ck_assert_msg(strstr(text, "has signed in"), "%s", text);
	ck_assert_msg(strstr(text, "was refused"), "%s", text);
	ck_assert(!strstr(text, "eyJ") && !strstr(text, "secret-kid") && !strstr(text, "alice"));
	for (int i = 0; i < COUNT(tokens); i++) {
		str rest = str_of(tokens[i]);
		for (str part; rest.size > 0 && (part = str_cut(&rest, '.')).size > 8;)
			ck_assert(!memmem(text, strlen(text), part.at, 8));
	}
}
END_TEST

/* ---- Threads ---- */

static atomic_bool checking;
static const char *tried[2];

static void *check_on(void *failures)
{
	char headers[2][2048];

	for (int i = 0; i < 2; i++)
		snprintf(headers[i], sizeof(headers[i]), "Bearer %s", tried[i]);
	for (int i = 0; atomic_load(&checking); i++) {
		struct auth_answer found = auth_check_again(str_of(headers[i % 2]));
		if (found.outcome == AUTH_FINE ? !found.caller : found.caller != NULL)
			atomic_fetch_add((atomic_int *)failures, 1);
		if (found.outcome == AUTH_UNKNOWN || found.outcome == AUTH_MISSING)
			atomic_fetch_add((atomic_int *)failures, 1);
		caller_drop(found.caller);
	}
	return NULL;
}

START_TEST(keys_are_replaced_while_threads_check)
{
	pthread_t threads[4];
	atomic_int failures = 0;
	const char *sets[] = { key(ED25519, "one"), both(key(ED25519, "one"), key(P256, "two")),
	                       key(P256, "two") };

	tried[0] = token_by(ED25519, "one");
	tried[1] = token_by(P256, "two");
	trust();
	ck_assert_int_eq(comes_to(tried[0]), AUTH_FINE);
	atomic_store(&checking, true);
	for (int i = 0; i < COUNT(threads); i++)
		pthread_create(&threads[i], NULL, check_on, &failures);
	for (int i = 0; i < 60; i++) {
		int before = atomic_load(&op.key_sets);
		publish(sets[i % COUNT(sets)]);
		ck_assert_ptr_null(issuer_reload());
		AWAIT(atomic_load(&op.key_sets) > before);
	}
	atomic_store(&checking, false);
	for (int i = 0; i < COUNT(threads); i++)
		pthread_join(threads[i], NULL);
	ck_assert_int_eq(atomic_load(&failures), 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("tokens");
	TCase *tests = tcase_create("tokens");

	tcase_set_timeout(tests, 60);
	tcase_add_checked_fixture(tests, begin, end);
	tcase_add_test(tests, a_token_is_a_caller_with_a_name_of_its_own);
	tcase_add_test(tests, a_person_of_another_customer_is_another_caller);
	tcase_add_test(tests, a_person_is_called_as_the_token_says);
	tcase_add_test(tests, each_algorithm_is_taken);
	tcase_add_test(tests, whatever_has_two_dots_and_is_no_key_is_a_token);
	tcase_add_test(tests, where_nobody_has_to_say_who_it_is_a_token_says_it_all_the_same);
	tcase_add_test(tests, a_token_that_is_no_good_is_told_why);
	tcase_add_test(tests, what_was_good_is_known_by_its_very_text);
	tcase_add_test(tests, what_is_known_expires_when_it_does);
	tcase_add_test(tests, a_thread_knows_so_many_and_no_more);
	tcase_add_test(tests, what_a_token_began_keeps_its_rights);
	tcase_add_test(tests, a_key_has_the_rights_it_has_now);
	tcase_add_test(tests, no_part_of_a_token_is_logged);
	tcase_add_test(tests, keys_are_replaced_while_threads_check);
	suite_add_tcase(suite, tests);
	return run_suite(suite);
}
