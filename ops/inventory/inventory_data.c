/* inventory_data.c - the database and caches: how they are, how old the latest backup is, what will be done to them. */
#include "inventory.h"

#include "database.h"

#define STORES_MAX 32
#define MAINTENANCE_MAX 8
#define HOUR_S 3600
#define MONTH_MS (30 * INT64_C(86400000))

/* A time that AWS writes as a text; 0: there is none. */
static int64_t time_of(const char *text)
{
	int64_t at_ms;

	return text && time_parse(str_of(text), &at_ms) ? at_ms : 0;
}

static struct inventory_store *add(struct look *look, struct inventory *inventory, struct inventory_store store)
{
	if (!inventory->stores)
		inventory->stores = arena_array(mcp_arena(look->call), struct inventory_store, STORES_MAX);
	if (!store.name || inventory->stores_count == STORES_MAX)
		return NULL;
	inventory->stores[inventory->stores_count] = store;
	if (store.status && strcmp(store.status, "available") != 0)
		inventory_note(inventory, arena_print(mcp_arena(look->call), "%s is %s", store.name, store.status));
	return &inventory->stores[inventory->stores_count++];
}

static const char *both(struct arena *arena, const char *a, const char *between, const char *b)
{
	return a && b ? arena_print(arena, "%s%s%s", a, between, b) : a;
}

/* ---- The database ---- */

static const char *pending_of(struct arena *arena, const struct db_pending *pending)
{
	const char *text = NULL;

	if (!pending)
		return NULL;
	const struct { const char *what, *to; } changes[] = {
		{ "class", pending->DBInstanceClass }, { "storage", pending->AllocatedStorage }, { "version", pending->EngineVersion },
		{ "multi-AZ", pending->MultiAZ }, { "certificate", pending->CACertificateIdentifier }, { "kind of storage", pending->StorageType },
	};
	for (size_t i = 0; i < sizeof(changes) / sizeof(*changes); i++)
		if (changes[i].to)
			text = arena_print(arena, "%s%s%s to %s", text ? text : "", text ? ", " : "", changes[i].what, changes[i].to);
	return text;
}

static void put_maintenance(struct look *look, struct inventory *inventory, struct inventory_store *store, const char *arn)
{
	struct arena *arena = mcp_arena(look->call);
	struct db_actions actions;

	if (!arn || !db_actions(look, arn, &actions))
		return;
	store->maintenance = arena_array(arena, const char *, MAINTENANCE_MAX);
	for (int64_t i = 0; i < actions.count && store->maintenance_count < MAINTENANCE_MAX; i++) {
		const struct db_action *action = &actions.actions[i];
		const char *words = both(arena, action->Action ? action->Action : "maintenance", ": ", action->Description);
		words = both(arena, words, ", not later than ", action->AutoAppliedAfterDate ? action->AutoAppliedAfterDate : action->CurrentApplyDate);
		store->maintenance[store->maintenance_count++] = words;
		inventory_note(inventory, arena_print(arena, "%s: %s", store->name, words));
	}
}

static void note_ages(struct arena *arena, struct inventory *inventory, const struct inventory_store *store)
{
	if (store->has_backup && store->backup_age_s > HOUR_S)
		inventory_note(inventory, arena_print(arena, "%s can be brought back only to %lld minutes ago", store->name,
		                                      (long long)store->backup_age_s / 60));
	if (!store->has_backup)
		inventory_note(inventory, arena_print(arena, "%s has no backup to be brought back to", store->name));
	if (store->certificate_until > 0 && store->certificate_until - now_ms() < MONTH_MS)
		inventory_note(inventory, arena_print(arena, "the certificate of %s ends within a month", store->name));
}

static void put_instance(struct look *look, struct inventory *inventory, const struct db_instance *instance)
{
	struct arena *arena = mcp_arena(look->call);
	const struct db_certificate *certificate = instance->CertificateDetails;
	int64_t restorable = time_of(instance->LatestRestorableTime);
	struct inventory_store *store = add(look, inventory, (struct inventory_store) {
		.name = instance->DBInstanceIdentifier, .kind = "database", .status = instance->DBInstanceStatus, .size = instance->DBInstanceClass,
		.version = both(arena, instance->Engine, " ", instance->EngineVersion), .multi_az = instance->MultiAZ,
		.storage = both(arena, instance->AllocatedStorage, " of at most ", instance->MaxAllocatedStorage),
		.backup_until = restorable, .backup_age_s = (now_ms() - restorable) / 1000, .has_backup = restorable > 0,
		.certificate = instance->CACertificateIdentifier, .certificate_until = certificate ? time_of(certificate->ValidTill) : 0,
		.pending = pending_of(arena, instance->PendingModifiedValues),
	});

	if (!store)
		return;
	if (store->pending)
		inventory_note(inventory, arena_print(arena, "%s changes at its next window: %s", store->name, store->pending));
	note_ages(arena, inventory, store);
	put_maintenance(look, inventory, store, instance->DBInstanceArn);
}

/* ---- Caches ---- */

static void put_caches(struct look *look, struct inventory *inventory)
{
	struct arena *arena = mcp_arena(look->call);
	struct cache_groups groups;
	struct cache_serverlesses serverlesses;

	cache_groups(look, &groups);
	cache_serverlesses(look, &serverlesses);
	for (int64_t i = 0; i < groups.ReplicationGroups_count; i++) {
		const struct cache_group *group = &groups.ReplicationGroups[i];
		(void)add(look, inventory, (struct inventory_store) { .name = group->ReplicationGroupId, .kind = "cache", .status = group->Status,
			.size = group->CacheNodeType, .version = group->Engine, .multi_az = group->MultiAZ });
	}
	for (int64_t i = 0; i < serverlesses.ServerlessCaches_count; i++) {
		const struct cache_serverless *cache = &serverlesses.ServerlessCaches[i];
		(void)add(look, inventory, (struct inventory_store) { .name = cache->ServerlessCacheName, .kind = "serverless cache",
			.status = cache->Status, .version = both(arena, cache->Engine, " ", cache->FullEngineVersion) });
	}
}

void inventory_data(struct look *look, struct inventory *inventory)
{
	struct db_instances instances;

	put_caches(look, inventory);
	if (db_instances(look, &instances))
		for (int64_t i = 0; i < instances.DBInstances_count; i++)
			put_instance(look, inventory, &instances.DBInstances[i]);
}
