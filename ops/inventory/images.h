/* images.h - what a service runs, what is newest, and what its scans found. */
#ifndef IMAGES_H
#define IMAGES_H

#include "look.h"

struct images_wanted {
	const char *service;
	bool findings;
};
extern SHAPE_OF(images_wanted_shape, struct images_wanted);

struct image_state {
	const char *digest;
	const char **tags;
	int64_t tags_count, pushed_at, size, tasks;
	bool has_size, has_tasks;
};

struct image_finding {
	const char *id, *severity, *package, *installed, *fixed_in, *url;
};

struct image_scan {
	const char *digest, *status;
	int64_t critical, high;
	bool is_scanned;
	struct image_finding *findings;
	int64_t findings_count;
	bool more;
};

struct images {
	const char *service, *repository, *task_definition, *image;
	struct image_state *running, *newest, *latest;
	int64_t running_count, latest_count;
	bool up_to_date, has_up_to_date;
	struct image_scan *scans;
	int64_t scans_count;
	int64_t as_of;
	struct gap *gaps;
	int64_t gaps_count;
};
extern SHAPE_OF(images_shape, struct images);

enum mcp_answer images(struct mcp_call *call, const void *in, struct store *store);

#endif
