/* dynamodb_counts.h - what DynamoDB was asked, by what came of each try, for /metrics: with what else is asked of AWS. */
#ifndef DYNAMODB_COUNTS_H
#define DYNAMODB_COUNTS_H

#include "aws_error.h"

/* Any thread. */
void dynamodb_counts_note(enum aws_fault fault);

#endif
