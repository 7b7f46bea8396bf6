/* turn.h - chat_with_ai: a customer says something, and is answered. */
#ifndef TURN_H
#define TURN_H

#include "briefing.h"
#include "judge.h"
#include "model_ask.h"
#include "shop.h"

#define CHAT_DEADLINE_MS 180000         /* a model takes 90 s at most, a turn before this one as long */

#define TURN_SETTINGS \
	MODEL_SETTINGS, \
	JUDGE_SETTING, \
	SHOP_SETTINGS, \
	BRIEFING_SETTINGS, \
	{ .name = "CONTEXT_TOKENS", .kind = SETTING_INT, .standard = "12000", .least = 2000, \
	  .about = "Tokens of a conversation that the model is told at most: of what is older a summary" }, \
	{ .name = "CUSTOMER_TOKENS", .kind = SETTING_INT, .standard = "200000", \
	  .about = "Tokens that models may take for one customer in 24 hours, before a person answers; 0: any number" }

/* `version` is ours, as the others' logs have it. False: a setting is wrong, it has said how. */
bool turn_start(const char *version);
void turn_stop(void);

extern SHAPE_OF(chat_shape, struct chat);
extern SHAPE_OF(chatted_shape, struct chatted);
enum mcp_answer chat_with_ai(struct mcp_call *call, const void *in, struct store *store);

#endif
