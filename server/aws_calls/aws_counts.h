/* aws_counts.h - what AWS was asked, by service and by what came of it, for /metrics; and what it charges for that. */
#ifndef AWS_COUNTS_H
#define AWS_COUNTS_H

#include "aws_error.h"
#include "aws_error.h"
#include "operation.h"

/* One request that went out: a try. Any thread. */
void aws_counts_note(const struct aws_operation *operation, enum aws_fault fault);

#endif
