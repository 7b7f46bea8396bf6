/* readiness.c - what is not well, as its parts say it; logged where the whole changes. */
#include <pthread.h>
#include <stdio.h>

#include "builder.h"
#include "clock.h"
#include "log.h"
#include "readiness.h"

static const char *const names[READINESS_PARTS] = { "process", "state", "tables", "writes", "needs", "calls" };

static struct {
	pthread_mutex_t lock;
	_Atomic(const char *) why[READINESS_PARTS];     /* NULL: well */
	char details[READINESS_PARTS][256];
	int64_t since_ms;               /* of the whole, as it is */
} all = { .lock = PTHREAD_MUTEX_INITIALIZER };

static atomic_llong ready = 1;

const struct counted readiness_counted[] = {
	{ "mcp_ready", "gauge", "Whether this process can do what it is asked; /readyz says why not.", &ready },
	{ 0 },
};

/* The first of them stands for all. */
static int not_well(void)
{
	int part = 0;

	while (part < READINESS_PARTS && !atomic_load(&all.why[part]))
		part++;
	return part;
}

const char *readiness_why_not(void)
{
	int part = not_well();

	return part < READINESS_PARTS ? atomic_load(&all.why[part]) : NULL;
}

bool readiness_is_well_before(enum readiness_part part)
{
	return not_well() >= (int)part;
}

static void tell(int part)
{
	const char *details = part < READINESS_PARTS ? all.details[part] : "";
	int64_t lasted_ms = tick_ms() - all.since_ms;

	if (part == READINESS_PARTS)
		log_info("ready again, after %lld.%lld s", (long long)(lasted_ms / 1000), (long long)(lasted_ms % 1000 / 100));
	else
		log_write(part == READINESS_STOPS ? LOG_INFO : LOG_ERROR, "not ready: %s%s%s", atomic_load(&all.why[part]), *details ? ": " : "", details);
}

void readiness_set(enum readiness_part part, const char *why, const char *details)
{
	pthread_mutex_lock(&all.lock);
	int before = not_well();
	const char *was = before < READINESS_PARTS ? atomic_load(&all.why[before]) : NULL;

	snprintf(all.details[part], sizeof(all.details[part]), "%s", why ? details : "");
	atomic_store(&all.why[part], why);
	int now = not_well();
	if (now != before || (now < READINESS_PARTS && atomic_load(&all.why[now]) != was)) {
		tell(now);
		if ((now == READINESS_PARTS) != (before == READINESS_PARTS))
			all.since_ms = tick_ms();
		atomic_store(&ready, now == READINESS_PARTS);
	}
	pthread_mutex_unlock(&all.lock);
}

str readiness_print(struct arena *arena)
{
	struct builder text = builder_begin(arena, 256);

	pthread_mutex_lock(&all.lock);
	for (int part = 0; part < READINESS_PARTS; part++) {
		const char *why = atomic_load(&all.why[part]), *details = all.details[part];
		builder_put(&text, str_of(arena_print(arena, "%s: %s%s%s\n", names[part], why ? why : "well",
		                                      *details ? ": " : "", details)));
	}
	pthread_mutex_unlock(&all.lock);
	return str_of(builder_end(&text));
}
