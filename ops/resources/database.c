/* database.c - see database.h. IAM lets only what is called as the cluster be asked for, so each is asked for by that name. */
#include "database.h"

#include "watched.h"

/* ---- RDS ---- */

static SHAPE(certificate_shape, struct db_certificate,
	PARAM(struct db_certificate, CAIdentifier), PARAM(struct db_certificate, ValidTill));
static SHAPE(pending_shape, struct db_pending,
	PARAM(struct db_pending, DBInstanceClass), PARAM(struct db_pending, AllocatedStorage), PARAM(struct db_pending, EngineVersion),
	PARAM(struct db_pending, MultiAZ), PARAM(struct db_pending, CACertificateIdentifier), PARAM(struct db_pending, StorageType));
static SHAPE(instance_shape, struct db_instance,
	PARAM(struct db_instance, DBInstanceIdentifier), PARAM(struct db_instance, DBInstanceStatus), PARAM(struct db_instance, DBInstanceClass),
	PARAM(struct db_instance, Engine), PARAM(struct db_instance, EngineVersion), PARAM(struct db_instance, MultiAZ),
	PARAM(struct db_instance, AllocatedStorage), PARAM(struct db_instance, MaxAllocatedStorage), PARAM(struct db_instance, DBInstanceArn),
	PARAM(struct db_instance, LatestRestorableTime), PARAM(struct db_instance, BackupRetentionPeriod),
	PARAM(struct db_instance, CACertificateIdentifier),
	NEST(struct db_instance, CertificateDetails, struct db_certificate, certificate_shape, NULL),
	NEST(struct db_instance, PendingModifiedValues, struct db_pending, pending_shape, NULL));
static SHAPE(instances_shape, struct db_instances,
	LIST(struct db_instances, DBInstances, DBInstances_count, struct db_instance, instance_shape, NULL));

struct ask_instance { const char *DBInstanceIdentifier; };
static SHAPE(ask_instance_shape, struct ask_instance, PARAM(struct ask_instance, DBInstanceIdentifier));

bool db_instances(struct look *look, struct db_instances *instances)
{
	struct ask_instance ask = { watched_cluster() };

	*instances = (struct db_instances) { 0 };
	return look_for(look, "the database", "DBInstanceNotFound", RDS_DESCRIBE_INSTANCES, ask_instance_shape, &ask, instances_shape, instances);
}

bool db_instance(struct look *look, struct db_instance *instance)
{
	struct db_instances instances;
	bool had = db_instances(look, &instances);

	*instance = (struct db_instance) { 0 };
	if (had && instances.DBInstances_count > 0)
		*instance = instances.DBInstances[0];
	return had;
}

static SHAPE(action_shape, struct db_action,
	PARAM(struct db_action, Action), PARAM(struct db_action, Description), PARAM(struct db_action, CurrentApplyDate),
	PARAM(struct db_action, AutoAppliedAfterDate));

struct resource { struct db_action *PendingMaintenanceActionDetails; int64_t count; };
static SHAPE(resource_shape, struct resource,
	LIST(struct resource, PendingMaintenanceActionDetails, count, struct db_action, action_shape, NULL));
struct resources { struct resource *PendingMaintenanceActions; int64_t count; };
static SHAPE(resources_shape, struct resources,
	LIST(struct resources, PendingMaintenanceActions, count, struct resource, resource_shape, NULL));

struct ask_actions { const char *ResourceIdentifier; };
static SHAPE(ask_actions_shape, struct ask_actions, PARAM(struct ask_actions, ResourceIdentifier));

bool db_actions(struct look *look, const char *instance_arn, struct db_actions *actions)
{
	struct ask_actions ask = { instance_arn };
	struct resources resources = { 0 };

	*actions = (struct db_actions) { 0 };
	if (!look_for(look, "pending maintenance", "ResourceNotFound", RDS_DESCRIBE_PENDING_MAINTENANCE, ask_actions_shape, &ask, resources_shape, &resources))
		return false;
	if (resources.count > 0)
		*actions = (struct db_actions) { resources.PendingMaintenanceActions[0].PendingMaintenanceActionDetails,
		                                 resources.PendingMaintenanceActions[0].count };
	return true;
}

/* ---- ElastiCache ---- */

static SHAPE(group_shape, struct cache_group,
	PARAM(struct cache_group, ReplicationGroupId), PARAM(struct cache_group, Status), PARAM(struct cache_group, CacheNodeType),
	PARAM(struct cache_group, AutomaticFailover), PARAM(struct cache_group, MultiAZ), PARAM(struct cache_group, Engine));
static SHAPE(groups_shape, struct cache_groups,
	LIST(struct cache_groups, ReplicationGroups, ReplicationGroups_count, struct cache_group, group_shape, NULL));
static SHAPE(serverless_shape, struct cache_serverless,
	PARAM(struct cache_serverless, ServerlessCacheName), PARAM(struct cache_serverless, Status), PARAM(struct cache_serverless, Engine),
	PARAM(struct cache_serverless, FullEngineVersion));
static SHAPE(serverlesses_shape, struct cache_serverlesses,
	LIST(struct cache_serverlesses, ServerlessCaches, ServerlessCaches_count, struct cache_serverless, serverless_shape, NULL));

struct ask_group { const char *ReplicationGroupId; };
static SHAPE(ask_group_shape, struct ask_group, PARAM(struct ask_group, ReplicationGroupId));
struct ask_serverless { const char *ServerlessCacheName; };
static SHAPE(ask_serverless_shape, struct ask_serverless, PARAM(struct ask_serverless, ServerlessCacheName));

bool cache_groups(struct look *look, struct cache_groups *groups)
{
	struct ask_group ask = { watched_cluster() };

	*groups = (struct cache_groups) { 0 };
	return look_for(look, "the caches", "ReplicationGroupNotFound", ELASTICACHE_DESCRIBE_GROUPS, ask_group_shape, &ask, groups_shape, groups);
}

bool cache_serverlesses(struct look *look, struct cache_serverlesses *caches)
{
	struct ask_serverless ask = { watched_cluster() };

	*caches = (struct cache_serverlesses) { 0 };
	return look_for(look, "the serverless caches", "ServerlessCacheNotFound", ELASTICACHE_DESCRIBE_SERVERLESS, ask_serverless_shape, &ask, serverlesses_shape, caches);
}
