/* statement_span.h - the span of a statement, or of what begins and ends a transaction. */
#ifndef STATEMENT_SPAN_H
#define STATEMENT_SPAN_H

#include "driver.h"
#include "spans.h"

/* They end where the span was recorded. `rows` -1: it did not come to that, or nobody counts them. */
void statement_span_write(const struct span *span, const struct driver *driver, const char *sql, const char *error,
                          int64_t rows);
void transaction_span_write(const struct span *span, const struct store *store, const char *what);
/* A word for operators, as mcp_database_failures_total has it. */
const char *store_cause_word(enum store_cause cause);

static inline void statement_span_end(const struct span *span, const struct store *store, const char *sql, bool failed,
                                      int64_t rows)
{
	if (span->recorded)
		statement_span_write(span, store->driver, sql, failed ? store_cause_word(store->cause) : NULL, rows);
}

static inline void transaction_span_end(const struct span *span, const struct store *store, const char *what)
{
	if (span->recorded)
		transaction_span_write(span, store, what);
}

#endif
