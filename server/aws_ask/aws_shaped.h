/* aws_shaped.h - requests and answers of AWS as shapes describe them. */
#ifndef AWS_SHAPED_H
#define AWS_SHAPED_H

#include "aws_ask.h"
#include "aws_calls.h"

/* What goes out, as the service takes it. `in` NULL: nothing is said. */
str aws_shaped_input(struct arena *arena, enum aws_action action, const struct shape *in, const void *arguments);
/* What came, and what is told of it. */
enum aws_outcome aws_shaped_answer(struct arena *arena, enum aws_action action, const struct aws_waiter *waiter,
                                   const struct shape *out, void *result, struct aws_about *about);

#endif
