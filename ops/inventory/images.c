/* images.c - see images.h. */
#include "images.h"

#include "ecr.h"
#include "ecs.h"
#include "ecs_definition.h"
#include "ecs_running.h"
#include "stamp.h"
#include "watched.h"

#define RUNNING_MAX 8                   /* images at once: one, two while a deployment goes on */
#define LATEST_MAX 5
#define FINDINGS_MAX 25

const SHAPE(images_wanted_shape, struct images_wanted,
	TEXT(struct images_wanted, service, "Which service", .required = true, AT_LEAST(1), AT_MOST(64)),
	BOOL(struct images_wanted, findings, "Also what scans found in what runs and in the newest: critical, and with a fix", DEFAULT(true)));

static SHAPE(state_shape, struct image_state,
	TEXT(struct image_state, digest, "Of the image", .required = true),
	TEXTS(struct image_state, tags, tags_count, "Its tags"), TIME(struct image_state, pushed_at, "When it came"),
	INT(struct image_state, size, "Bytes, compressed", OPTIONAL(struct image_state, has_size)),
	INT(struct image_state, tasks, "Tasks that run it", OPTIONAL(struct image_state, has_tasks)));

static SHAPE(finding_shape, struct image_finding,
	TEXT(struct image_finding, id, "Such as CVE-2026-1"), TEXT(struct image_finding, severity, "CRITICAL or HIGH"),
	TEXT(struct image_finding, package, "In which package"), TEXT(struct image_finding, installed, "Its version"),
	TEXT(struct image_finding, fixed_in, "The version to go to; absent where the scan doesn't say"),
	TEXT(struct image_finding, url, "More about it"));

static SHAPE(scan_state_shape, struct image_scan,
	TEXT(struct image_scan, digest, "Of the image", .required = true),
	TEXT(struct image_scan, status, "scanned, or not scanned", .required = true),
	INT(struct image_scan, critical, "Critical findings", OPTIONAL(struct image_scan, is_scanned)),
	INT(struct image_scan, high, "High ones", OPTIONAL(struct image_scan, is_scanned)),
	LIST(struct image_scan, findings, findings_count, struct image_finding, finding_shape, "The critical ones that have a fix, or may have"),
	BOOL(struct image_scan, more, "There are more than are looked at"));

const SHAPE(images_shape, struct images,
	TEXT(struct images, service, "Whose", .required = true), TEXT(struct images, repository, "In ECR"),
	TEXT(struct images, task_definition, "What new tasks are started from"), TEXT(struct images, image, "What it names"),
	LIST(struct images, running, running_count, struct image_state, state_shape, "What tasks run now: more than one while a deployment goes on"),
	NEST(struct images, newest, struct image_state, state_shape, "The newest with a tag"),
	BOOL(struct images, up_to_date, "All tasks run the newest", OPTIONAL(struct images, has_up_to_date)),
	LIST(struct images, latest, latest_count, struct image_state, state_shape, "The latest with tags: what could be gone back to"),
	LIST(struct images, scans, scans_count, struct image_scan, scan_state_shape, "Of what runs and of the newest"),
	TIME(struct images, as_of, "When the oldest of it was so"),
	LIST(struct images, gaps, gaps_count, struct gap, gap_shape, "What could not be had"));

static struct image_state state_of(const struct ecr_image *image)
{
	return (struct image_state) {
		.digest = image->imageDigest, .tags = image->imageTags, .tags_count = image->imageTags_count,
		.pushed_at = stamp_ms(image->imagePushedAt), .size = image->imageSizeInBytes, .has_size = true,
	};
}

/* ---- What runs ---- */

static const char *digest_of(const struct running_task *task, const char *service)
{
	for (int64_t i = 0; i < task->containers_count; i++)
		if (task->containers[i].name && strcmp(task->containers[i].name, service) == 0)
			return task->containers[i].imageDigest;
	return task->containers_count > 0 ? task->containers[0].imageDigest : NULL;
}

static void count_task(struct images *out, const char *digest)
{
	int64_t i = 0;

	while (i < out->running_count && strcmp(out->running[i].digest, digest) != 0)
		i++;
	if (i == RUNNING_MAX)
		return;
	out->running_count += i == out->running_count;
	out->running[i].digest = digest;
	out->running[i].has_tasks = true;
	out->running[i].tasks++;
}

static void put_running(struct look *look, struct images *out, const struct running_tasks *tasks)
{
	struct arena *arena = mcp_arena(look->call);
	int64_t unnamed = 0;

	out->running = arena_array(arena, struct image_state, RUNNING_MAX);
	for (int64_t i = 0; i < tasks->tasks_count; i++) {
		const char *digest = digest_of(&tasks->tasks[i], out->service);
		if (digest)
			count_task(out, digest);
		else
			unnamed++;
	}
	if (unnamed > 0)
		look_gap(look, "what runs", arena_print(arena, "of %lld of %lld tasks AWS does not say which image they run",
		         (long long)unnamed, (long long)tasks->tasks_count));
}

/* ---- What there is ---- */

static bool runs_newest_alone(const struct images *out)
{
	for (int64_t i = 0; i < out->running_count; i++)
		if (strcmp(out->running[i].digest, out->newest->digest) != 0)
			return false;
	return true;
}

static void put_images(struct arena *arena, struct images *out, const struct ecr_images *images)
{
	const struct ecr_image *newest = ecr_newest(images);

	for (int64_t i = 0; i < out->running_count; i++) {
		const struct ecr_image *image = ecr_find(images, out->running[i].digest);
		int64_t tasks = out->running[i].tasks;
		if (image)
			out->running[i] = state_of(image);
		out->running[i].tasks = tasks;
		out->running[i].has_tasks = true;
	}
	out->latest = arena_array(arena, struct image_state, LATEST_MAX);
	for (int64_t i = 0; i < images->imageDetails_count && out->latest_count < LATEST_MAX; i++)
		if (images->imageDetails[i].imageTags_count > 0 && images->imageDetails[i].imageDigest)
			out->latest[out->latest_count++] = state_of(&images->imageDetails[i]);
	if (!newest || !newest->imageDigest)
		return;
	out->newest = arena_new(arena, struct image_state);
	*out->newest = state_of(newest);
	out->has_up_to_date = out->running_count > 0;
	out->up_to_date = out->has_up_to_date && runs_newest_alone(out);
}

/* ---- What scans found ---- */

static bool is_critical(const char *severity)
{
	return severity && strcmp(severity, "CRITICAL") == 0;
}

static void put_basic(struct image_scan *scan, const struct ecr_basic *finding)
{
	if (is_critical(finding->severity) && scan->findings_count < FINDINGS_MAX)
		scan->findings[scan->findings_count++] = (struct image_finding) {
			.id = finding->name, .severity = finding->severity, .package = ecr_attribute(finding, "package_name"),
			.installed = ecr_attribute(finding, "package_version"), .fixed_in = ecr_attribute(finding, "fixed_in_version"), .url = finding->uri,
		};
}

static void put_enhanced(struct image_scan *scan, const struct ecr_enhanced *finding)
{
	const struct ecr_vulnerability *details = finding->packageVulnerabilityDetails;
	struct ecr_package none = { 0 };
	const struct ecr_package *package = details && details->vulnerablePackages_count > 0 ? details->vulnerablePackages : &none;
	bool fixed = finding->fixAvailable && strcmp(finding->fixAvailable, "NO") != 0;

	if (is_critical(finding->severity) && fixed && scan->findings_count < FINDINGS_MAX)
		scan->findings[scan->findings_count++] = (struct image_finding) {
			.id = details ? details->vulnerabilityId : NULL, .severity = finding->severity, .package = package->name,
			.installed = package->version, .fixed_in = package->fixedInVersion, .url = details ? details->sourceUrl : NULL,
		};
}

static struct image_scan scan_of(struct arena *arena, const char *digest, const struct ecr_scan *seen)
{
	const struct ecr_findings *findings = seen->imageScanFindings;
	struct image_scan scan = { .digest = digest, .status = findings ? "scanned" : "not scanned", .is_scanned = findings != NULL };

	if (!findings)
		return scan;
	scan.findings = arena_array(arena, struct image_finding, FINDINGS_MAX);
	scan.more = seen->nextToken != NULL;
	if (findings->findingSeverityCounts) {
		scan.critical = findings->findingSeverityCounts->CRITICAL;
		scan.high = findings->findingSeverityCounts->HIGH;
	}
	for (int64_t i = 0; i < findings->findings_count; i++)
		put_basic(&scan, &findings->findings[i]);
	for (int64_t i = 0; i < findings->enhancedFindings_count; i++)
		put_enhanced(&scan, &findings->enhancedFindings[i]);
	return scan;
}

static void look_at_scan(struct look *look, struct images *out, const struct ecr_name *name, const char *digest)
{
	struct ecr_scan seen;

	for (int64_t i = 0; i < out->scans_count; i++)
		if (strcmp(out->scans[i].digest, digest) == 0)
			return;
	if (ecr_scan(look, name, digest, &seen))
		out->scans[out->scans_count++] = scan_of(mcp_arena(look->call), digest, &seen);
}

static void look_at_scans(struct look *look, struct images *out, const struct ecr_name *name)
{
	out->scans = arena_array(mcp_arena(look->call), struct image_scan, RUNNING_MAX + 1);
	for (int64_t i = 0; i < out->running_count; i++)
		look_at_scan(look, out, name, out->running[i].digest);
	if (out->newest)
		look_at_scan(look, out, name, out->newest->digest);
}

/* ---- The tool ---- */

static void look_in_ecr(struct look *look, struct images *out, bool findings)
{
	struct ecr_name name;
	struct ecr_images seen;

	if (!out->image)
		return;
	if (!ecr_name_read(mcp_arena(look->call), out->image, &name)) {
		look_gap(look, "the images", arena_print(mcp_arena(look->call), "%s is in no repository of ECR", out->image));
		return;
	}
	out->repository = name.repository;
	if (!ecr_images(look, &name, &seen))
		return;
	put_images(mcp_arena(look->call), out, &seen);
	if (findings && !look->pending)
		look_at_scans(look, out, &name);
}

enum mcp_answer images(struct mcp_call *call, const void *in, UNUSED struct store *store)
{
	const struct images_wanted *wanted = in;
	struct look look = look_begin(call, false);
	struct ecs_services services;
	struct running_tasks tasks;
	struct images out = { .service = wanted->service };

	if (!watched_find(wanted->service))
		return watched_none(call, wanted->service);
	ecs_services(&look, &services);
	if (ecs_running_tasks(&look, wanted->service, &tasks))
		put_running(&look, &out, &tasks);
	const struct ecs_service *service = ecs_find(&services, wanted->service);
	if (service && service->taskDefinition) {
		out.task_definition = service->taskDefinition;
		out.image = ecs_image(&look, service->taskDefinition, wanted->service);
	}
	look_in_ecr(&look, &out, wanted->findings);
	if (look.pending)
		return MCP_WAITING;
	out.as_of = look.as_of;
	out.gaps = look.gaps;
	out.gaps_count = look.gaps_count;
	return mcp_return(call, images_shape, &out);
}
