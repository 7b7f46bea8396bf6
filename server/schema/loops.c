/* loops.c - refuses schemas that lead back to themselves for the same value: no check would end.
 *
 * What leads to a part of the value may go round, the value ends some day. A $dynamicRef is
 * followed to where it leads at first; where else it may lead, the levels of a check bound. */
#include "schema_private.h"

enum visit { VISIT_NOT_YET, VISIT_GOING_ON, VISIT_DONE };

static bool visit(struct reader *reader, struct schema *schema, int level)
{
	if (schema->visit == VISIT_DONE)
		return true;
	if (schema->visit == VISIT_GOING_ON || level > LEVELS_MAX)
		return schema_complain(reader, schema, "it refers to itself without end");
	schema->visit = VISIT_GOING_ON;
	for (const struct rule *rule = schema->rules; rule; rule = rule->next)
		for (size_t i = 0; rule->in_place && i < rule->count; i++)
			if (rule->schemas[i] &&
			    !visit(reader, schema_of(reader, rule->schemas[i]->value), level + 1))
				return false;
	schema->visit = VISIT_DONE;
	return true;
}

bool schema_check_loops(struct reader *reader)
{
	for (size_t i = 0; i < reader->count; i++)
		if (!visit(reader, reader->all[i], 0))
			return false;
	return true;
}
