/* aws_result.h - what AWS answered: kept by all who look at it, and read once. */
#ifndef AWS_RESULT_H
#define AWS_RESULT_H

#include "json.h"
#include "operation.h"

struct aws_result;

/* The text is copied. Any thread. */
struct aws_result *aws_result_create(const struct aws_operation *operation, str text, int64_t as_of_ms);
struct aws_result *aws_result_keep(struct aws_result *result);
void aws_result_drop(struct aws_result *result);        /* NULL is fine */

int64_t aws_result_as_of_ms(const struct aws_result *result);   /* by the wall clock */
size_t aws_result_size(const struct aws_result *result);        /* about as many bytes as it takes */
/* As JSON, whichever it was; of a query service what is within ActionResponse and ActionResult. NULL: it can't be read.
 * Whoever looks first reads it, on its own thread. */
yyjson_val *aws_result_value(struct aws_result *result);

#endif
