/* aws_counts.c - see aws_counts.h. */
#include "aws_counts.h"

#include <pthread.h>
#include <stdio.h>

#include "counted.h"

#define SERVICES_MAX 16
#define FAULTS (AWS_REFUSED + 1)
#define NAME_SIZE 96

static const char *const words[FAULTS] = {
	[AWS_FINE] = "fine", [AWS_THROTTLED] = "throttled", [AWS_TRANSIENT] = "unavailable", [AWS_EXPIRED] = "expired",
	[AWS_SKEWED] = "skewed", [AWS_REFUSED] = "refused",
};

static const struct aws_service *services[SERVICES_MAX];
static atomic_llong counts[SERVICES_MAX][FAULTS], microdollars;
static char names[SERVICES_MAX][FAULTS][NAME_SIZE];
static struct counted table[SERVICES_MAX * FAULTS + 2];        /* its last entry is empty */
static pthread_once_t once = PTHREAD_ONCE_INIT;

static int place_of(const struct aws_service *service)
{
	int at = 0;

	while (at < SERVICES_MAX - 1 && services[at] && services[at] != service)
		at++;
	return at;
}

/* Each service of the table of operations, all its words. */
static void build(void)
{
	struct counted *next = table;

	for (int action = 0; action < AWS_ACTIONS; action++)
		services[place_of(aws_operations[action].service)] = aws_operations[action].service;
	for (int at = 0; at < SERVICES_MAX && services[at]; at++)
		for (int fault = 0; fault < FAULTS; fault++) {
			snprintf(names[at][fault], NAME_SIZE, "mcp_aws_requests_total{service=\"%s\",outcome=\"%s\"}",
			         services[at]->host, words[fault]);
			*next++ = (struct counted) {
				names[at][fault], "counter", "Requests of AWS's services that were answered or given up, tries each.", &counts[at][fault] };
		}
	*next = (struct counted) {
		"mcp_aws_charged_microdollars_total", "counter", "What AWS charges for them, as far as that is by the request.", &microdollars };
	counted_add(table);
}

void aws_counts_note(const struct aws_operation *operation, enum aws_fault fault)
{
	pthread_once(&once, build);
	atomic_fetch_add_explicit(&counts[place_of(operation->service)][fault], 1, memory_order_relaxed);
	if (fault == AWS_FINE)
		atomic_fetch_add_explicit(&microdollars, operation->microdollars, memory_order_relaxed);
}
