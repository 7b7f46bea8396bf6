/* budget.h - what somebody wants to spend, from the words they say it with: "under £50", "1.500,00 €",
 * "20-50", "2k". A limit is only taken from what has one meaning; of anything else it is known why not. */
#ifndef BUDGET_H
#define BUDGET_H

#include "core.h"

enum budget_kind {
	BUDGET_UNDERSTOOD,
	BUDGET_AMBIGUOUS,       /* it is `most`, or else `also` */
	BUDGET_FOREIGN,         /* it is in another currency: `named` */
	BUDGET_UNCLEAR,         /* nothing is known of it */
};

struct price_range {
	enum budget_kind kind;
	bool has_least, has_most;
	bool about;                     /* "around 30": most is 30 */
	int64_t least, most, also;      /* in the currency's minor unit */
	const char *named;              /* the other currency: its code, or what was written */
};

/* `currency` is the one of the prices, and of an amount without any. */
struct price_range budget_read(struct arena *arena, const char *text, const char *currency);

#endif
