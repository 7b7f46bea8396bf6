/* database.h - the cluster's database in RDS, and its caches in ElastiCache: members as AWS calls them, texts all of them. */
#ifndef DATABASE_H
#define DATABASE_H

#include "look.h"

struct db_certificate { const char *CAIdentifier, *ValidTill; };

/* What is changed at the next window. */
struct db_pending { const char *DBInstanceClass, *AllocatedStorage, *EngineVersion, *MultiAZ, *CACertificateIdentifier, *StorageType; };

struct db_instance {
	const char *DBInstanceIdentifier, *DBInstanceStatus, *DBInstanceClass, *Engine, *EngineVersion, *MultiAZ, *AllocatedStorage;
	const char *MaxAllocatedStorage, *DBInstanceArn, *LatestRestorableTime, *BackupRetentionPeriod, *CACertificateIdentifier;
	struct db_certificate *CertificateDetails;
	struct db_pending *PendingModifiedValues;
};

struct db_instances { struct db_instance *DBInstances; int64_t DBInstances_count; };

struct db_action { const char *Action, *Description, *CurrentApplyDate, *AutoAppliedAfterDate; };

struct db_actions { struct db_action *actions; int64_t count; };

struct cache_group { const char *ReplicationGroupId, *Status, *CacheNodeType, *AutomaticFailover, *MultiAZ, *Engine; };
struct cache_groups { struct cache_group *ReplicationGroups; int64_t ReplicationGroups_count; };
struct cache_serverless { const char *ServerlessCacheName, *Status, *Engine, *FullEngineVersion; };
struct cache_serverlesses { struct cache_serverless *ServerlessCaches; int64_t ServerlessCaches_count; };

/* That there is none is no gap. False: pending, or it was not to be had. */
bool db_instances(struct look *look, struct db_instances *instances);
/* The first of them; DBInstanceIdentifier NULL: there is none. */
bool db_instance(struct look *look, struct db_instance *instance);
bool db_actions(struct look *look, const char *instance_arn, struct db_actions *actions);
bool cache_groups(struct look *look, struct cache_groups *groups);
bool cache_serverlesses(struct look *look, struct cache_serverlesses *caches);

#endif
