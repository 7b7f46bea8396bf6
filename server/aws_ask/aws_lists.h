/* aws_lists.h - lists of lists, which no shape describes, as lists of structs. */
#ifndef AWS_LISTS_H
#define AWS_LISTS_H

#include "json.h"
#include "shape.h"

/* [[a], [b]] of a list that the shape has is [{"items": [a]}, {"items": [b]}]. `value` itself where there is none such. */
yyjson_val *aws_lists_named(struct arena *arena, const struct shape *shape, yyjson_val *value);

#endif
