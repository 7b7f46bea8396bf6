/* explorer.h - what Cost Explorer says, and how it is asked: members as AWS calls them. Each answer costs a cent, and is kept for six
 * hours. Amounts are texts: see amount.h. */
#ifndef EXPLORER_H
#define EXPLORER_H

#include "look.h"

struct ce_money {
	const char *Amount, *Unit;
};
extern SHAPE_OF(ce_money_shape, struct ce_money);

struct ce_metrics {
	struct ce_money *UnblendedCost;
};
extern SHAPE_OF(ce_metrics_shape, struct ce_metrics);

struct ce_group {
	const char **Keys;                      /* the one that was asked for, and the kind of charge: "Usage", "Credit" */
	int64_t Keys_count;
	struct ce_metrics *Metrics;
};
extern SHAPE_OF(ce_group_shape, struct ce_group);

struct ce_span {
	const char *Start, *End;                /* days; the end is not of it */
};
extern SHAPE_OF(ce_span_shape, struct ce_span);

struct ce_result {
	struct ce_span *TimePeriod;
	bool Estimated;
	struct ce_group *Groups;
	int64_t Groups_count;
};
extern SHAPE_OF(ce_result_shape, struct ce_result);

struct ce_usage {
	struct ce_result *ResultsByTime;        /* a day may be there twice: the rest of it on the next page */
	int64_t ResultsByTime_count;
	const char *NextPageToken;
};
extern SHAPE_OF(ce_usage_shape, struct ce_usage);

/* What it is grouped by beside the kind of charge: a DIMENSION or a TAG; NULL: by that alone. */
struct ce_wanted {
	const char *from, *end;
	bool monthly;
	const char *type, *key;
};

/* All pages up to some, which is a gap. False: pending, or none was had. `requests` is added to. */
bool ce_usage(struct look *look, const char *what, const struct ce_wanted *wanted, struct ce_usage *usage, int64_t *requests);

struct ce_forecast {
	struct ce_money *Total;
};
extern SHAPE_OF(ce_forecast_shape, struct ce_forecast);

/* Without credits and refunds. */
bool ce_forecast(struct look *look, const char *from, const char *end, struct ce_forecast *forecast, int64_t *requests);

struct ce_cause {
	const char *Service, *Region, *UsageType;
};
extern SHAPE_OF(ce_cause_shape, struct ce_cause);

struct ce_impact {
	double TotalImpact, TotalExpectedSpend;
};
extern SHAPE_OF(ce_impact_shape, struct ce_impact);

struct ce_anomaly {
	const char *AnomalyStartDate, *AnomalyEndDate, *DimensionValue;
	struct ce_cause *RootCauses;
	int64_t RootCauses_count;
	struct ce_impact *Impact;
};
extern SHAPE_OF(ce_anomaly_shape, struct ce_anomaly);

struct ce_anomalies {
	struct ce_anomaly *Anomalies;
	int64_t Anomalies_count;
};
extern SHAPE_OF(ce_anomalies_shape, struct ce_anomalies);

bool ce_anomalies(struct look *look, const char *from, const char *to, struct ce_anomalies *anomalies, int64_t *requests);

#endif
