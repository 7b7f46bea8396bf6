/* test_skill.c - the skills a server ships or is given as a folder: checked, digested, found. */
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "skill.h"
#include "suite.h"

static struct arena *arena;
static char folder[64];

static void begin(void)
{
	arena = arena_create();
	snprintf(folder, sizeof(folder), "/tmp/skills-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
}

static int remove_one(const char *path, const struct stat *about, int type, struct FTW *where)
{
	(void)about, (void)type, (void)where;
	return remove(path);
}

static void end(void)
{
	nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	skills_stop();
	arena_destroy(arena);
}

static void assert_says(const char *why, const char *words)
{
	ck_assert_ptr_nonnull(why);
	ck_assert_msg(strstr(why, words), "it says: %s", why);
}

/* ---- Files that a program ships ---- */

#define FILE_OF(path, text) { path, text, sizeof(text) - 1 }
#define BYTES(text) { text, sizeof(text) - 1 }          /* a str, as an initialiser */
#define FRONT(name, about) "---\nname: " name "\ndescription: " about "\n---\n"

static const struct mcp_file shipped[] = {
	FILE_OF("tea/pots/SKILL.md", FRONT("pots", "How to warm one") "Hot water."),
	FILE_OF("tea/notes.bin", "\xff\0\x01"),
	FILE_OF("tea/SKILL.md", FRONT("tea", "How to make tea") "Boil."),
	FILE_OF("tea/empty.txt", ""),
	FILE_OF("tea/odd.md", "\xff"),
	FILE_OF("tea/LICENSE", "Ours."),
	FILE_OF("tea-time/SKILL.md", FRONT("tea-time", "When") "Five."),
	{ 0 },
};

START_TEST(files_are_served_in_the_order_of_their_paths)
{
	static const struct {
		const char *uri, *mime;
		bool is_text;
	} files[] = {
		{ "skill://tea-time/SKILL.md", "text/markdown", true },
		{ "skill://tea/LICENSE", "text/plain", true },
		{ "skill://tea/SKILL.md", "text/markdown", true },
		{ "skill://tea/empty.txt", "text/plain", true },
		{ "skill://tea/notes.bin", "application/octet-stream", false },
		{ "skill://tea/odd.md", "text/markdown", false },
		{ "skill://tea/pots/SKILL.md", "text/markdown", true },
	};

	ck_assert_ptr_null(skills_read(shipped, NULL));
	ck_assert_int_eq(served_skills.file_count, 7);
	for (int i = 0; i < 7; i++) {
		const struct skill_file *file = &served_skills.files[i];
		ck_assert_str_eq(file->uri, files[i].uri);
		ck_assert_str_eq(file->mime, files[i].mime);
		ck_assert_int_eq(file->is_text, files[i].is_text);
		ck_assert_int_eq(skill_file_place(str_of(file->uri)), i);
		ck_assert_ptr_eq(skill_file_find(str_of(file->uri)), file);
	}
}
END_TEST

START_TEST(nothing_else_is_found)
{
	static const char *const others[] = {
		"", "skill://", "skill://tea", "skill://tea/", "skill://tea/SKILL.md/",
		"skill://tea/SKILL.m",
		"skill://tea/./SKILL.md", "skill://tea/../tea/SKILL.md", "skill://tea//SKILL.md",
		"SKILL://tea/SKILL.md", "skill://zebra", "file:///etc/passwd",
	};

	ck_assert_ptr_null(skills_read(shipped, NULL));
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
		ck_assert_msg(!skill_file_find(str_of(others[i])), "%s", others[i]);
}
END_TEST

#define ENTRY_OF(path, size, digest) \
	"{\"uri\":\"skill://tea/" path "\"," \
	"\"digest\":\"sha256:" digest "\",\"size\":" size "}"

START_TEST(an_entry_has_the_frontmatter_and_every_file_with_its_digest)
{
	ck_assert_ptr_null(skills_read(shipped, NULL));
	ck_assert_int_eq(served_skills.count, 3);
	ck_assert_str_eq(served_skills.first[0].name, "tea-time");
	ck_assert_str_eq(served_skills.first[1].name, "tea");
	ck_assert_str_eq(served_skills.first[1].about, "How to make tea");
	/* What sha256sum says of these bytes. */
	ck_assert_str_eq(arena_copy(arena, served_skills.first[1].entry),
		"{\"uri\":\"skill://tea/SKILL.md\","
		"\"frontmatter\":{\"name\":\"tea\",\"description\":\"How to make tea\"},\"resources\":["
		ENTRY_OF("LICENSE", "5",
		         "cfa4c4e4a3951ca1b2099f528003b18b4462b005dd62a8beda661dc7b3d75e6c") ","
		ENTRY_OF("SKILL.md", "52",
		         "3d38b408ff7a95c4a53816cd44c82451bacdd249ee08d4e8819decc804df753b") ","
		ENTRY_OF("empty.txt", "0",
		         "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855") ","
		ENTRY_OF("notes.bin", "3",
		         "942e1e2a66a427b6551732f758bc314f22b9cdec9365a3425c9184de299392b5") ","
		ENTRY_OF("odd.md", "1",
		         "a8100ae6aa1940d0b663bb31cd466142ebbdbd5187131b92d93818987832eb89") ","
		ENTRY_OF("pots/SKILL.md", "58",
		         "9e2e9d9717a1afba29f61c6862e0a304a6a721b90814f6708cd70401c3ea17cd") "]}");
}
END_TEST

START_TEST(without_skills_there_are_none)
{
	static const struct mcp_file none[] = { { 0 } };

	ck_assert_ptr_null(skills_read(shipped, NULL));
	ck_assert_ptr_null(skills_read(NULL, NULL));
	ck_assert_int_eq(served_skills.count + served_skills.file_count, 0);
	ck_assert_ptr_null(skills_read(none, NULL));
	ck_assert_int_eq(served_skills.count + served_skills.file_count, 0);
	ck_assert_ptr_null(skill_file_find(STR("skill://tea/SKILL.md")));
}
END_TEST

/* ---- What is refused ---- */

static const char *with_file(const char *path, str text)
{
	struct mcp_file files[] = {
		FILE_OF("tea/SKILL.md", FRONT("tea", "How to make tea")),
		{ path, text.at, text.size }, { 0 },
	};

	return skills_read(files, NULL);
}

static const struct {
	const char *path;
	str text;
	const char *why;
} refused[] = {
	{ "stray.md", BYTES("x"), "the skills have a file \"stray.md\" that belongs to none" },
	{ "a/b.md", BYTES("x"), "\"a/b.md\" that belongs to none: a skill is a folder with a SKILL.md" },
	{ "tea.md", BYTES("x"), "belongs to none" },
	{ "SKILL.md", BYTES("x"), "not that folder itself" },
	{ "tea/two words.md", BYTES("x"), "a file \"tea/two words.md\"; rename it" },
	{ "tea/caf\xc3\xa9.md", BYTES("x"), "rename it" },
	{ "tea/50%.md", BYTES("x"), "rename it" },
	{ "tea/a?b", BYTES("x"), "rename it" },
	{ "tea/../x.md", BYTES("x"), "rename it" },
	{ "../x.md", BYTES("x"), "rename it" },
	{ "/etc/passwd", BYTES("x"), "rename it" },
	{ "tea//x.md", BYTES("x"), "rename it" },
	{ "tea/", BYTES("x"), "rename it" },
	{ "tea/.hidden", BYTES("x"), "rename it" },
	{ "pot/SKILL.md", BYTES(""), "pot/SKILL.md can't be served: line 1: the file must begin with" },
	{ "pot/SKILL.md", BYTES(FRONT("pot", "yes")),
	  "pot/SKILL.md can't be served: line 3: readers of YAML differ about `yes`" },
	{ "pot/SKILL.md", { FRONT("pot", "x"), sizeof(FRONT("pot", "x")) }, "there is a NUL in it" },
	{ "a/pot/SKILL.md", BYTES(FRONT("a", "x")),
	  "a/pot/SKILL.md can't be served: its name is a, its folder's is pot; they must be the same" },
	{ "pot/SKILL.md", BYTES("---\nname: pot\n---\n"),
	  "its description must be a text of 1 to 1024" },
	{ "pot/SKILL.md", BYTES(FRONT("pot", "12")), "its description must be" },
	{ "pot/SKILL.md", BYTES(FRONT("pot", "' '")), "its description must be" },
	{ "pot/SKILL.md", BYTES("---\ndescription: x\n---\n"),
	  "its name must be 1 to 64 small letters" },
	{ "12/SKILL.md", BYTES(FRONT("12", "x")), "its name must be" },
	{ "pot/SKILL.md", BYTES(FRONT("pot", "x\nmetadata:\n  io.modelcontextprotocol/x: z")),
	  "metadata that begins with io.modelcontextprotocol/ is not for skills to set" },
};

START_TEST(what_cannot_be_served_is_refused_in_words)
{
	assert_says(with_file(refused[_i].path, refused[_i].text), refused[_i].why);
}
END_TEST

static const char *with_skill(const char *name, const char *about)
{
	const char *text = arena_print(arena, "---\nname: '%s'\ndescription: '%s'\n---\n", name,
	                               about);

	return with_file(arena_print(arena, "%s/SKILL.md", name), str_of(text));
}

static const char *repeat(const char *text, int count)
{
	char *all = arena_alloc(arena, strlen(text) * (size_t)count + 1);

	while (count-- > 0)
		strcat(all, text);
	return all;
}

START_TEST(names_and_descriptions_are_bounded)
{
	static const char *const bad[] = { "Pot", "-pot", "pot-", "p--t", "p_t", "p.t" };

	ck_assert_ptr_null(with_skill("2-pots", "x"));
	ck_assert_ptr_null(with_skill("p", "x"));
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_says(with_skill(bad[i], "x"), "its name must be 1 to 64 small letters");
	ck_assert_ptr_null(with_skill(repeat("a", 64), "x"));
	assert_says(with_skill(repeat("a", 65), "x"), "its name must be");
	ck_assert_ptr_null(with_skill("pot", repeat("\xc3\xa9", 1024)));
	assert_says(with_skill("pot", repeat("\xc3\xa9", 1025)), "its description must be");
}
END_TEST

/* A skill of that many files, which have that many bytes together. */
static const char *with_size(int count, size_t size)
{
	struct mcp_file *files = arena_array(arena, struct mcp_file, count + 1);
	static const char front[] = FRONT("tea", "How");

	files[0] = (struct mcp_file) FILE_OF("tea/SKILL.md", FRONT("tea", "How"));
	for (int i = 1; i < count; i++)
		files[i] = (struct mcp_file) { arena_print(arena, "tea/%d", i), "", 0 };
	files[1].bytes = arena_alloc(arena, size);
	files[1].size = size - (sizeof(front) - 1);
	return skills_read(files, NULL);
}

START_TEST(a_skill_is_as_large_as_every_host_must_take)
{
	ck_assert_ptr_null(with_size(512, 1000));
	assert_says(with_size(513, 1000), "tea/SKILL.md can't be served: a skill may have 512 files");
	ck_assert_ptr_null(with_size(2, 16 << 20));
	assert_says(with_size(2, (16 << 20) + 1), "and 16 MiB");
}
END_TEST

/* ---- A folder ---- */

static char *at(const char *path)
{
	return arena_print(arena, "%s/%s", folder, path);
}

static void put(const char *path, const char *text)
{
	char *whole = at(path), *slash = whole + strlen(folder);

	while ((slash = strchr(slash + 1, '/'))) {
		*slash = '\0';
		mkdir(whole, 0700);
		*slash = '/';
	}
	FILE *file = fopen(whole, "w");
	ck_assert_ptr_nonnull(file);
	fputs(text, file);
	fclose(file);
}

static void put_tea(void)
{
	put("tea/SKILL.md", FRONT("tea", "How to make tea"));
}

static const char *read_folder(void)
{
	return skills_read(shipped, folder);
}

static void assert_refused(const char *words)
{
	const char *why = read_folder();

	assert_says(why, words);
	ck_assert_int_eq(strncmp(why, "SKILLS: ", 8), 0);
}

START_TEST(a_folder_is_served_instead_of_what_is_shipped)
{
	put_tea();
	put("tea/references/pots.md", "Warm.");
	put("tea/.hidden", "x");
	put(".git/config", "x");
	ck_assert_ptr_null(read_folder());
	ck_assert_int_eq(served_skills.file_count, 2);
	ck_assert_str_eq(served_skills.files[1].uri, "skill://tea/references/pots.md");
	ck_assert(str_is(served_skills.files[1].bytes, "Warm."));
	/* It was read: what becomes of the folder does not matter. */
	put("tea/references/pots.md", "Cold.");
	ck_assert(str_is(served_skills.files[1].bytes, "Warm."));
}
END_TEST

START_TEST(what_is_no_folder_of_skills_is_refused)
{
	assert_says(skills_read(NULL, at("none")), "/none can't be read: No such file or directory");
	put("file", "x");
	assert_says(skills_read(NULL, at("file")), "/file can't be read: Not a directory");
	assert_refused("\"file\" that belongs to none");
	remove(at("file"));
	assert_refused("there is nothing in /tmp/skills-");
	ck_assert_int_eq(mkfifo(at("pipe"), 0600), 0);
	assert_refused("pipe is neither a file nor a folder; take it out");
}
END_TEST

START_TEST(links_stay_in_the_folder)
{
	put(".data/tea/SKILL.md", FRONT("tea", "How to make tea"));
	ck_assert_int_eq(symlink(".data/tea", at("tea")), 0);
	ck_assert_int_eq(symlink("SKILL.md", at("tea/notes.md")), 0);
	ck_assert_ptr_null(read_folder());
	ck_assert_int_eq(served_skills.file_count, 2);
}
END_TEST

static const char *const links[] = {
	"/etc/passwd", "/etc", "..", "../..", "nowhere", "out", "/proc/self/fd/0",
};

START_TEST(links_that_lead_out_of_it_are_refused)
{
	put_tea();
	ck_assert_int_eq(symlink(links[_i], at("tea/out")), 0);
	if (strcmp(links[_i], "..") == 0)
		assert_refused("out is a link that leads out of the folder");
	else
		assert_refused("tea/out is a link that leads out of the folder, or nowhere; put");
}
END_TEST

START_TEST(a_neighbour_whose_name_begins_alike_is_outside)
{
	const char *other = arena_print(arena, "%s-other", folder);

	put_tea();
	ck_assert_int_eq(mkdir(other, 0700), 0);
	ck_assert_int_eq(symlink(other, at("tea/out")), 0);
	assert_refused("tea/out is a link that leads out");
	rmdir(other);
}
END_TEST

START_TEST(circles_end)
{
	put_tea();
	ck_assert_int_eq(symlink("../tea", at("tea/again")), 0);
	ck_assert_int_eq(symlink("../tea", at("tea/once-more")), 0);
	assert_refused("is nested too deep, or leads in circles");
}
END_TEST

START_TEST(a_folder_is_bounded)
{
	put_tea();
	for (int i = 0; i < 4096 - 4; i++)
		put(arena_print(arena, "tea/%s%d", i < 2000 ? "a/" : "", i), "");
	/* The folders tea and a, SKILL.md, and the others: one entry is left. */
	assert_refused("a skill may have 512 files");
	put("tea/b", "");
	assert_refused("a skill may have 512 files");
	put("tea/c", "");
	assert_refused("more than 4096 files and folders");
}
END_TEST

START_TEST(folders_are_nested_so_deep_and_no_deeper)
{
	put_tea();
	put(arena_print(arena, "tea/%sx", repeat("d/", 14)), "");
	ck_assert_ptr_null(read_folder());
	put(arena_print(arena, "tea/%sx", repeat("d/", 15)), "");
	assert_refused("nested too deep");
}
END_TEST

START_TEST(its_files_are_read_up_to_a_size)
{
	off_t rest = (64 << 20) - (off_t)strlen(FRONT("tea", "How to make tea"));

	put_tea();
	put("tea/large", "");
	ck_assert_int_eq(truncate(at("tea/large"), rest), 0);
	assert_refused("16 MiB");
	ck_assert_int_eq(truncate(at("tea/large"), rest + 1), 0);
	assert_refused("more than 64 MiB");
}
END_TEST

static void add_shipped(Suite *suite)
{
	TCase *tcase = tcase_create("shipped");

	tcase_add_checked_fixture(tcase, begin, end);
	tcase_add_test(tcase, files_are_served_in_the_order_of_their_paths);
	tcase_add_test(tcase, nothing_else_is_found);
	tcase_add_test(tcase, an_entry_has_the_frontmatter_and_every_file_with_its_digest);
	tcase_add_test(tcase, without_skills_there_are_none);
	tcase_add_loop_test(tcase, what_cannot_be_served_is_refused_in_words, 0, COUNT(refused));
	tcase_add_test(tcase, names_and_descriptions_are_bounded);
	tcase_add_test(tcase, a_skill_is_as_large_as_every_host_must_take);
	suite_add_tcase(suite, tcase);
}

static void add_folder(Suite *suite)
{
	TCase *tcase = tcase_create("folder");

	tcase_add_checked_fixture(tcase, begin, end);
	tcase_add_test(tcase, a_folder_is_served_instead_of_what_is_shipped);
	tcase_add_test(tcase, what_is_no_folder_of_skills_is_refused);
	tcase_add_test(tcase, links_stay_in_the_folder);
	tcase_add_loop_test(tcase, links_that_lead_out_of_it_are_refused, 0, COUNT(links));
	tcase_add_test(tcase, a_neighbour_whose_name_begins_alike_is_outside);
	tcase_add_test(tcase, circles_end);
	tcase_add_test(tcase, a_folder_is_bounded);
	tcase_add_test(tcase, folders_are_nested_so_deep_and_no_deeper);
	tcase_add_test(tcase, its_files_are_read_up_to_a_size);
	suite_add_tcase(suite, tcase);
}

int main(void)
{
	Suite *suite = suite_create("skill");

	add_shipped(suite);
	add_folder(suite);
	return run_suite(suite);
}
