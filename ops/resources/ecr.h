/* ecr.h - images in a repository of ECR, and what its scans found: members as AWS calls them. */
#ifndef ECR_H
#define ECR_H

#include "look.h"

/* Of "1.dkr.ecr.eu-central-1.amazonaws.com/shop/orders:7@sha256:…". */
struct ecr_name {
	const char *registry, *repository, *digest;     /* digest NULL: it is named by a tag */
};
/* False: it is in no repository of ECR. */
bool ecr_name_read(struct arena *arena, const char *image, struct ecr_name *name);

struct ecr_image {
	const char *imageDigest;
	const char **imageTags;
	int64_t imageTags_count, imageSizeInBytes;
	double imagePushedAt;                   /* seconds since 1970 */
};

struct ecr_images {
	struct ecr_image *imageDetails;         /* the newest first: AWS has them in no order */
	int64_t imageDetails_count;
	const char *nextToken;
};

/* All pages up to some. False: pending, or none was had. */
bool ecr_images(struct look *look, const struct ecr_name *name, struct ecr_images *images);
/* NULL: it is not among them. */
const struct ecr_image *ecr_find(const struct ecr_images *images, const char *digest);
/* The newest that has a tag: parts of an image have none. NULL: there is none. */
const struct ecr_image *ecr_newest(const struct ecr_images *images);

struct ecr_counts { int64_t CRITICAL, HIGH, MEDIUM; };

struct ecr_attribute { const char *key, *value; };
struct ecr_basic {
	const char *name, *severity, *uri;
	struct ecr_attribute *attributes;
	int64_t attributes_count;
};

struct ecr_package { const char *name, *version, *fixedInVersion; };
struct ecr_vulnerability {
	const char *vulnerabilityId, *sourceUrl;
	struct ecr_package *vulnerablePackages;
	int64_t vulnerablePackages_count;
};
struct ecr_enhanced {
	const char *severity, *fixAvailable;
	struct ecr_vulnerability *packageVulnerabilityDetails;
};

struct ecr_findings {
	struct ecr_counts *findingSeverityCounts;
	struct ecr_basic *findings;
	int64_t findings_count;
	struct ecr_enhanced *enhancedFindings;
	int64_t enhancedFindings_count;
};

struct ecr_scan {
	struct ecr_findings *imageScanFindings; /* NULL: it was not scanned, which is no gap */
	const char *nextToken;                  /* there are more */
};

/* The first hundred. False: pending, or it could not be had. */
bool ecr_scan(struct look *look, const struct ecr_name *name, const char *digest, struct ecr_scan *scan);
const char *ecr_attribute(const struct ecr_basic *finding, const char *key);

#endif
