/* test_orders_ids.c - numbers of orders and returns: nobody can guess them, a person can read them out. */
#include "tools_orders.h"

static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/* That one letter of 32 is missing among 20,000 has a chance of 1 in 10^270. */
START_TEST(an_id_has_ten_letters_each_any_of_the_alphabet)
{
	int seen[sizeof(alphabet)] = { 0 };

	for (int i = 0; i < 2000; i++) {
		char id[ID_SIZE];
		memset(id, 'x', sizeof(id));
		id_make(id, "ORD-");
		ck_assert_uint_eq(strlen(id), 14);
		ck_assert_int_eq(strncmp(id, "ORD-", 4), 0);
		for (const char *at = id + 4; *at; at++) {
			const char *letter = strchr(alphabet, *at);
			ck_assert_msg(letter, "%s", id);
			seen[letter - alphabet]++;
		}
	}
	for (int i = 0; i < 32; i++)
		ck_assert_int_gt(seen[i], 0);
}
END_TEST

START_TEST(numbers_are_positive_and_differ)
{
	int64_t numbers[100];

	for (int i = 0; i < 100; i++) {
		numbers[i] = id_number();
		ck_assert_int_ge(numbers[i], 0);
		for (int j = 0; j < i; j++)
			ck_assert_int_ne(numbers[i], numbers[j]);
	}
}
END_TEST

/* Of so many letters; where it can be one, the order is looked for. */
static const struct { int letters; bool looked_for; } lengths[] = {
	{ 1, true }, { 100, true }, { 101, false }, { 0, false },
};

START_TEST(a_prompt_takes_a_number_of_up_to_a_hundred_letters)
{
	char id[128] = "";

	memset(id, 'X', (size_t)lengths[_i].letters);
	const char *why = refuses(&orders, "explain_order", "{'id': '%s'}", id);
	ck_assert_int_eq(strncmp(why, "There is no order", 17) == 0, lengths[_i].looked_for);
	ck_assert_ptr_null(strstr(refuses(&orders, "explain_order", "{}"), "There is no order"));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("ids");
	TCase *tcase = tcase_create("ids");

	tcase_add_test(tcase, an_id_has_ten_letters_each_any_of_the_alphabet);
	tcase_add_test(tcase, numbers_are_positive_and_differ);
	suite_add_tcase(suite, tcase);
	tcase = tcase_create("in prompts");
	tcase_add_checked_fixture(tcase, begin_shop, end);
	tcase_add_loop_test(tcase, a_prompt_takes_a_number_of_up_to_a_hundred_letters, 0, COUNT(lengths));
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
