/* memory_trim.c - gives back the memory that only starting needed, and later what a peak left behind.
 *
 * After the start: the heap's free pages, and the pages of programs and libraries that were only
 * read. What is still needed of those comes back from the page cache when it is next used. Most of it
 * is never needed again: the self-tests and tables of the TLS library that libmicrohttpd links.
 *
 * After a peak the heap is full of holes: by itself malloc gives back only what is free at its end.
 * Giving back holds up whoever allocates meanwhile (some ms for 50 MiB), and a process at work would
 * take the same pages again at once; so it is done where nearly nothing ran for a while. */
#include <fcntl.h>
#include <link.h>
#include <malloc.h>
#include <stdio.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "memory_trim.h"

#define STARTED_MS 100                  /* whoever waited for the start has been answered */
#define LOOK_MS 10000
#define RESTS_MS 500                    /* of CPU in LOOK_MS at most: the process rests */
#define STIRS_MS 20                     /* of CPU since the latest look: something may be free now */
#define WORTH_BYTES ((int64_t)1 << 20)  /* of free memory: worth giving back */
#define FELL_BYTES (64 << 10)           /* freed since: pages may be free that were held by them */

/* ---- What there is ---- */

static int64_t cpu_ms(void)
{
	struct timespec used = { 0 };

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
	return used.tv_sec * (int64_t)1000 + used.tv_nsec / 1000000;
}

static int64_t handed_out(void)
{
	struct mallinfo2 heap = mallinfo2();

	return (int64_t)(heap.uordblks + heap.hblkhd);
}

/* What the process has to itself and malloc did not hand out. malloc's own sum of what is free can't
 * tell: it goes on counting the pages that were given back. */
static int64_t unused_bytes(int64_t handed)
{
	char text[128] = "";
	long long resident = 0, shared = 0;
	int file = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);

	if (file < 0)
		return 0;
	ssize_t got = read(file, text, sizeof(text) - 1);
	close(file);
	if (got <= 0 || sscanf(text, "%*d %lld %lld", &resident, &shared) != 2)
		return 0;
	return (resident - shared) * sysconf(_SC_PAGESIZE) - handed;
}

/* ---- After the start ---- */

static int drop_read_only(struct dl_phdr_info *object, size_t size UNUSED, void *context UNUSED)
{
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);

	for (int i = 0; i < object->dlpi_phnum; i++) {
		const ElfW(Phdr) *segment = &object->dlpi_phdr[i];
		uintptr_t begin = object->dlpi_addr + segment->p_vaddr;
		/* Whole pages: what is left of the last one is nobody else's. */
		uintptr_t from = begin / page * page;
		uintptr_t to = (begin + segment->p_memsz + page - 1) / page * page;
		/* What can be written to holds state, even where it is read-only by now. */
		if (segment->p_type == PT_LOAD && !(segment->p_flags & PF_W) && from < to)
			madvise((void *)from, to - from, MADV_DONTNEED);
	}
	return 0;
}

/* Not before the first answers: those who make them would read all of it again. */
static void drop_start(struct memory_clock *clock)
{
	malloc_trim(0);
	dl_iterate_phdr(drop_read_only, NULL);
	clock->dropped = true;
	clock->looked_ms = cpu_ms();
	clock->handed = handed_out();
	clock->unused = clock->least = unused_bytes(clock->handed);
}

/* ---- After a peak ---- */

/* A few bytes that stay may hold a page each, and so keep many times as much. */
static bool is_worth_it(const struct memory_clock *clock, int64_t handed, int64_t unused)
{
	return unused >= clock->unused + WORTH_BYTES
	       || (unused >= clock->least + WORTH_BYTES && handed <= clock->handed - FELL_BYTES);
}

static void look(struct memory_clock *clock)
{
	int64_t handed = handed_out(), unused = unused_bytes(handed);
	bool worth_it = is_worth_it(clock, handed, unused);

	if (worth_it) {
		malloc_trim(0);
		unused = unused_bytes(handed);
	}
	if (worth_it || unused < clock->unused)
		clock->unused = unused;
	if (worth_it || handed > clock->handed)
		clock->handed = handed;
	if (unused < clock->least)
		clock->least = unused;
}

struct memory_clock memory_begin(void)
{
	return (struct memory_clock) { .due_ms = tick_ms() + STARTED_MS };
}

int64_t memory_run_due(struct memory_clock *clock, int64_t at_ms)
{
	if (at_ms < clock->due_ms)
		return clock->due_ms - at_ms;
	int64_t used_ms = cpu_ms();
	if (!clock->dropped) {
		drop_start(clock);
	} else if (used_ms - clock->used_ms <= RESTS_MS
	           && used_ms - clock->looked_ms >= STIRS_MS) {
		look(clock);
		clock->looked_ms = used_ms;
	}
	clock->used_ms = used_ms;
	clock->due_ms = at_ms + LOOK_MS;
	return LOOK_MS;
}
