/* briefing.h - what the shop itself tells the model: who it is, what it may say, and for whom. */
#ifndef BRIEFING_H
#define BRIEFING_H

#include "model_ask.h"

#define BRIEFING_SETTINGS \
	{ .name = "SHOP_ABOUT", .kind = SETTING_TEXT, .standard = "", \
	  .about = "What the model shall know of the shop, in a few sentences: its name, its terms of delivery and return" }, \
	{ .name = "GUARDRAIL", .kind = SETTING_TEXT, .standard = "", \
	  .about = "Bedrock's guardrail, ID:VERSION, for what goes to its models and comes from them" }

/* By the settings, for start(). False: GUARDRAIL is wrong, it has said how. */
bool briefing_start(void);
void briefing_stop(void);

/* The same for every customer, byte by byte: a cache has it. */
const char *briefing_system(void);
/* What differs: the date, and that there is a customer, by number. */
const char *briefing_situation(struct arena *arena, const char *customer);
void briefing_guardrail(struct model_request *request);

/* For a summary of what is no longer told. */
extern const char briefing_summary[];

#endif
