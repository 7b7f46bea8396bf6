/* operation.h - what may be asked of AWS at all: a table, and the only way there.
 *
 * Whatever is not in it can't be called, whatever a tool or a model wants: it has nothing that writes, and nothing
 * that gives out a secret's value. IAM's policy is to say the same once more. */
#ifndef OPERATION_H
#define OPERATION_H

#include "rate.h"

enum aws_protocol {
	AWS_JSON_1_0, AWS_JSON_1_1,     /* X-Amz-Target names the action, the body is JSON */
	AWS_QUERY,                      /* a form names it, the answer is XML */
};

struct aws_service {
	const char *endpoint;           /* of AWS_ENDPOINT_URL_…: "COST_EXPLORER" */
	const char *host;               /* before the region: "api.ecr" */
	const char *signing;            /* the service's name in a signature: "ecr" */
	const char *iam;                /* in a policy: "ecr" of ecr:DescribeImages */
	enum aws_protocol protocol;
	const char *target;             /* what stands before the action in X-Amz-Target; of AWS_QUERY: the Version */
	bool one_region;                /* in one region of each partition, whatever ours is */
	const char *const *items;       /* AWS_QUERY: see xml_read() */
};

struct aws_operation {
	const struct aws_service *service;
	const char *action;
	const char *host;               /* NULL: the service's */
	int64_t keep_ms;                /* how long an answer is as good as a new one; 0: not at all */
	int64_t microdollars;           /* what a request costs */
	struct rate rate;               /* a quarter of AWS's own, or less */
	size_t answer_max;              /* bytes */
};

enum aws_action {
	ECS_LIST_CLUSTERS, ECS_DESCRIBE_CLUSTERS, ECS_LIST_SERVICES, ECS_DESCRIBE_SERVICES, ECS_LIST_TASKS, ECS_DESCRIBE_TASKS,
	ECS_DESCRIBE_TASK_DEFINITION, ECS_LIST_SERVICE_DEPLOYMENTS, ECS_DESCRIBE_SERVICE_DEPLOYMENTS,
	ECS_DESCRIBE_SERVICE_REVISIONS,
	SCALING_DESCRIBE_TARGETS, SCALING_DESCRIBE_ACTIVITIES,
	ECR_DESCRIBE_REPOSITORIES, ECR_DESCRIBE_IMAGES, ECR_DESCRIBE_SCAN_FINDINGS,
	LOGS_DESCRIBE_GROUPS, LOGS_FILTER_EVENTS, LOGS_START_QUERY, LOGS_GET_QUERY_RESULTS, LOGS_STOP_QUERY,
	LOGS_START_LIVE_TAIL,
	CLOUDWATCH_GET_METRIC_DATA, CLOUDWATCH_DESCRIBE_ALARMS, CLOUDWATCH_DESCRIBE_ALARM_HISTORY,
	SECRETS_LIST,
	RDS_DESCRIBE_INSTANCES, RDS_DESCRIBE_EVENTS, RDS_DESCRIBE_PENDING_MAINTENANCE,
	ELASTICACHE_DESCRIBE_GROUPS, ELASTICACHE_DESCRIBE_SERVERLESS, ELASTICACHE_DESCRIBE_EVENTS,
	ELB_DESCRIBE_BALANCERS, ELB_DESCRIBE_TARGET_GROUPS, ELB_DESCRIBE_TARGET_HEALTH, ELB_DESCRIBE_LISTENERS,
	COSTS_GET_COST_AND_USAGE, COSTS_GET_FORECAST, COSTS_GET_ANOMALIES,
	CLOUDTRAIL_LOOKUP_EVENTS,
	STS_GET_CALLER_IDENTITY,
	STS_ASSUME_ROLE, STS_ASSUME_ROLE_WITH_WEB_IDENTITY,     /* for credentials alone: see credentials.h */
	AWS_ACTIONS
};

extern const struct aws_operation aws_operations[AWS_ACTIONS];

/* What an operation begins goes on at AWS until it is done, or somebody ends it. */
struct aws_begins {
	const char *member;             /* of the answer, which names it; NULL: that operation begins nothing */
	enum aws_action ended_by;       /* it is told that member */
	int at_once;                    /* so many by one process */
};
extern const struct aws_begins aws_begins[AWS_ACTIONS];

#endif
