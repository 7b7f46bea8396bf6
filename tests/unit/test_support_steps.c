/* test_support_steps.c - what a model did between a question and its answer, to and from text. */
#include "json.h"
#include "steps.h"
#include "suite.h"

static struct arena *arena;

static void begin(void)
{
	arena = arena_create();
}

static void end(void)
{
	arena_destroy(arena);
}

#define OF(literal) { "" literal, sizeof(literal) - 1 }
#define TEXT_BLOCK(words) { .kind = MODEL_TEXT, .text = OF(words) }
#define USE(number, input) { .kind = MODEL_TOOL_USE, .id = OF(number), .name = OF("find_product"), .text = OF(input) }
#define RESULT(number, words) { .kind = MODEL_TOOL_RESULT, .id = OF(number), .text = OF(words) }
#define THOUGHT(json) { .kind = MODEL_AS_IT_CAME, .name = OF("nova"), .text = OF(json) }

#define MESSAGE(role_, ...) { role_, (const struct model_block[]) { __VA_ARGS__ }, \
	sizeof((const struct model_block[]) { __VA_ARGS__ }) / sizeof(struct model_block) }

static const struct model_message some[] = {
	MESSAGE(MODEL_ASSISTANT, THOUGHT("{\"reasoningContent\":{\"signature\":\"x\\n\"}}"), TEXT_BLOCK("Let me \"look\".\n\xf0\x9f\x8d\xb5"),
	        USE("a", "{ \"words\" : \"tea\" }"), USE("b", "{}")),
	MESSAGE(MODEL_USER, RESULT("a", "{\"products\":[]}"), { .kind = MODEL_TOOL_RESULT, .id = OF("b"), .text = OF("No."), .failed = true }),
	MESSAGE(MODEL_ASSISTANT, USE("a", "{}")),
	MESSAGE(MODEL_USER, RESULT("a", "")),
};

static void same(const struct model_message *a, size_t count, struct steps b)
{
	ck_assert_uint_eq(count, b.count);
	for (size_t i = 0; i < count; i++) {
		ck_assert_int_eq(a[i].role, b.messages[i].role);
		ck_assert_uint_eq(a[i].count, b.messages[i].count);
		for (size_t at = 0; at < a[i].count; at++) {
			const struct model_block *one = &a[i].blocks[at], *other = &b.messages[i].blocks[at];
			ck_assert(one->kind == other->kind && one->failed == other->failed && str_same(one->text, other->text)
			       && str_same(one->id, other->id) && str_same(one->name, other->name));
		}
	}
}

START_TEST(it_comes_back_as_it_was)
{
	const char *text = steps_write(arena, some, COUNT(some));

	same(some, COUNT(some), steps_read(arena, text));
	ck_assert_str_eq(steps_write(arena, steps_read(arena, text).messages, COUNT(some)), text);
	ck_assert(steps_paired(steps_read(arena, text)));
	ck_assert_ptr_null(steps_write(arena, some, 0));
	ck_assert_uint_eq(steps_read(arena, NULL).count, 0);
}
END_TEST

/* Each beginning of it, and each text that lacks a byte or has another one: none, or one that reads as a whole. */
START_TEST(what_is_broken_is_none)
{
	const char *text = steps_write(arena, some, COUNT(some));
	size_t size = strlen(text);
	static const char *const broken[] = {
		"", "null", "{}", "[1]", "[{}]", "[{\"role\":\"system\",\"blocks\":[]}]", "[{\"role\":\"user\"}]",
		"[{\"role\":\"user\",\"blocks\":[{}]}]", "[{\"role\":\"user\",\"blocks\":[{\"use\":\"a\",\"name\":\"b\",\"text\":\"{}\"}]}]",
		"[{\"role\":\"assistant\",\"blocks\":[{\"use\":\"a\",\"text\":\"{}\"}]}]", "[{\"role\":\"assistant\",\"blocks\":[{\"result\":\"a\",\"text\":\"\"}]}]",
		"[{\"role\":\"user\",\"blocks\":[{\"text\":1}]}]", "[[[[[[[[[[[[]]]]]]]]]]]]",
	};

	for (int i = 0; i < COUNT(broken); i++)
		ck_assert_msg(steps_read(arena, broken[i]).count == 0, "%s", broken[i]);
	for (size_t i = 0; i < size; i++) {
		ck_assert_uint_eq(steps_read(arena, arena_copy(arena, (str) { text, i })).count, 0);
		char *other = arena_copy(arena, (str) { text, size });
		other[i] ^= 1;
		struct steps steps = steps_read(arena, other);
		ck_assert(steps.count == 0 || steps.count == (size_t)COUNT(some));
	}
	char *long_one = memset(arena_alloc(arena, STEPS_MAX + 10), ' ', STEPS_MAX + 9);
	memcpy(long_one, text, size);
	ck_assert_uint_eq(steps_read(arena, long_one).count, 0);
}
END_TEST

static struct model_message *large(size_t thought, size_t result, size_t input)
{
	struct model_block *blocks = arena_array(arena, struct model_block, 3);
	struct model_message *messages = arena_array(arena, struct model_message, 2);
	struct { size_t size; } sizes[] = { { thought }, { input }, { result } };

	blocks[0] = (struct model_block) { .kind = MODEL_AS_IT_CAME, .name = STR("nova") };
	blocks[1] = (struct model_block) { .kind = MODEL_TOOL_USE, .id = STR("u"), .name = STR("my_orders") };
	blocks[2] = (struct model_block) { .kind = MODEL_TOOL_RESULT, .id = STR("u") };
	for (int i = 0; i < 3; i++)
		blocks[i].text = (str) { memset(arena_alloc(arena, sizes[i].size + 1), 'x', sizes[i].size), sizes[i].size };
	messages[0] = (struct model_message) { MODEL_ASSISTANT, blocks, 2 };
	messages[1] = (struct model_message) { MODEL_USER, blocks + 2, 1 };
	return messages;
}

START_TEST(what_is_too_long_is_made_shorter)
{
	const char *text = steps_write(arena, large(STEPS_MAX, 4096, 100), 2);
	struct steps steps = steps_read(arena, text);

	ck_assert(strlen(text) <= STEPS_MAX);
	ck_assert_uint_eq(steps.messages[0].count, 1);
	ck_assert_uint_eq(steps.messages[1].blocks[0].text.size, 4096);

	text = steps_write(arena, large(10, STEPS_MAX, 100), 2);
	steps = steps_read(arena, text);
	ck_assert(strlen(text) <= STEPS_MAX && steps_paired(steps));
	ck_assert_ptr_nonnull(strstr(text, "(An earlier result of my_orders, left out."));

	ck_assert_ptr_null(steps_write(arena, large(10, 10, STEPS_MAX), 2));
}
END_TEST

START_TEST(pairs)
{
	const struct model_message alone[] = { MESSAGE(MODEL_ASSISTANT, USE("a", "{}")) };
	const struct model_message strange[] = { MESSAGE(MODEL_ASSISTANT, USE("a", "{}")), MESSAGE(MODEL_USER, RESULT("b", "")) };
	const struct model_message twice[] = { MESSAGE(MODEL_ASSISTANT, USE("a", "{}"), USE("a", "{}")), MESSAGE(MODEL_USER, RESULT("a", "")) };
	const struct model_message more[] = { MESSAGE(MODEL_ASSISTANT, USE("a", "{}")), MESSAGE(MODEL_USER, RESULT("a", ""), RESULT("b", "")) };
	const struct model_message late[] = {
		MESSAGE(MODEL_ASSISTANT, USE("a", "{}")), MESSAGE(MODEL_USER, TEXT_BLOCK("wait")), MESSAGE(MODEL_ASSISTANT, TEXT_BLOCK("so")),
		MESSAGE(MODEL_USER, RESULT("a", "")),
	};
	const struct model_message backwards[] = { MESSAGE(MODEL_USER, RESULT("a", "")), MESSAGE(MODEL_ASSISTANT, USE("a", "{}")) };
	const struct steps wrong[] = { { alone, 1 }, { strange, 2 }, { twice, 2 }, { more, 2 }, { late, 4 }, { backwards, 2 } };

	for (int i = 0; i < COUNT(wrong); i++)
		ck_assert_msg(!steps_paired(wrong[i]), "%d", i);
	ck_assert(steps_paired((struct steps) { 0 }));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("support: steps");
	TCase *tests = tcase_create("support: steps");

	tcase_add_checked_fixture(tests, begin, end);
	tcase_add_test(tests, it_comes_back_as_it_was);
	tcase_add_test(tests, what_is_broken_is_none);
	tcase_add_test(tests, what_is_too_long_is_made_shorter);
	tcase_add_test(tests, pairs);
	suite_add_tcase(suite, tests);
	return run_suite(suite);
}
