/* planned.h - trouble between orders and products that a test plans, and what there is afterwards. */
#ifndef PLANNED_H
#define PLANNED_H

#include "errand.h"
#include "placing.h"
#include "tools_orders.h"

static inline int64_t in_book(const char *status)
{
	return find_number(&orders, "select count(*) from orders where status = '%s'", status);
}

static inline int64_t errands(void)
{
	return find_number(&orders, "select count(*) from errand");
}

static inline int64_t reservations(const char *state)
{
	return find_number(&products, "select count(*) from reservation where state = '%s'", state);
}

/* What happens to the next calls of these tools, one after the other; all of it must. */
static struct { const char *tool; enum trouble trouble; } plan[4];
static int planned, begun;

static inline enum trouble as_planned(const char *tool)
{
	if (begun < planned && strcmp(tool, plan[begun].tool) == 0)
		return plan[begun++].trouble;
	return NO_TROUBLE;
}

static inline void plan_trouble(const char *tool, enum trouble trouble)
{
	plan[planned].tool = tool;
	plan[planned++].trouble = trouble;
	trouble_of = as_planned;
}

static inline void plan_nothing(void)
{
	planned = begun = 0;
	trouble_of = NULL;
}

static inline void begin_planned(void)
{
	begin_shop();
	plan_nothing();
	PUT("TEA", 5);
}

static inline void end_planned(void)
{
	ck_assert_int_eq(begun, planned);
	end();
}

#endif
