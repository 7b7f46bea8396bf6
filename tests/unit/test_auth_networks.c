/* test_auth_networks.c - networks, and the client's address behind proxies. */
#include <stdlib.h>

#include "auth.h"
#include "suite.h"

#define FIFTY_FIVE "eth0123456789012345678901234567890123456789012345678901"
#define SIXTY_THREE "12345678" FIFTY_FIVE

static const struct { const char *list, *address; bool in; } members[] = {
	{ "10.0.0.0/8", "10.1.2.3", true },
	{ "10.0.0.0/8", "11.0.0.0", false },
	{ "10.0.0.0/8", "::ffff:10.9.9.9", true },
	{ "::ffff:10.0.0.0/104", "10.9.9.9", true },
	{ "10.9.9.9/8", "10.1.2.3", true },
	{ "192.0.2.7", "192.0.2.7", true },
	{ "192.0.2.7", "192.0.2.6", false },
	{ "172.16.0.0/12", "172.31.255.255", true },
	{ "172.16.0.0/12", "172.32.0.0", false },
	{ "0.0.0.0/0", "255.1.1.1", true },
	{ "0.0.0.0/0", "2001:db8::1", false },
	{ "::/0", "2001:db8::1", true },
	{ "2001:db8::/33", "2001:db8:7fff::1", true },
	{ "2001:db8::/33", "2001:db8:8000::1", false },
	{ "fe80::/10", "fe80::1%eth0", true },
	{ "::1, 127.0.0.1\n10.0.0.0/8", "10.0.0.1", true },
	{ "::1, 127.0.0.1\n10.0.0.0/8", "::1", true },
	{ "::1,127.0.0.1", "127.0.0.1", true },
	{ ", ,::1\t\r127.0.0.1\v10.0.0.1\f,", "10.0.0.1", true },
	{ ", ,::1\t\r127.0.0.1\v10.0.0.1\f,", "127.0.0.1", true },
	{ "1::,2::", "2::", true },                     /* as many as there can be in a list */
	{ "::,::,::,::", "::1", false },
	{ "10.0.0.0/32", "10.0.0.0", true },
	{ "10.0.0.0/32", "10.0.0.1", false },
	{ "10.0.0.0/31", "10.0.0.1", true },
	{ "10.0.0.0/31", "10.0.0.2", false },
	{ "128.0.0.0/1", "255.0.0.1", true },
	{ "128.0.0.0/1", "127.255.255.255", false },
	{ "10.0.0.0/9", "10.127.0.1", true },
	{ "10.0.0.0/9", "10.128.0.1", false },
	{ "::1/128", "::1", true },
	{ "::2/127", "::3", true },
	{ "::2/127", "::1", false },
	{ "8000::/1", "ffff::", true },
	{ "8000::/1", "7fff::", false },
	{ "0.0.0.0/0", SIXTY_THREE, false },
	{ "fe80::/10", "fe80::1%" FIFTY_FIVE, true },   /* 63 characters, as many as there may be */
	{ "fe80::/10", "fe80::1%" FIFTY_FIVE "x", false },
	{ "", "10.0.0.1", false },
	{ "0.0.0.0/0", "unknown", false },
	{ "0.0.0.0/0", "", false },
	{ "0.0.0.0/0", "10.1", false },
};

START_TEST(networks_contain_addresses)
{
	str wrong = { 0 };
	struct networks *networks = networks_parse(members[_i].list, &wrong);
	ck_assert_ptr_nonnull(networks);
	ck_assert(networks_contain(networks, str_of(members[_i].address)) == members[_i].in);
	networks_destroy(networks);
}
END_TEST

static const struct { const char *list, *wrong; } bad_lists[] = {
	{ "10.0.0.0/33", "10.0.0.0/33" },
	{ "::1/129", "::1/129" },
	{ "::1, 10.0.0/8, x", "10.0.0/8" },
	{ "10.0.0.0/", "10.0.0.0/" },
	{ "10.0.0.0/-1", "10.0.0.0/-1" },
	{ "10.0.0.0/+1", "10.0.0.0/+1" },
	{ "10.0.0.0/-0", "10.0.0.0/-0" },
	{ "10.0.0.0/ 8", "10.0.0.0/" },
	{ "10.0.0.0/8x", "10.0.0.0/8x" },
	{ "proxy.example", "proxy.example" },
	{ "/8", "/8" },
	{ "10.0.0.0/8;", "10.0.0.0/8;" },
	{ "10.0.0.0/8\x0e", "10.0.0.0/8\x0e" },
	{ "10.0.0.0/8\x08", "10.0.0.0/8\x08" },
};

START_TEST(without_a_list_nobody_is_in_it)
{
	str wrong = { 0 };
	struct networks *none = networks_parse(NULL, &wrong);

	ck_assert_ptr_nonnull(none);
	ck_assert(!networks_contain(none, STR("127.0.0.1")));
	ck_assert(!networks_contain(NULL, STR("127.0.0.1")));
	networks_destroy(none);
	/* An address ends where a NUL is. */
	struct networks *all = networks_parse("0.0.0.0/0", &wrong);
	ck_assert(networks_contain(all, STR("10.0.0.1")));
	ck_assert(!networks_contain(all, STR("10.0.0.1\0x")));
	networks_destroy(all);
}
END_TEST

START_TEST(a_bad_network_is_pointed_at)
{
	str wrong = { 0 };
	ck_assert_ptr_null(networks_parse(bad_lists[_i].list, &wrong));
	ck_assert(str_is(wrong, bad_lists[_i].wrong));
}
END_TEST

static const struct { const char *trusted, *peer, *forwarded, *client; } clients[] = {
	{ "", "192.0.2.1", "1.2.3.4", "192.0.2.1" },
	{ "10.0.0.0/8", "10.0.0.1", "1.2.3.4", "1.2.3.4" },
	{ "10.0.0.0/8", "192.0.2.1", "1.2.3.4", "192.0.2.1" },
	{ "10.0.0.0/8", "10.0.0.1", NULL, "10.0.0.1" },
	{ "10.0.0.0/8", "10.0.0.1", "", "10.0.0.1" },
	{ "10.0.0.0/8", "10.0.0.1", "6.6.6.6, 1.2.3.4", "1.2.3.4" },
	{ "10.0.0.0/8", "10.0.0.1", "6.6.6.6, 1.2.3.4 ,10.0.0.2", "1.2.3.4" },
	{ "10.0.0.0/8", "10.0.0.1", "10.0.0.3,10.0.0.2", "10.0.0.3" },
	{ "10.0.0.0/8", "10.0.0.1", "1.2.3.4, unknown", "10.0.0.1" },
	{ "10.0.0.0/8", "10.0.0.1", "1.2.3.4, unknown, 10.0.0.2", "10.0.0.2" },
	{ "10.0.0.0/8", "10.0.0.1", ",,", "10.0.0.1" },
	{ "10.0.0.0/8", "10.0.0.1", "1.2.3.4:567", "1.2.3.4" },
	{ "10.0.0.0/8", "10.0.0.1", "[2001:db8::1]:99", "2001:db8::1" },
	{ "10.0.0.0/8", "10.0.0.1", "[2001:db8::1]", "2001:db8::1" },
	{ "10.0.0.0/8", "10.0.0.1", "[2001:db8::1", "10.0.0.1" },
	{ "10.0.0.0/8", "10.0.0.1", "[]", "10.0.0.1" },
	{ "10.0.0.0/8", "10.0.0.1", "[", "10.0.0.1" },
	{ "10.0.0.0/8", "10.0.0.1", ":80", "10.0.0.1" },
	{ "10.0.0.0/8", "10.0.0.1", "1.2.3.4:", "1.2.3.4" },
	{ "10.0.0.0/8", "10.0.0.1", "1.2.3.4,", "1.2.3.4" },
	{ "10.0.0.0/8", "10.0.0.1", ", , 1.2.3.4 ,,\t, 10.0.0.2, ", "1.2.3.4" },
	{ "10.0.0.0/8", "10.0.0.1", " ", "10.0.0.1" },
	{ "10.0.0.0/8", "10.0.0.1", "5.6.7.8,10.0.0.2", "5.6.7.8" },
	{ "10.0.0.0/8", "10.0.0.1", "::1", "::1" },
	{ "::1", "::1", "::FFFF:1.2.3.4", "1.2.3.4" },
	{ "10.0.0.0/8 ::1", "10.0.0.1", "1.2.3.4:567,::1", "1.2.3.4" },
	{ "::1", "::1", "::fff:1.2.3.4", "::fff:1.2.3.4" },
	{ "::1", "::1", "::ffff:102:304", "::ffff:102:304" },
	{ "10.0.0.0/8", "10.0.0.1", "2001:db8::1", "2001:db8::1" },
	{ "10.0.0.0/8", "::ffff:10.0.0.1", "::ffff:1.2.3.4", "1.2.3.4" },
	{ "", "::ffff:10.0.0.1", NULL, "10.0.0.1" },
	{ "", "::1", NULL, "::1" },
	{ "", "::ffff:", NULL, "::ffff:" },
	{ "", "", NULL, "" },
};

START_TEST(the_client_is_the_last_address_that_is_no_trusted_proxy)
{
	str wrong = { 0 };
	struct networks *trusted = networks_parse(clients[_i].trusted, &wrong);
	str client = auth_client_address(trusted, str_of(clients[_i].peer),
	                                 str_of(clients[_i].forwarded));
	ck_assert_msg(str_is(client, clients[_i].client), "%.*s", STR_FORMAT(client));
	networks_destroy(trusted);
}
END_TEST

static const struct { const char *one, *other; bool same; } groups[] = {
	{ "192.0.2.1", "192.0.2.1", true },
	{ "192.0.2.1", "::ffff:192.0.2.1", true },
	{ "192.0.2.1", "192.0.2.2", false },
	{ "2001:db8:1:2::1", "2001:DB8:1:2:ffff:1:2:3", true },
	{ "2001:db8:1:2::1", "2001:db8:1:3::1", false },
	{ "::1", "::2", true },
	{ "::1", "0.0.0.1", false },
	{ "fe80::1%eth0", "fe80::2", true },
	{ "-", "-", true },
	{ "-", "192.0.2.1", false },
};

START_TEST(an_ipv6_address_counts_with_its_network)
{
	char room[2][16];
	str one = auth_address_group(str_of(groups[_i].one), room[0]);
	str other = auth_address_group(str_of(groups[_i].other), room[1]);

	ck_assert_int_eq(one.size == other.size && memcmp(one.at, other.at, one.size) == 0,
	                 groups[_i].same);
}
END_TEST

static TCase *address_tests(void)
{
	TCase *tests = tcase_create("addresses");
	tcase_add_loop_test(tests, networks_contain_addresses, 0, COUNT(members));
	tcase_add_test(tests, without_a_list_nobody_is_in_it);
	tcase_add_loop_test(tests, a_bad_network_is_pointed_at, 0, COUNT(bad_lists));
	tcase_add_loop_test(tests, the_client_is_the_last_address_that_is_no_trusted_proxy, 0,
	                    COUNT(clients));
	tcase_add_loop_test(tests, an_ipv6_address_counts_with_its_network, 0, COUNT(groups));
	return tests;
}

int main(void)
{
	Suite *suite = suite_create("networks");
	suite_add_tcase(suite, address_tests());
	return run_suite(suite);
}
