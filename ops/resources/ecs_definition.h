/* ecs_definition.h - what a task definition runs: its images. Of the rest, environment and secrets, nothing is read. */
#ifndef ECS_DEFINITION_H
#define ECS_DEFINITION_H

#include "look.h"

/* The image of the container that is called like the service, else of the first: "…/shop/products@sha256:…". NULL: pending, or
 * not to be had. */
const char *ecs_image(struct look *look, const char *task_definition, const char *service);

#endif
