/* cloudwatch_metric.c - see cloudwatch_metric.h. */
#include "cloudwatch_metric.h"

const SHAPE(cw_dimension_shape, struct cw_dimension, PARAM(struct cw_dimension, Name), PARAM(struct cw_dimension, Value));
const SHAPE(cw_metric_shape, struct cw_metric,
	PARAM(struct cw_metric, Namespace), PARAM(struct cw_metric, MetricName),
	LIST(struct cw_metric, Dimensions, Dimensions_count, struct cw_dimension, cw_dimension_shape, NULL));
const SHAPE(cw_stat_shape, struct cw_stat,
	NEST(struct cw_stat, Metric, struct cw_metric, cw_metric_shape, NULL),
	PARAM(struct cw_stat, Period), PARAM(struct cw_stat, Stat));

static bool same_text(const char *a, const char *b)
{
	return a && b && strcmp(a, b) == 0;
}

static const struct cw_dimension *dimension_of(const struct cw_metric *metric, const char *name)
{
	for (int64_t i = 0; i < metric->Dimensions_count; i++)
		if (metric->Dimensions[i].Name && strcmp(metric->Dimensions[i].Name, name) == 0)
			return &metric->Dimensions[i];
	return NULL;
}

bool cw_same(const struct cw_metric *a, const struct cw_metric *b)
{
	if (!same_text(a->Namespace, b->Namespace) || !same_text(a->MetricName, b->MetricName) || a->Dimensions_count != b->Dimensions_count)
		return false;
	for (int64_t i = 0; i < a->Dimensions_count; i++) {
		const struct cw_dimension *other = a->Dimensions[i].Name ? dimension_of(b, a->Dimensions[i].Name) : NULL;
		if (!other || !same_text(a->Dimensions[i].Value, other->Value))
			return false;
	}
	return true;
}

bool cw_is_of_costs(const char *namespace)
{
	return namespace && str_is_nocase(str_trim(str_of(namespace)), CW_COSTS);
}
