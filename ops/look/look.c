/* look.c - see look.h. */
#include "look.h"

#include "mask.h"

const SHAPE(gap_shape, struct gap,
	TEXT(struct gap, what, "What is missing, or older than the rest", .required = true),
	TEXT(struct gap, why, "Why, in words", .required = true));

struct look look_begin(struct mcp_call *call, bool refresh)
{
	return (struct look) { .call = call, .refresh = refresh, .gaps = arena_array(mcp_arena(call), struct gap, GAPS_MAX) };
}

void look_gap(struct look *look, const char *what, const char *why)
{
	if (look->gaps_count < GAPS_MAX)
		look->gaps[look->gaps_count++] = (struct gap) { what, mask_text(mcp_arena(look->call), why) };
}

bool (look_again_at)(struct look *look, const char *what, enum aws_action action, const struct shape *in, const void *arguments,
                     const struct shape *out, void *result, struct aws_about *about)
{
	about->refresh = look->refresh;
	enum aws_outcome outcome = (aws_ask_of)(look->call, action, in, arguments, out, result, about);
	if (outcome == AWS_PENDING) {
		look->pending = true;
		return false;
	}
	if (about->trouble)
		look_gap(look, what, about->trouble);
	if (outcome == AWS_FAILED)
		return false;
	if (look->as_of == 0 || about->as_of_ms < look->as_of)
		look->as_of = about->as_of_ms;
	mask_all(about->arena ? about->arena : mcp_arena(look->call), out, result);
	return true;
}

bool (look_at)(struct look *look, const char *what, enum aws_action action, const struct shape *in, const void *arguments,
               const struct shape *out, void *result)
{
	struct aws_about about = { 0 };

	return (look_again_at)(look, what, action, in, arguments, out, result, &about);
}

bool look_said(const struct aws_about *about, const char *code)
{
	return about->code && aws_error_is(&(struct aws_error) { .code = about->code }, code);
}

bool (look_for)(struct look *look, const char *what, const char *none, enum aws_action action, const struct shape *in, const void *arguments,
                const struct shape *out, void *result)
{
	struct aws_about about = { 0 };
	int64_t gaps_count = look->gaps_count;

	if ((look_again_at)(look, what, action, in, arguments, out, result, &about))
		return true;
	if (!look_said(&about, none))
		return false;
	look->gaps_count = gaps_count;
	return true;
}
