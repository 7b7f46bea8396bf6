/* inventory.c - see inventory.h. */
#include "inventory.h"

#include "balancer.h"
#include "secret.h"
#include "stamp.h"

#define GROUPS_MAX 64

const SHAPE(inventory_wanted_shape, struct inventory_wanted,
	TEXT(struct inventory_wanted, kind, "data: the database and caches; secrets: their rotation, never what is in them; balancers: with"
	     " listeners and target groups", .required = true, ONE_OF("data", "secrets", "balancers")));

static SHAPE(store_shape, struct inventory_store,
	TEXT(struct inventory_store, name, "Its name", .required = true), TEXT(struct inventory_store, kind, "database, cache or serverless cache"),
	TEXT(struct inventory_store, status, "available, or what is being done"), TEXT(struct inventory_store, size, "Its class"),
	TEXT(struct inventory_store, version, "Engine and version"), TEXT(struct inventory_store, multi_az, "Whether it has a second in another zone"),
	TEXT(struct inventory_store, storage, "GiB, and to what it may grow"),
	TIME(struct inventory_store, backup_until, "The latest moment that it can be brought back to"),
	INT(struct inventory_store, backup_age_s, "Seconds since then: what would be lost", OPTIONAL(struct inventory_store, has_backup)),
	TEXT(struct inventory_store, certificate, "Which authority its certificate is of"),
	TIME(struct inventory_store, certificate_until, "When that certificate ends"),
	TEXT(struct inventory_store, pending, "What changes at its next window"),
	TEXTS(struct inventory_store, maintenance, maintenance_count, "What AWS wants to do to it, and when"));

static SHAPE(secret_shape, struct inventory_secret,
	TEXT(struct inventory_secret, name, "Its name", .required = true), TEXT(struct inventory_secret, owner, "Another service that keeps it"),
	BOOL(struct inventory_secret, rotates, "It is rotated by itself"), BOOL(struct inventory_secret, overdue, "It should have been by now"),
	TIME(struct inventory_secret, rotated, "Last rotated"), TIME(struct inventory_secret, changed, "Last changed"),
	TIME(struct inventory_secret, accessed, "The day it was last read"), TIME(struct inventory_secret, next, "To be rotated next"),
	TIME(struct inventory_secret, deleted, "It is being deleted"));

static SHAPE(listener_shape, struct inventory_listener,
	TEXT(struct inventory_listener, port, "Port"), TEXT(struct inventory_listener, protocol, "HTTP or HTTPS"),
	TEXT(struct inventory_listener, policy, "Which TLS it takes"), TEXT(struct inventory_listener, action, "What it does where no rule fits"));
static SHAPE(balancer_shape, struct inventory_balancer,
	TEXT(struct inventory_balancer, name, "Its name", .required = true), TEXT(struct inventory_balancer, address, "DNS name"),
	TEXT(struct inventory_balancer, scheme, "internet-facing or internal"), TEXT(struct inventory_balancer, state, "active, or why not"),
	LIST(struct inventory_balancer, listeners, listeners_count, struct inventory_listener, listener_shape, "What it listens on"));
static SHAPE(group_shape, struct inventory_group,
	TEXT(struct inventory_group, name, "Its name", .required = true), TEXT(struct inventory_group, protocol, "Protocol"),
	TEXT(struct inventory_group, port, "Port"), TEXT(struct inventory_group, health_path, "What is asked for whether a target is well"),
	BOOL(struct inventory_group, in_use, "A balancer sends it requests"));

const SHAPE(inventory_shape, struct inventory,
	TEXT(struct inventory, kind, "What was asked for", .required = true),
	TEXTS(struct inventory, attention, attention_count, "What somebody should look at"),
	LIST(struct inventory, stores, stores_count, struct inventory_store, store_shape, "The database and caches"),
	LIST(struct inventory, secrets, secrets_count, struct inventory_secret, secret_shape, "The secrets"),
	LIST(struct inventory, balancers, balancers_count, struct inventory_balancer, balancer_shape, "The balancers"),
	LIST(struct inventory, target_groups, target_groups_count, struct inventory_group, group_shape, "The target groups"),
	TIME(struct inventory, as_of, "When the oldest of it was so"),
	LIST(struct inventory, gaps, gaps_count, struct gap, gap_shape, "What could not be had"));

void inventory_note(struct inventory *inventory, const char *words)
{
	if (inventory->attention_count < ATTENTION_MAX)
		inventory->attention[inventory->attention_count++] = words;
}

/* ---- Secrets ---- */

void inventory_secrets(struct look *look, struct inventory *inventory)
{
	struct arena *arena = mcp_arena(look->call);
	struct secrets secrets;

	if (!secrets_of_cluster(look, &secrets))
		return;
	inventory->secrets = arena_array(arena, struct inventory_secret, secrets.SecretList_count);
	for (int64_t i = 0; i < secrets.SecretList_count; i++) {
		const struct secret *secret = &secrets.SecretList[i];
		bool overdue = secret->RotationEnabled && secret->NextRotationDate > 0 && stamp_ms(secret->NextRotationDate) < now_ms();
		if (!secret->Name)
			continue;
		inventory->secrets[inventory->secrets_count++] = (struct inventory_secret) {
			.name = secret->Name, .owner = secret->OwningService, .rotates = secret->RotationEnabled, .overdue = overdue,
			.rotated = stamp_ms(secret->LastRotatedDate), .changed = stamp_ms(secret->LastChangedDate), .accessed = stamp_ms(secret->LastAccessedDate),
			.next = stamp_ms(secret->NextRotationDate), .deleted = stamp_ms(secret->DeletedDate),
		};
		if (overdue)
			inventory_note(inventory, arena_print(arena, "%s should have been rotated by now", secret->Name));
		if (secret->DeletedDate > 0)
			inventory_note(inventory, arena_print(arena, "%s is being deleted", secret->Name));
	}
}

/* ---- Balancers ---- */

static void put_listeners(struct arena *arena, struct inventory_balancer *balancer, const struct lb_listeners *listeners)
{
	balancer->listeners = arena_array(arena, struct inventory_listener, listeners->Listeners_count);
	for (int64_t i = 0; i < listeners->Listeners_count; i++) {
		const struct lb_listener *listener = &listeners->Listeners[i];
		balancer->listeners[balancer->listeners_count++] = (struct inventory_listener) {
			.port = listener->Port, .protocol = listener->Protocol, .policy = listener->SslPolicy,
			.action = listener->DefaultActions_count > 0 ? listener->DefaultActions[0].Type : NULL,
		};
	}
}

static void put_balancer(struct look *look, struct inventory *inventory, const struct lb_balancer *balancer)
{
	struct lb_listeners listeners;
	struct inventory_balancer put = { .name = balancer->LoadBalancerName, .address = balancer->DNSName, .scheme = balancer->Scheme,
	                                  .state = balancer->State ? balancer->State->Code : NULL };

	if (!balancer->LoadBalancerName || !balancer->LoadBalancerArn)
		return;
	if (put.state && strcmp(put.state, "active") != 0)
		inventory_note(inventory, arena_print(mcp_arena(look->call), "the balancer %s is %s", put.name, put.state));
	if (lb_listeners(look, balancer->LoadBalancerArn, &listeners))
		put_listeners(mcp_arena(look->call), &put, &listeners);
	inventory->balancers[inventory->balancers_count++] = put;
}

static void put_groups(struct look *look, struct inventory *inventory)
{
	struct lb_groups groups;

	if (!lb_groups(look, &groups))
		return;
	inventory->target_groups = arena_array(mcp_arena(look->call), struct inventory_group, GROUPS_MAX);
	for (int64_t i = 0; i < groups.TargetGroups_count && inventory->target_groups_count < GROUPS_MAX; i++) {
		const struct lb_group *group = &groups.TargetGroups[i];
		if (lb_group_is_of(mcp_arena(look->call), group, NULL))
			inventory->target_groups[inventory->target_groups_count++] = (struct inventory_group) {
				group->TargetGroupName, group->Protocol, group->Port, group->HealthCheckPath, group->LoadBalancerArns_count > 0
			};
	}
}

void inventory_balancers(struct look *look, struct inventory *inventory)
{
	struct lb_balancers balancers;

	put_groups(look, inventory);
	if (!lb_balancers(look, &balancers))
		return;
	inventory->balancers = arena_array(mcp_arena(look->call), struct inventory_balancer, balancers.LoadBalancers_count);
	for (int64_t i = 0; i < balancers.LoadBalancers_count; i++)
		put_balancer(look, inventory, &balancers.LoadBalancers[i]);
}

/* ---- The tool ---- */

static const struct { const char *kind; void (*fill_in)(struct look *look, struct inventory *inventory); } kinds[] = {
	{ "data", inventory_data }, { "secrets", inventory_secrets }, { "balancers", inventory_balancers },
};

enum mcp_answer inventory(struct mcp_call *call, const void *in, UNUSED struct store *store)
{
	const struct inventory_wanted *wanted = in;
	struct look look = look_begin(call, false);
	struct inventory out = { .kind = wanted->kind, .attention = arena_array(mcp_arena(call), const char *, ATTENTION_MAX) };
	size_t i = 0;

	while (strcmp(kinds[i].kind, wanted->kind) != 0)
		i++;
	kinds[i].fill_in(&look, &out);
	if (look.pending)
		return MCP_WAITING;
	out.as_of = look.as_of;
	out.gaps = look.gaps;
	out.gaps_count = look.gaps_count;
	return mcp_return(call, inventory_shape, &out);
}
