/* test_orders_ids.c - numbers of orders and returns: nobody can guess them, a person can read them out. */
#include "order.h"
#include "tools.h"

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

int main(void)
{
	Suite *suite = suite_create("ids");
	TCase *tcase = tcase_create("ids");

	tcase_add_test(tcase, an_id_has_ten_letters_each_any_of_the_alphabet);
	tcase_add_test(tcase, numbers_are_positive_and_differ);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
