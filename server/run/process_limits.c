/* process_limits.c - reads cgroups (both versions), affinity and limits. */
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "process_limits.h"

#define PATH_ROOM 4096

/* ---- Cgroups ---- */

/* The limit in one folder of a hierarchy; -1: none there. */
typedef int64_t read_limit_fn(const char *folder);

/* The least limit of a cgroup and those around it. In a container that sees the machine's paths but
 * has its own cgroup mounted as the root, the longer paths do not exist and the root is found. */
static int64_t least_limit(const char *mount, str path, read_limit_fn *read_limit)
{
	int64_t least = -1;
	for (;;) {
		char folder[PATH_ROOM];
		while (path.size > 0 && path.at[path.size - 1] == '/')
			path.size--;
		snprintf(folder, sizeof(folder), "%s%.*s", mount, STR_FORMAT(path));
		int64_t limit = read_limit(folder);
		if (limit >= 0 && (least < 0 || limit < least))
			least = limit;
		if (path.size == 0)
			return least;
		while (path.size > 0 && path.at[path.size - 1] != '/')
			path.size--;
	}
}

/* Up to two numbers of a file, "max" being none: how many there are. */
static int read_numbers(const char *folder, const char *name, int64_t numbers[2])
{
	char path[PATH_ROOM + 64], text[128];
	long long values[2] = { 0 };
	snprintf(path, sizeof(path), "%s/%s", folder, name);
	FILE *file = fopen(path, "re");
	if (!file)
		return 0;
	bool there = fgets(text, sizeof(text), file) != NULL;
	fclose(file);
	int count = there ? sscanf(text, "%lld %lld", &values[0], &values[1]) : 0;
	for (int i = 0; i < count; i++)
		numbers[i] = values[i];
	return count < 0 ? 0 : count;
}

static int64_t memory_v2(const char *folder)
{
	int64_t bytes[2];
	return read_numbers(folder, "memory.max", bytes) > 0 ? bytes[0] : -1;
}

static int64_t memory_v1(const char *folder)
{
	int64_t bytes[2];
	return read_numbers(folder, "memory.limit_in_bytes", bytes) > 0 ? bytes[0] : -1;
}

static int64_t whole_cores(int64_t quota, int64_t period)
{
	return quota > 0 && period > 0 ? (quota + period - 1) / period : -1;
}

static int64_t cores_v2(const char *folder)
{
	int64_t quota[2];
	return read_numbers(folder, "cpu.max", quota) == 2 ? whole_cores(quota[0], quota[1]) : -1;
}

static int64_t cores_v1(const char *folder)
{
	int64_t quota[2], period[2];
	if (read_numbers(folder, "cpu.cfs_quota_us", quota) == 0
	    || read_numbers(folder, "cpu.cfs_period_us", period) == 0)
		return -1;
	return whole_cores(quota[0], period[0]);
}

/* Of both versions. */
static int64_t tasks(const char *folder)
{
	int64_t count[2];
	return read_numbers(folder, "pids.max", count) > 0 ? count[0] : -1;
}

static bool names_controller(str list, const char *controller)
{
	while (list.size > 0)
		if (str_is(str_cut(&list, ','), controller))
			return true;
	return false;
}

/* A controller's limit for this process, by the lines "number:controllers:path" of its cgroups;
 * version 2 has one line, without controllers. */
static int64_t own_limit(const char *controller, read_limit_fn *v2, read_limit_fn *v1)
{
	int64_t least = -1;
	char text[PATH_ROOM], mount[64];
	FILE *file = fopen("/proc/self/cgroup", "re");

	snprintf(mount, sizeof(mount), "/sys/fs/cgroup/%s", controller);
	while (file && fgets(text, sizeof(text), file)) {
		str path = { text, strcspn(text, "\n") };
		str_cut(&path, ':');
		str controllers = str_cut(&path, ':');
		int64_t limit = -1;
		if (controllers.size == 0)
			limit = least_limit("/sys/fs/cgroup", path, v2);
		else if (names_controller(controllers, controller))
			limit = least_limit(mount, path, v1);
		if (limit >= 0 && (least < 0 || limit < least))
			least = limit;
	}
	if (file)
		fclose(file);
	return least;
}

/* ---- The machine ---- */

int process_cores(void)
{
	cpu_set_t set;
	bool known = sched_getaffinity(0, sizeof(set), &set) == 0;
	int64_t cores = known ? CPU_COUNT(&set) : sysconf(_SC_NPROCESSORS_ONLN);
	int64_t quota = own_limit("cpu", cores_v2, cores_v1);
	if (quota > 0 && quota < cores)
		cores = quota;
	return cores < 1 ? 1 : (int)cores;
}

static struct process_memory read_memory(void)
{
	int64_t all = (int64_t)sysconf(_SC_PHYS_PAGES) * sysconf(_SC_PAGESIZE);
	int64_t limit = own_limit("memory", memory_v2, memory_v1);
	/* Version 1 says "no limit" by a number that no machine has. */
	if (limit > 0 && limit < all)
		return (struct process_memory) { limit, true };
	return (struct process_memory) { all, false };
}

/* Read once: several settings are made from it, before there is a second thread. */
struct process_memory process_memory(void)
{
	static struct process_memory memory;

	if (!memory.bytes)
		memory = read_memory();
	return memory;
}

int64_t process_threads(void)
{
	struct rlimit limit;
	int64_t most = own_limit("pids", tasks, tasks);
	bool known = getrlimit(RLIMIT_NPROC, &limit) == 0 && limit.rlim_cur < INT32_MAX;
	if (known && (most < 0 || (int64_t)limit.rlim_cur < most))
		most = (int64_t)limit.rlim_cur;
	return most < 0 ? INT32_MAX : most;
}

int64_t process_files(void)
{
	struct rlimit limit;
	if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
		return 1024;
	return limit.rlim_max > INT32_MAX ? INT32_MAX : (int64_t)limit.rlim_max;
}
