/* test_protocol_guard.c - which scopes a caller is told of, and what it is shown: of keys, and of tokens that
 * a sign-in gave. */
#include "auth_fixture.h"
#include "guard.h"
#include "issuer.h"

static struct arena *arena;
static struct reply reply;
static struct mcp_call call;

static void begin(void)
{
	static const struct mcp_server server = { .name = "shop" };

	arena = arena_create();
	runtime.server = &server;
	runtime.arena = arena;
	reply = (struct reply) { .own = arena };
	call = (struct mcp_call) { .arena = arena, .reply = &reply };
}

static void end(void)
{
	caller_drop(reply.caller);
	ck_assert_ptr_null(issuer_configure(&(struct issuer_settings) { 0 }));
	runtime.tools = runtime.resources = runtime.templates = runtime.prompts = (struct offers) { 0 };
	runtime.arena = NULL;
	runtime.server = NULL;
	arena_destroy(arena);
}

/* A sign-in asks for these scopes. */
static void sign_in_for(const char *scopes)
{
	ck_assert_ptr_null(issuer_configure(&(struct issuer_settings) {
		.issuer = "https://id.example", .public_url = "https://shop.example/mcp", .scopes = scopes,
		.scope_prefix = "shop/" }));
}

static struct offers offered(const char *const *scopes)
{
	struct offers offers = { .first = arena_array(arena, struct offer, 4) };

	for (; *scopes; scopes++)
		offers.first[offers.count++].scope = *scopes;
	return offers;
}

#define OFFERED(...) offered((const char *const[]) { __VA_ARGS__, NULL })

static void offer_all(void)
{
	runtime.tools = OFFERED("read own", "write own", "s");
	ck_assert_ptr_null(guard_start());
}

/* Whose calls are judged, until the next. */
static void called_by(const char *name, const char *scopes, const char *customer)
{
	caller_drop(reply.caller);
	reply.caller = caller_create(&(struct identity) { .name = str_of(name), .scopes = str_of(scopes),
		.customer = str_of(customer) }, NULL);
}

/* ---- All there is ---- */

START_TEST(every_scope_is_known_once_whatever_it_is_of)
{
	runtime.tools = OFFERED("a b", "b", "a");
	runtime.resources = OFFERED("c a");
	runtime.templates = OFFERED("d");
	runtime.prompts = OFFERED("b", "e");
	sign_in_for("a,b,c,d,e");
	ck_assert_ptr_null(guard_start());
	sign_in_for("f");
	ck_assert_str_eq(guard_start(), "OAUTH_SCOPES: this server has no scope f; it has a b c d e");
}
END_TEST

START_TEST(whoever_has_no_key_is_told_of_every_scope)
{
	struct auth_answer nothing = { .outcome = AUTH_MISSING };

	offer_all();
	ck_assert_str_eq(guard_caller(&reply, &nothing)->challenge,
	                 "Bearer realm=\"shop\", scope=\"read own write s\"");
	runtime.tools.count = 0;
	ck_assert_ptr_null(guard_start());
	ck_assert_str_eq(guard_caller(&reply, &nothing)->challenge, "Bearer realm=\"shop\"");
	sign_in_for(NULL);
	ck_assert_ptr_null(guard_start());
	ck_assert_str_eq(guard_caller(&reply, &nothing)->challenge, "Bearer realm=\"shop\"");
}
END_TEST

START_TEST(whoever_may_sign_in_is_told_what_that_asks_for)
{
	struct auth_answer nothing = { .outcome = AUTH_MISSING };

	sign_in_for("read,write");
	offer_all();
	const struct fault *fault = guard_caller(&reply, &nothing);
	ck_assert_str_eq(fault->challenge, "Bearer realm=\"shop\", scope=\"shop/read shop/write\"");
	ck_assert_ptr_null(strstr(fault->text, "key"));
	ck_assert_ptr_null(auth_configure(line_of("alice", ALICE_KEY, "read"), false));
	ck_assert_ptr_nonnull(strstr(guard_caller(&reply, &nothing)->text, "or a key in its place"));
	ck_assert_ptr_null(auth_configure(NULL, false));
}
END_TEST

/* ---- One that is missing ---- */

#define TOKEN ":id.example:ann"
#define REFUSED(scope) "Bearer realm=\"shop\", error=\"insufficient_scope\", error_description=\"This " scope

static const struct { const char *caller, *scopes, *asked, *needed, *challenge; } refusals[] = {
	{ "ann", "read", "", "write own", REFUSED("key has none of the scopes write, own.\", scope=\"write\"") },
	{ "ann", "read", "own", "write own", REFUSED("key has none of the scopes write, own.\", scope=\"own\"") },
	/* What it has besides, in the order of them all. */
	{ TOKEN, "s,read", "own", "write own",
	  REFUSED("access token has none of the scopes write, own.\", scope=\"shop/read shop/own shop/s\"") },
	{ TOKEN, "read", "", "s", REFUSED("access token does not have the scope s.\", scope=\"shop/read shop/s\"") },
	{ TOKEN, "", "read", "write own",
	  REFUSED("access token has none of the scopes write, own.\", scope=\"shop/write\"") },
	{ TOKEN, "read,own", "", "read s", NULL }, { "ann", "own", "", "write own", NULL },
};

START_TEST(a_scope_that_is_missing_is_named)
{
	sign_in_for(*refusals[_i].asked ? refusals[_i].asked : NULL);
	offer_all();
	called_by(refusals[_i].caller, refusals[_i].scopes, "");
	const struct fault *fault = guard_scope(&call, refusals[_i].needed);
	ck_assert(!fault == !refusals[_i].challenge);
	if (fault) {
		ck_assert_str_eq(fault->challenge, refusals[_i].challenge);
		ck_assert_int_eq(fault->http_sessions, 403);
		ck_assert_int_eq(fault->http_stateless, 403);
	}
}
END_TEST

/* ---- What is listed ---- */

static const struct { const char *caller, *scopes, *customer; bool shown; } lists[] = {
	/* A key has what it has. */
	{ "ann", "write", "", true }, { "ann", "read", "", false }, { "ann", "", "", false },
	/* A sign-in can be asked for more; not for what no sign-in gives. */
	{ TOKEN, "write", "", true }, { TOKEN, "", "", true }, { TOKEN, "s", "", true },
	/* A customer who has signed in has got what a customer gets. */
	{ TOKEN, "", "ann", true }, { TOKEN, "read", "ann", false }, { TOKEN, "s", "ann", true },
	{ TOKEN, "read,write", "ann", true },
};

START_TEST(what_a_caller_can_come_to_have_is_listed)
{
	sign_in_for("read,write");
	offer_all();
	called_by(lists[_i].caller, lists[_i].scopes, lists[_i].customer);
	ck_assert(guard_lists(&call, "write own") == lists[_i].shown);
	ck_assert(guard_lists(&call, NULL));
	ck_assert(!guard_lists(&call, "own") || strstr(lists[_i].scopes, "own"));
}
END_TEST

START_TEST(a_subscription_asks_for_what_it_lacks_and_could_have)
{
	static const char *const wanted[] = { "write own", "own", "s read", "write", NULL };

	sign_in_for("read,write");
	offer_all();
	called_by(TOKEN, "", "");
	ck_assert_str_eq(guard_follows(&call, wanted)->challenge, REFUSED("access token does not have the scopes"
	                 " write, read.\", scope=\"shop/read shop/write\""));
	/* Nothing of it is for a key that has none of them: the rest is left out. */
	called_by("ann", "", "");
	ck_assert_ptr_null(guard_follows(&call, wanted));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("guard");
	TCase *tests = tcase_create("scopes");

	tcase_add_checked_fixture(tests, begin, end);
	tcase_add_test(tests, every_scope_is_known_once_whatever_it_is_of);
	tcase_add_test(tests, whoever_has_no_key_is_told_of_every_scope);
	tcase_add_test(tests, whoever_may_sign_in_is_told_what_that_asks_for);
	tcase_add_loop_test(tests, a_scope_that_is_missing_is_named, 0, COUNT(refusals));
	tcase_add_loop_test(tests, what_a_caller_can_come_to_have_is_listed, 0, COUNT(lists));
	tcase_add_test(tests, a_subscription_asks_for_what_it_lacks_and_could_have);
	suite_add_tcase(suite, tests);
	return run_suite(suite);
}
