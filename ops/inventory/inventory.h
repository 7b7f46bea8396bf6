/* inventory.h - what there is beside the services: where data lie, secrets without what is in them, balancers. */
#ifndef INVENTORY_H
#define INVENTORY_H

#include "look.h"

struct inventory_wanted {
	const char *kind;
};
extern SHAPE_OF(inventory_wanted_shape, struct inventory_wanted);

struct inventory_store {
	const char *name, *kind, *status, *size, *version, *multi_az, *certificate;
	int64_t backup_until, backup_age_s, certificate_until;
	bool has_backup;
	const char *storage, *pending;
	const char **maintenance;
	int64_t maintenance_count;
};

struct inventory_secret {
	const char *name, *owner;
	bool rotates, overdue;
	int64_t rotated, changed, accessed, next, deleted;
};

struct inventory_listener { const char *port, *protocol, *policy, *action; };

struct inventory_balancer {
	const char *name, *address, *scheme, *state;
	struct inventory_listener *listeners;
	int64_t listeners_count;
};

struct inventory_group { const char *name, *protocol, *port, *health_path; bool in_use; };

struct inventory {
	const char *kind;
	const char **attention;
	struct inventory_store *stores;
	struct inventory_secret *secrets;
	struct inventory_balancer *balancers;
	struct inventory_group *target_groups;
	int64_t attention_count, stores_count, secrets_count, balancers_count, target_groups_count;
	int64_t as_of;
	struct gap *gaps;
	int64_t gaps_count;
};
extern SHAPE_OF(inventory_shape, struct inventory);

#define ATTENTION_MAX 16
/* One more thing that somebody should look at. */
void inventory_note(struct inventory *inventory, const char *words);
/* Each fills in what is of its kind; nothing of it where that is pending. */
void inventory_data(struct look *look, struct inventory *inventory);
void inventory_secrets(struct look *look, struct inventory *inventory);
void inventory_balancers(struct look *look, struct inventory *inventory);

enum mcp_answer inventory(struct mcp_call *call, const void *in, struct store *store);

#endif
