/* dynamodb_counts.c - see dynamodb_counts.h. */
#include "dynamodb_counts.h"

#include <pthread.h>

#include "counted.h"

static atomic_llong counts[AWS_REFUSED + 1];

#define COUNT_OF(fault, outcome) \
	{ "mcp_aws_requests_total{service=\"dynamodb\",outcome=\"" outcome "\"}", "counter", \
	  "Requests of AWS's services that were answered or given up, tries each.", &counts[fault] }

static const struct counted table[] = {
	COUNT_OF(AWS_FINE, "fine"),
	COUNT_OF(AWS_THROTTLED, "throttled"),
	COUNT_OF(AWS_TRANSIENT, "unavailable"),
	COUNT_OF(AWS_EXPIRED, "expired"),
	COUNT_OF(AWS_SKEWED, "skewed"),
	COUNT_OF(AWS_REFUSED, "refused"),
	{ 0 },
};

static pthread_once_t once = PTHREAD_ONCE_INIT;

static void add(void)
{
	counted_add(table);
}

void dynamodb_counts_note(enum aws_fault fault)
{
	pthread_once(&once, add);
	atomic_fetch_add_explicit(&counts[fault], 1, memory_order_relaxed);
}
