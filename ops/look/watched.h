/* watched.h - what ops looks after: the services of one cluster, and how what belongs to them is called in AWS.
 *
 * The names are those that Terraform gives (terraform/modules/service): of the cluster shop-dev and its service products they are the
 * ECS service products, the log group /shop-dev/services/products, and alarms that begin with shop-dev-products-. */
#ifndef WATCHED_H
#define WATCHED_H

#include "mcp.h"

#define WATCHED_MAX 32

extern const struct setting watched_settings[];        /* OPS_CLUSTER, OPS_SERVICES; ends with an empty entry */

/* Reads the settings. NULL, or what is wrong with one. */
const char *watched_read(struct arena *arena);
/* In the log: a cluster that is the default's by mistake is seen there. */
void watched_tell(void);

const char *watched_cluster(void);
/* The names of the services, in the order of the setting; NULL behind the last. */
const char *const *watched_services(void);
size_t watched_count(void);
/* The same text as it is kept; NULL: it is none of them. */
const char *watched_find(const char *service);
/* Fails the call: there is no such service, and which there are. */
enum mcp_answer watched_none(struct mcp_call *call, const char *service);

char *watched_log_group(struct arena *arena, const char *service);
/* What the names of a service's alarms begin with; NULL for the service: those of the whole cluster. */
char *watched_alarm_prefix(struct arena *arena, const char *service);

/* For tools that take a service: completes its name. */
void complete_service(struct mcp_call *call, const char *argument, const char *value, struct store *store);

#endif
