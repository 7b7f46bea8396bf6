/* process.c - this process in numbers: when it began, what it takes. */
#include <dirent.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "series.h"

/* The text of a small file of /proc: false where it can't be read. */
static bool read_proc(const char *path, char *text, size_t room)
{
	int file = open(path, O_RDONLY | O_CLOEXEC);
	if (file < 0)
		return false;
	ssize_t size = read(file, text, room - 1);
	close(file);
	text[size > 0 ? size : 0] = '\0';
	return size > 0;
}

/* Seconds since 1970 at which the process began; -1: unknown. Only the first look counts, so that
 * the value never moves. */
static double began_at(void)
{
	static _Atomic double began = 0;
	char text[1024];
	unsigned long long ticks;
	struct timespec now, up;

	if (began > 0)
		return began;
	/* The name, which may hold spaces, ends with the last ")"; the start is field 22. */
	bool there = read_proc("/proc/self/stat", text, sizeof(text));
	const char *rest = there ? strrchr(text, ')') : NULL;
	if (!rest || sscanf(rest, ") %*c %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s"
	                    " %*s %*s %*s %*s %llu", &ticks) != 1)
		return -1;
	clock_gettime(CLOCK_REALTIME, &now);
	clock_gettime(CLOCK_BOOTTIME, &up);
	double age = (double)up.tv_sec + (double)up.tv_nsec / 1e9
	             - (double)ticks / (double)sysconf(_SC_CLK_TCK);
	began = (double)now.tv_sec + (double)now.tv_nsec / 1e9 - age;
	return began;
}

static int64_t resident_bytes(void)
{
	char text[256];
	long long pages;
	if (!read_proc("/proc/self/statm", text, sizeof(text))
	    || sscanf(text, "%*s %lld", &pages) != 1)
		return -1;
	return pages * sysconf(_SC_PAGESIZE);
}

static int open_files(void)
{
	DIR *folder = opendir("/proc/self/fd");
	int count = -1;         /* the folder's own */
	if (!folder)
		return -1;
	for (const struct dirent *entry; (entry = readdir(folder)) != NULL; )
		count += entry->d_name[0] != '.';
	closedir(folder);
	return count;
}

static double cpu_seconds(void)
{
	struct rusage usage;
	getrusage(RUSAGE_SELF, &usage);
	return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
	       + (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static void print(FILE *file, const char *name, const char *type, const char *help, double value)
{
	if (value < 0)
		return;
	family_print(file, name, type, help);
	fprintf(file, "%s %.15g\n", name, value);
}

void process_print(FILE *file)
{
	struct rlimit files = { 0 };
	getrlimit(RLIMIT_NOFILE, &files);

	print(file, "process_start_time_seconds", "gauge",
	      "When the process began, in seconds since 1970.", began_at());
	print(file, "process_cpu_seconds_total", "counter",
	      "User and system CPU time spent.", cpu_seconds());
	print(file, "process_resident_memory_bytes", "gauge",
	      "Memory that is resident, shared libraries included.", (double)resident_bytes());
	print(file, "process_open_fds", "gauge", "Open file descriptors.", open_files());
	print(file, "process_max_fds", "gauge", "How many may be open.", (double)files.rlim_cur);
}
