/* readiness.h - whether the database can be reached, known without a loop waiting for it. */
#ifndef READINESS_H
#define READINESS_H

#include "store.h"

/* Of a loop's store. Any loop, as often as one likes. */
bool database_is_ready(struct store *store);

#endif
