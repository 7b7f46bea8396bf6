/* test_aws_profile.c - AWS's files of profiles, in the forms that people and tools write. */
#include <stdlib.h>

#include "charged.h"
#include "profile.h"
#include "suite.h"

static struct arena *arena;

static void set_up(void)
{
	arena = arena_create_secret();
}

static void tear_down(void)
{
	arena_destroy(arena);
}

static const struct { const char *config, *credentials, *name, *key, *text; } values[] = {
	{ "[default]\nregion = eu-central-1\n", "", "default", "region", "eu-central-1" },
	{ "[default]\nregion=eu-central-1", "", "default", "region", "eu-central-1" },
	{ "[default]\r\nregion = eu-central-1\r\n", "", "default", "region", "eu-central-1" },
	{ "\xef\xbb\xbf[default]\nregion = x", "", "default", "region", "x" },
	{ "  [default]  \n\tregion\t=\tx\t\n", "", "default", "region", "x" },
	{ "[default]\nREGION = x\n", "", "default", "region", "x" },
	{ "[default]\nregion: x\n", "", "default", "region", "x" },
	{ "# a\n; b\n\n[default] # c\n  # d\nregion = x # e\n", "", "default", "region", "x" },
	{ "[default]\nregion = x;y#z\n", "", "default", "region", "x;y#z" },
	{ "[default]\nregion = x ; y\n", "", "default", "region", "x" },
	{ "[default]\nregion =\n", "", "default", "region", NULL },
	{ "[default]\nregion = # none\n", "", "default", "region", NULL },
	{ "[default]\nregion = a\nregion = b\n", "", "default", "region", "b" },
	{ "[default]\nsso_start_url = https://x.awsapps.com/start#/\n", "", "default", "sso_start_url", "https://x.awsapps.com/start#/" },
	{ "[profile shop]\nregion = x\n", "", "shop", "region", "x" },
	{ "[ profile   shop ]\nregion = x\n", "", "shop", "region", "x" },
	{ "[profile\tshop]\nregion = x\n", "", "shop", "region", "x" },
	{ "[profile \"my shop\"]\nregion = x\n", "", "my shop", "region", "x" },
	{ "[profile 'my shop']\nregion = x\n", "", "my shop", "region", "x" },
	{ "[profile my shop]\nregion = x\n", "", "my shop", "region", "x" },
	{ "[shop]\nregion = x\n", "", "shop", "region", NULL },
	{ "[profile]\nregion = x\n", "", "profile", "region", NULL },
	{ "[profileshop]\nregion = x\n", "", "shop", "region", NULL },
	{ "[services shop]\nregion = x\n", "", "shop", "region", NULL },
	{ "[sso-session shop]\nregion = x\n", "", "shop", "region", NULL },
	{ "[Profile shop]\nregion = x\n", "", "shop", "region", NULL },
	{ "[profile Shop]\nregion = x\n", "", "shop", "region", NULL },
	/* [profile default] is the one, wherever it stands. */
	{ "[default]\nregion = x\n[profile default]\noutput = y\n", "", "default", "region", NULL },
	{ "[profile default]\nregion = y\n[default]\nregion = x\n", "", "default", "region", "y" },
	/* Two sections of a name are one. */
	{ "[profile a]\nregion = x\n[profile b]\nregion = y\n[profile a]\noutput = z\n", "", "a", "region", "x" },
	{ "[profile a]\nregion = x\n[profile b]\nregion = y\n[profile a]\noutput = z\n", "", "a", "output", "z" },
	/* Settings within settings. */
	{ "[default]\ns3 =\n  region = nested\nregion = x\n", "", "default", "region", "x" },
	{ "[default]\n  s3 =\n    region = nested\n  region = x\n", "", "default", "region", "x" },
	{ "[default]\nregion = x\n\n    region = nested\n", "", "default", "region", "x" },
	{ "[default]\nregion = x\n    [profile b]\n", "", "default", "region", "x" },
	/* The other file. */
	{ "", "[shop]\naws_access_key_id = AKIA\n", "shop", "aws_access_key_id", "AKIA" },
	{ "[profile shop]\naws_access_key_id = B\n", "[shop]\naws_access_key_id = A\n", "shop", "aws_access_key_id", "A" },
	{ "[profile shop]\naws_access_key_id = B\n", "[shop]\nregion = A\n", "shop", "aws_access_key_id", "B" },
	{ "[profile default]\nregion = B\n", "[default]\nregion = A\n", "default", "region", "A" },
	{ "", "[profile shop]\nregion = x\n", "shop", "region", NULL },
	{ "", "[profile shop]\nregion = x\n", "profile shop", "region", "x" },
	{ "", "[a]\naws_secret_access_key = ab/+c=d:e\n", "a", "aws_secret_access_key", "ab/+c=d:e" },
	{ "", "", "default", "region", NULL },
	{ "\n\n", "\n", "default", "region", NULL },
};

static char *exactly(const char *text)
{
	return memcpy(malloc(strlen(text) + 1), text, strlen(text) + 1);
}

START_TEST(a_value_is_found)
{
	const char *wrong = NULL;
	struct profiles *profiles = profiles_read(arena, str_of(values[_i].config), str_of(values[_i].credentials), &wrong);

	ck_assert_msg(profiles, "%s", wrong);
	str text = profile_value(profiles, str_of(values[_i].name), values[_i].key);
	ck_assert_pstr_eq(text.at ? arena_copy(arena, text) : NULL, values[_i].text);
	if (text.at)
		ck_assert(profile_exists(profiles, str_of(values[_i].name)));
}
END_TEST

START_TEST(profiles_and_sessions_are_apart)
{
	const char *wrong;
	struct profiles *profiles = profiles_read(arena, STR("[sso-session a]\nsso_region = x\n[profile b]\n[services c]\nq = 1\n[d]\n"),
	                                          STR("[e]\n"), &wrong);

	ck_assert(str_is(profile_session_value(profiles, STR("a"), "sso_region"), "x"));
	ck_assert_ptr_null(profile_session_value(profiles, STR("b"), "sso_region").at);
	ck_assert(profile_exists(profiles, STR("b")) && profile_exists(profiles, STR("e")));
	ck_assert(!profile_exists(profiles, STR("a")) && !profile_exists(profiles, STR("c")) && !profile_exists(profiles, STR("d")));
}
END_TEST

static const struct { const char *config, *credentials, *wrong; } refused[] = {
	{ "region = x\n", "", "config file, line 1: it stands before any section" },
	{ "[default]\nregion\n", "", "config file, line 2: it is neither" },
	{ "[default]\n= x\n", "", "config file, line 2: it is neither" },
	{ "[default\nregion = x\n", "", "config file, line 1: a section's name does not end" },
	{ "[]\n", "", "config file, line 1: it is no section" },
	{ "[default] x\n", "", "config file, line 1: it is no section" },
	{ "[default]\nregion = \xff\n", "", "it is no text in UTF-8" },
	{ "", "\n\n[default]\nAKIASECRETSECRET\n", "credentials file, line 4: it is neither" },
};

START_TEST(what_is_wrong_is_told_without_what_it_says)
{
	const char *wrong = NULL;

	ck_assert_ptr_null(profiles_read(arena, str_of(refused[_i].config), str_of(refused[_i].credentials), &wrong));
	ck_assert_msg(strstr(wrong, refused[_i].wrong), "%s", wrong);
	ck_assert_ptr_null(strstr(wrong, "SECRET"));
}
END_TEST

START_TEST(a_file_has_a_bound)
{
	const char *wrong = NULL;
	char *text = arena_alloc(arena, PROFILE_FILE_MAX + 2);

	memset(text, '\n', PROFILE_FILE_MAX + 1);
	ck_assert_ptr_nonnull(profiles_read(arena, (str) { text, PROFILE_FILE_MAX }, STR(""), &wrong));
	ck_assert_ptr_null(profiles_read(arena, (str) { text, PROFILE_FILE_MAX + 1 }, STR(""), &wrong));
	ck_assert_ptr_nonnull(strstr(wrong, "too long"));
	ck_assert_ptr_null(profiles_read(arena, (str) { "[a]\n\0\n", 6 }, STR(""), &wrong));
}
END_TEST

/* Whatever becomes of a file, nothing beyond it is read: in exactly sized memory. */
START_TEST(files_with_slips_are_read_or_refused)
{
	unsigned seed = 1;
	const char *wrong;

	for (int round = 0; round < 4000; round++) {
		char *text = exactly(values[round % COUNT(values)].config);
		size_t size = strlen(text);
		for (int slips = 0; size > 0 && slips < 1 + round % 3; slips++)
			text[(size_t)rand_r(&seed) % size] = "[]=:#; \n\r\t\"x\0\xff"[rand_r(&seed) % 14];
		struct profiles *profiles = profiles_read(arena, (str) { text, size }, STR(""), &wrong);
		if (profiles)
			profile_value(profiles, STR("default"), "region");
		free(text);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("aws_profile");
	TCase *cases = tcase_create("profile");
	tcase_add_checked_fixture(cases, set_up, tear_down);
	tcase_add_loop_test(cases, a_value_is_found, 0, COUNT(values));
	tcase_add_test(cases, profiles_and_sessions_are_apart);
	tcase_add_loop_test(cases, what_is_wrong_is_told_without_what_it_says, 0, COUNT(refused));
	tcase_add_test(cases, a_file_has_a_bound);
	tcase_add_test(cases, files_with_slips_are_read_or_refused);
	suite_add_tcase(suite, cases);
	return run_suite(suite);
}
