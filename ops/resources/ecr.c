/* ecr.c - see ecr.h. */
#include "ecr.h"

#include <stdlib.h>

#define PAGES_MAX 5
#define PAGE_IMAGES 1000
#define PAGE_FINDINGS 100

/* ---- Names ---- */

bool ecr_name_read(struct arena *arena, const char *image, struct ecr_name *name)
{
	str rest = str_of(image), host = str_cut(&rest, '/');
	const char *ecr = strstr(image, ".dkr.ecr");

	if (!rest.at || !ecr || ecr > host.at + host.size)
		return false;
	str path = str_cut(&rest, '@'), repository = str_cut(&path, ':'), registry = str_cut(&host, '.');
	*name = (struct ecr_name) { arena_copy(arena, registry), arena_copy(arena, repository), rest.at ? arena_copy(arena, rest) : NULL };
	return repository.size > 0;
}

/* ---- Images ---- */

static SHAPE(image_shape, struct ecr_image,
	PARAM(struct ecr_image, imageDigest), TEXTS(struct ecr_image, imageTags, imageTags_count, NULL),
	PARAM(struct ecr_image, imageSizeInBytes), PARAM(struct ecr_image, imagePushedAt));
static SHAPE(images_shape, struct ecr_images,
	LIST(struct ecr_images, imageDetails, imageDetails_count, struct ecr_image, image_shape, NULL), PARAM(struct ecr_images, nextToken));

struct ask { const char *registryId, *repositoryName, *nextToken; int64_t maxResults; };
static SHAPE(ask_shape, struct ask,
	PARAM(struct ask, registryId), PARAM(struct ask, repositoryName), PARAM(struct ask, nextToken), PARAM(struct ask, maxResults));

static int newest_first(const void *a, const void *b)
{
	double left = ((const struct ecr_image *)a)->imagePushedAt, right = ((const struct ecr_image *)b)->imagePushedAt;

	return (left < right) - (left > right);
}

static void append(struct arena *arena, struct ecr_images *images, const struct ecr_images *page)
{
	size_t size = sizeof(*page->imageDetails), old = size * (size_t)images->imageDetails_count;

	if (page->imageDetails_count == 0)
		return;
	images->imageDetails = arena_grow(arena, images->imageDetails, old, old + size * (size_t)page->imageDetails_count);
	memcpy(images->imageDetails + images->imageDetails_count, page->imageDetails, size * (size_t)page->imageDetails_count);
	images->imageDetails_count += page->imageDetails_count;
}

bool ecr_images(struct look *look, const struct ecr_name *name, struct ecr_images *images)
{
	struct ecr_images page = { 0 };
	int pages = 0;

	*images = page;
	while (pages < PAGES_MAX && (pages == 0 || page.nextToken)) {
		struct ask ask = { name->registry, name->repository, page.nextToken, PAGE_IMAGES };
		page = (struct ecr_images) { 0 };
		if (!look_at(look, "the images", ECR_DESCRIBE_IMAGES, ask_shape, &ask, images_shape, &page))
			break;
		append(mcp_arena(look->call), images, &page);
		pages++;
	}
	if (page.nextToken)
		look_gap(look, "the images", "there are more than are asked for, and the newest may be among them");
	if (images->imageDetails_count > 0)
		qsort(images->imageDetails, (size_t)images->imageDetails_count, sizeof(*images->imageDetails), newest_first);
	return pages > 0;
}

const struct ecr_image *ecr_find(const struct ecr_images *images, const char *digest)
{
	for (int64_t i = 0; digest && i < images->imageDetails_count; i++)
		if (images->imageDetails[i].imageDigest && strcmp(images->imageDetails[i].imageDigest, digest) == 0)
			return &images->imageDetails[i];
	return NULL;
}

const struct ecr_image *ecr_newest(const struct ecr_images *images)
{
	for (int64_t i = 0; i < images->imageDetails_count; i++)
		if (images->imageDetails[i].imageTags_count > 0)
			return &images->imageDetails[i];
	return images->imageDetails_count > 0 ? images->imageDetails : NULL;
}

/* ---- Findings ---- */

static SHAPE(counts_shape, struct ecr_counts,
	PARAM(struct ecr_counts, CRITICAL), PARAM(struct ecr_counts, HIGH), PARAM(struct ecr_counts, MEDIUM));
static SHAPE(attribute_shape, struct ecr_attribute, PARAM(struct ecr_attribute, key), PARAM(struct ecr_attribute, value));
static SHAPE(basic_shape, struct ecr_basic,
	PARAM(struct ecr_basic, name), PARAM(struct ecr_basic, severity), PARAM(struct ecr_basic, uri),
	LIST(struct ecr_basic, attributes, attributes_count, struct ecr_attribute, attribute_shape, NULL));
static SHAPE(package_shape, struct ecr_package,
	PARAM(struct ecr_package, name), PARAM(struct ecr_package, version), PARAM(struct ecr_package, fixedInVersion));
static SHAPE(vulnerability_shape, struct ecr_vulnerability,
	PARAM(struct ecr_vulnerability, vulnerabilityId), PARAM(struct ecr_vulnerability, sourceUrl),
	LIST(struct ecr_vulnerability, vulnerablePackages, vulnerablePackages_count, struct ecr_package, package_shape, NULL));
static SHAPE(enhanced_shape, struct ecr_enhanced,
	PARAM(struct ecr_enhanced, severity), PARAM(struct ecr_enhanced, fixAvailable),
	NEST(struct ecr_enhanced, packageVulnerabilityDetails, struct ecr_vulnerability, vulnerability_shape, NULL));
static SHAPE(findings_shape, struct ecr_findings,
	NEST(struct ecr_findings, findingSeverityCounts, struct ecr_counts, counts_shape, NULL),
	LIST(struct ecr_findings, findings, findings_count, struct ecr_basic, basic_shape, NULL),
	LIST(struct ecr_findings, enhancedFindings, enhancedFindings_count, struct ecr_enhanced, enhanced_shape, NULL));
static SHAPE(scan_shape, struct ecr_scan,
	NEST(struct ecr_scan, imageScanFindings, struct ecr_findings, findings_shape, NULL), PARAM(struct ecr_scan, nextToken));

struct image_id { const char *imageDigest; };
static SHAPE(image_id_shape, struct image_id, PARAM(struct image_id, imageDigest));
struct ask_scan { const char *registryId, *repositoryName; struct image_id *imageId; int64_t maxResults; };
static SHAPE(ask_scan_shape, struct ask_scan,
	PARAM(struct ask_scan, registryId), PARAM(struct ask_scan, repositoryName),
	NEST(struct ask_scan, imageId, struct image_id, image_id_shape, NULL), PARAM(struct ask_scan, maxResults));

bool ecr_scan(struct look *look, const struct ecr_name *name, const char *digest, struct ecr_scan *scan)
{
	struct image_id id = { digest };
	struct ask_scan ask = { name->registry, name->repository, &id, PAGE_FINDINGS };

	*scan = (struct ecr_scan) { 0 };
	return look_for(look, "the findings", "ScanNotFound", ECR_DESCRIBE_SCAN_FINDINGS, ask_scan_shape, &ask, scan_shape, scan);
}

const char *ecr_attribute(const struct ecr_basic *finding, const char *key)
{
	for (int64_t i = 0; i < finding->attributes_count; i++)
		if (finding->attributes[i].key && strcmp(finding->attributes[i].key, key) == 0)
			return finding->attributes[i].value;
	return NULL;
}
