/* pattern.c - regular expressions, matched by PCRE2 within what is left of a check's steps.
 *
 * PCRE2 calls back before every item of a pattern that it tries. Each call costs a step, and more
 * the further it went through the text since the last: so a pattern that backtracks for ever, or
 * reads a long text over and over, runs out of steps like everything else. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdlib.h>

#include "fatal.h"
#include "schema_private.h"

#define STEP_BYTES 32                   /* of text read for the price of a step */
#define HEAP_KIB_MAX 8192               /* for backtracking */

struct pattern {
	pcre2_code *code;
};

struct matcher {
	pcre2_match_data *data;
	pcre2_match_context *context;
	struct check *check;
	size_t position;                /* in the text, at the last call */
};

/* ---- Compiling ---- */

static void release(void *code)
{
	pcre2_code_free(code);
}

struct pattern *pattern_compile(struct arena *arena, str text, const char **why)
{
	const uint32_t options = PCRE2_UTF | PCRE2_DOLLAR_ENDONLY | PCRE2_ALLOW_EMPTY_CLASS |
	                         PCRE2_MATCH_UNSET_BACKREF | PCRE2_AUTO_CALLOUT |
	                         PCRE2_NEVER_BACKSLASH_C | PCRE2_NEVER_UCP;
	str translated = pattern_translate(arena, text, why);
	struct pattern *pattern = arena_new(arena, struct pattern);
	char words[256] = "";
	size_t where;
	int error;

	if (!translated.at)
		return NULL;
	pattern->code = pcre2_compile((PCRE2_SPTR)translated.at, translated.size, options, &error,
	                              &where, NULL);
	if (!pattern->code) {
		pcre2_get_error_message(error, (PCRE2_UCHAR *)words, sizeof(words));
		*why = arena_copy(arena, str_of(words));
		return NULL;
	}
	arena_own(arena, pattern->code, release);
	return pattern;
}

/* ---- Matching ---- */

static int count_steps(pcre2_callout_block *block, void *data)
{
	struct matcher *matcher = data;
	size_t before = matcher->position, now = block->current_position;
	size_t distance = now > before ? now - before : before - now;

	matcher->position = now;
	return check_spend(matcher->check, 1 + distance / STEP_BYTES) ? 0 : PCRE2_ERROR_CALLOUT;
}

static struct matcher *matcher_create(struct check *check)
{
	struct matcher *matcher = arena_new(check->arena, struct matcher);

	matcher->check = check;
	matcher->data = pcre2_match_data_create(1, NULL);
	matcher->context = pcre2_match_context_create(NULL);
	if (!matcher->data || !matcher->context)
		fatal();
	pcre2_set_callout(matcher->context, count_steps, matcher);
	pcre2_set_heap_limit(matcher->context, HEAP_KIB_MAX);
	return matcher;
}

void matcher_free(struct matcher *matcher)
{
	if (!matcher)
		return;
	pcre2_match_data_free(matcher->data);
	pcre2_match_context_free(matcher->context);
}

bool pattern_matches(struct check *check, const struct pattern *pattern, str text)
{
	if (!check_spend(check, 4 + text.size / STEP_BYTES))
		return false;
	if (!check->matcher)
		check->matcher = matcher_create(check);
	check->matcher->position = 0;
	int count = pcre2_match(pattern->code, (PCRE2_SPTR)text.at, text.size, 0, 0,
	                        check->matcher->data, check->matcher->context);
	if (count >= 0 || count == PCRE2_ERROR_NOMATCH)
		return count >= 0;
	return check_give_up(check, "The arguments have a text too long to match with its pattern");
}
