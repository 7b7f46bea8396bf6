/* operation.c - the operations of AWS that may be called: of botocore's models 1.44.8, and AWS's pages of quotas and prices. */
#include "operation.h"

static const char *const rds_items[] = {
	"DBInstance", "Event", "EventCategory", "ResourcePendingMaintenanceActions", "PendingMaintenanceAction",
	"VpcSecurityGroupMembership", "DBParameterGroup", "DBInstanceStatusInfo", "ReadReplicaDBInstanceIdentifier", "Tag", NULL
};
static const char *const elasticache_items[] = {
	"ReplicationGroup", "NodeGroup", "NodeGroupMember", "ClusterId", "CacheCluster", "CacheNode", "Event", NULL
};

static const struct aws_service
ecs = { "ECS", "ecs", "ecs", "ecs", AWS_JSON_1_1, "AmazonEC2ContainerServiceV20141113", false, NULL },
scaling = { "APPLICATION_AUTO_SCALING", "application-autoscaling", "application-autoscaling", "application-autoscaling",
	    AWS_JSON_1_1, "AnyScaleFrontendService", false, NULL },
ecr = { "ECR", "api.ecr", "ecr", "ecr", AWS_JSON_1_1, "AmazonEC2ContainerRegistry_V20150921", false, NULL },
logs = { "CLOUDWATCH_LOGS", "logs", "logs", "logs", AWS_JSON_1_1, "Logs_20140328", false, NULL },
cloudwatch = { "CLOUDWATCH", "monitoring", "monitoring", "cloudwatch", AWS_JSON_1_0, "GraniteServiceVersion20100801", false, NULL },
secrets = { "SECRETS_MANAGER", "secretsmanager", "secretsmanager", "secretsmanager", AWS_JSON_1_1, "secretsmanager", false, NULL },
rds = { "RDS", "rds", "rds", "rds", AWS_QUERY, "2014-10-31", false, rds_items },
elasticache = { "ELASTICACHE", "elasticache", "elasticache", "elasticache", AWS_QUERY, "2015-02-02", false, elasticache_items },
elb = { "ELASTIC_LOAD_BALANCING_V2", "elasticloadbalancing", "elasticloadbalancing", "elasticloadbalancing",
	AWS_QUERY, "2015-12-01", false, NULL },
costs = { "COST_EXPLORER", "ce", "ce", "ce", AWS_JSON_1_1, "AWSInsightsIndexService", true, NULL },
cloudtrail = { "CLOUDTRAIL", "cloudtrail", "cloudtrail", "cloudtrail", AWS_JSON_1_1,
	       "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101", false, NULL },
sts = { "STS", "sts", "sts", "sts", AWS_QUERY, "2011-06-15", false, NULL };

#define SECONDS INT64_C(1000)
#define MINUTES (60 * SECONDS)
#define HOURS (60 * MINUTES)
#define KIB ((size_t)1024)
#define MIB (1024 * KIB)

/* What people look at beside us has three quarters. */
#define CLUSTER_RATE { 5, 12 }          /* AWS: 20 a second, 50 at once */
#define USUAL_RATE { 2, 10 }
#define SLOW_RATE { 1, 4 }
/* What is paid for: AWS would take more. A session's worth at once; then what can be looked at is a few dollars a day, whoever asks. */
#define COSTS_RATE { 0.01, 40 }
#define QUERIES_RATE { 0.05, 12 }

/* Of AWS's 100 for everybody. All of them can be ended at once, as at a stop. */
#define QUERIES_MAX 8

#define A_CENT INT64_C(10000)

const struct aws_operation aws_operations[AWS_ACTIONS] = {
	[ECS_LIST_CLUSTERS] = { &ecs, "ListClusters", NULL, 30 * SECONDS, 0, CLUSTER_RATE, MIB },
	[ECS_DESCRIBE_CLUSTERS] = { &ecs, "DescribeClusters", NULL, 30 * SECONDS, 0, CLUSTER_RATE, MIB },
	[ECS_LIST_SERVICES] = { &ecs, "ListServices", NULL, 30 * SECONDS, 0, CLUSTER_RATE, MIB },
	[ECS_DESCRIBE_SERVICES] = { &ecs, "DescribeServices", NULL, 30 * SECONDS, 0, CLUSTER_RATE, MIB },
	[ECS_LIST_TASKS] = { &ecs, "ListTasks", NULL, 30 * SECONDS, 0, CLUSTER_RATE, MIB },
	[ECS_DESCRIBE_TASKS] = { &ecs, "DescribeTasks", NULL, 30 * SECONDS, 0, CLUSTER_RATE, MIB },
	[ECS_DESCRIBE_TASK_DEFINITION] = { &ecs, "DescribeTaskDefinition", NULL, 1 * HOURS, 0, CLUSTER_RATE, MIB },
	[ECS_LIST_SERVICE_DEPLOYMENTS] = { &ecs, "ListServiceDeployments", NULL, 30 * SECONDS, 0, CLUSTER_RATE, MIB },
	[ECS_DESCRIBE_SERVICE_DEPLOYMENTS] = { &ecs, "DescribeServiceDeployments", NULL, 30 * SECONDS, 0, CLUSTER_RATE, MIB },
	[ECS_DESCRIBE_SERVICE_REVISIONS] = { &ecs, "DescribeServiceRevisions", NULL, 1 * HOURS, 0, CLUSTER_RATE, MIB },
	[SCALING_DESCRIBE_TARGETS] = { &scaling, "DescribeScalableTargets", NULL, 30 * SECONDS, 0, USUAL_RATE, MIB },
	[SCALING_DESCRIBE_ACTIVITIES] = { &scaling, "DescribeScalingActivities", NULL, 30 * SECONDS, 0, USUAL_RATE, MIB },
	[ECR_DESCRIBE_REPOSITORIES] = { &ecr, "DescribeRepositories", NULL, 60 * SECONDS, 0, USUAL_RATE, MIB },
	[ECR_DESCRIBE_IMAGES] = { &ecr, "DescribeImages", NULL, 60 * SECONDS, 0, USUAL_RATE, MIB },
	[ECR_DESCRIBE_SCAN_FINDINGS] = { &ecr, "DescribeImageScanFindings", NULL, 60 * SECONDS, 0, USUAL_RATE, MIB },
	[LOGS_DESCRIBE_GROUPS] = { &logs, "DescribeLogGroups", NULL, 60 * SECONDS, 0, SLOW_RATE, MIB },
	[LOGS_FILTER_EVENTS] = { &logs, "FilterLogEvents", NULL, 0, 0, SLOW_RATE, 2 * MIB },
	/* By what it scans, $0.005 a GB. */
	[LOGS_START_QUERY] = { &logs, "StartQuery", NULL, 0, 0, QUERIES_RATE, 64 * KIB },
	[LOGS_GET_QUERY_RESULTS] = { &logs, "GetQueryResults", NULL, 0, 0, SLOW_RATE, 2 * MIB },
	/* Ends what StartQuery began, and can end nothing else. */
	[LOGS_STOP_QUERY] = { &logs, "StopQuery", NULL, 0, 0, { 1, QUERIES_MAX }, 64 * KIB },
	[LOGS_START_LIVE_TAIL] = { &logs, "StartLiveTail", "stream-logs", 0, 0, SLOW_RATE, 0 },
	/* By the metrics that it has, a cent a thousand: this is of one that has a hundred. */
	[CLOUDWATCH_GET_METRIC_DATA] = { &cloudwatch, "GetMetricData", NULL, 60 * SECONDS, A_CENT / 10, USUAL_RATE, MIB },
	[CLOUDWATCH_DESCRIBE_ALARMS] = { &cloudwatch, "DescribeAlarms", NULL, 30 * SECONDS, 0, USUAL_RATE, MIB },
	[CLOUDWATCH_DESCRIBE_ALARM_HISTORY] = { &cloudwatch, "DescribeAlarmHistory", NULL, 30 * SECONDS, 0, USUAL_RATE, MIB },
	[SECRETS_LIST] = { &secrets, "ListSecrets", NULL, 60 * SECONDS, 0, USUAL_RATE, MIB },
	[RDS_DESCRIBE_INSTANCES] = { &rds, "DescribeDBInstances", NULL, 60 * SECONDS, 0, USUAL_RATE, MIB },
	[RDS_DESCRIBE_EVENTS] = { &rds, "DescribeEvents", NULL, 60 * SECONDS, 0, USUAL_RATE, MIB },
	[RDS_DESCRIBE_PENDING_MAINTENANCE] = { &rds, "DescribePendingMaintenanceActions", NULL, 60 * SECONDS, 0, USUAL_RATE, MIB },
	[ELASTICACHE_DESCRIBE_GROUPS] = { &elasticache, "DescribeReplicationGroups", NULL, 60 * SECONDS, 0, USUAL_RATE, MIB },
	[ELASTICACHE_DESCRIBE_SERVERLESS] = { &elasticache, "DescribeServerlessCaches", NULL, 60 * SECONDS, 0, USUAL_RATE, MIB },
	[ELASTICACHE_DESCRIBE_EVENTS] = { &elasticache, "DescribeEvents", NULL, 60 * SECONDS, 0, USUAL_RATE, MIB },
	[ELB_DESCRIBE_BALANCERS] = { &elb, "DescribeLoadBalancers", NULL, 30 * SECONDS, 0, USUAL_RATE, MIB },
	[ELB_DESCRIBE_TARGET_GROUPS] = { &elb, "DescribeTargetGroups", NULL, 30 * SECONDS, 0, USUAL_RATE, MIB },
	[ELB_DESCRIBE_TARGET_HEALTH] = { &elb, "DescribeTargetHealth", NULL, 30 * SECONDS, 0, USUAL_RATE, MIB },
	[ELB_DESCRIBE_LISTENERS] = { &elb, "DescribeListeners", NULL, 30 * SECONDS, 0, USUAL_RATE, MIB },
	/* Each page is a request. */
	[COSTS_GET_COST_AND_USAGE] = { &costs, "GetCostAndUsage", NULL, 6 * HOURS, A_CENT, COSTS_RATE, MIB },
	[COSTS_GET_FORECAST] = { &costs, "GetCostForecast", NULL, 6 * HOURS, A_CENT, COSTS_RATE, MIB },
	[COSTS_GET_ANOMALIES] = { &costs, "GetAnomalies", NULL, 6 * HOURS, A_CENT, COSTS_RATE, MIB },
	/* Of 2 a second. */
	[CLOUDTRAIL_LOOKUP_EVENTS] = { &cloudtrail, "LookupEvents", NULL, 60 * SECONDS, 0, { 0.5, 1 }, MIB },
	[STS_GET_CALLER_IDENTITY] = { &sts, "GetCallerIdentity", NULL, 1 * HOURS, 0, USUAL_RATE, 64 * KIB },
	[STS_ASSUME_ROLE] = { &sts, "AssumeRole", NULL, 0, 0, USUAL_RATE, 64 * KIB },
	[STS_ASSUME_ROLE_WITH_WEB_IDENTITY] = { &sts, "AssumeRoleWithWebIdentity", NULL, 0, 0, USUAL_RATE, 64 * KIB },
};

const struct aws_begins aws_begins[AWS_ACTIONS] = {
	[LOGS_START_QUERY] = { "queryId", LOGS_STOP_QUERY, QUERIES_MAX },
};
