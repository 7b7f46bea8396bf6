/* ecs_definition.c - see ecs_definition.h. */
#include "ecs_definition.h"

struct container { const char *name, *image; };
static SHAPE(container_shape, struct container, PARAM(struct container, name), PARAM(struct container, image));

struct definition { struct container *containerDefinitions; int64_t count; };
static SHAPE(definition_shape, struct definition,
	LIST(struct definition, containerDefinitions, count, struct container, container_shape, NULL));

struct answer { struct definition *taskDefinition; };
static SHAPE(answer_shape, struct answer, NEST(struct answer, taskDefinition, struct definition, definition_shape, NULL));

struct describe { const char *taskDefinition; };
static SHAPE(describe_shape, struct describe, PARAM(struct describe, taskDefinition));

const char *ecs_image(struct look *look, const char *task_definition, const char *service)
{
	struct describe describe = { task_definition };
	struct answer answer = { 0 };

	if (!look_at(look, "what image runs", ECS_DESCRIBE_TASK_DEFINITION, describe_shape, &describe, answer_shape, &answer) || !answer.taskDefinition)
		return NULL;
	const struct definition *definition = answer.taskDefinition;
	for (int64_t i = 0; i < definition->count; i++)
		if (definition->containerDefinitions[i].name && strcmp(definition->containerDefinitions[i].name, service) == 0)
			return definition->containerDefinitions[i].image;
	return definition->count > 0 ? definition->containerDefinitions[0].image : NULL;
}
