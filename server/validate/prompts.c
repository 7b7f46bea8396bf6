/* prompts.c - the rules of prompts. */
#include "validate_private.h"

static const struct needed needed[] = {
	NEEDED(struct mcp_prompt, about, "say what it is for, people read that"),
	NEEDED(struct mcp_prompt, run, "the function that answers"),
	{ 0 },
};

static void check_members(struct checking *at, const void *entry)
{
	const struct mcp_prompt *prompt = entry;

	validate_call_name(at, prompt->name);
	validate_needed(at, prompt, needed);
	validate_words(at, "title", prompt->title);
	validate_words(at, "about", prompt->about);
	validate_scope(at, "scope", prompt->scope);
	validate_shape(at, "in", prompt->in);
	validate_icons(at, prompt->icons);
	validate_meta(at, prompt->meta);
}

static void check_arguments(struct checking *at, const void *entry)
{
	const struct mcp_prompt *prompt = entry;

	validate_texts(at, prompt->in, "a prompt's arguments");
	if (prompt->complete && !prompt->in)
		complain(at, ".complete completes arguments, and there is no .in: leave it out");
}

rule_fn *const prompt_rules[] = { check_members, check_arguments, NULL };
