/* test_auth_crowd.c - as many keys as there may be, which takes a while. */
#include "auth_fixture.h"

START_TEST(there_may_be_4096_keys)
{
	char *text = malloc(4097 * 100), *end = text;
	const struct caller *caller;

	for (int i = 0; i < 4096; i++)
		end += sprintf(end, "key%d:%064d:scope%d\n", i, i, i);
	ck_assert_ptr_null(auth_configure(text, false));
	ck_assert_int_eq(auth_key_count(), 4096);
	ck_assert_int_eq(check("Bearer none", &caller), AUTH_UNKNOWN);
	caller = auth_caller("key4095");
	ck_assert(caller_may(caller, "scope4095"));
	caller_drop(caller);
	sprintf(end, "one:%s:more", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	const char *wrong = auth_configure(text, false);
	ck_assert_ptr_nonnull(wrong);
	ck_assert_str_eq(wrong, "API_KEYS, item 4097: there are more than 4096 keys");
	free(text);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("crowd");
	TCase *tests = tcase_create("keys");

	tcase_set_timeout(tests, 60);
	tcase_add_test(tests, there_may_be_4096_keys);
	suite_add_tcase(suite, tests);
	return run_suite(suite);
}
