/* memory_trim.c - gives back, once it serves, the memory that only starting needed.
 *
 * The heap's free pages, and the pages of programs and libraries that were only read: what is still
 * needed of those comes back from the page cache when it is next used. Most of it is never needed
 * again: the self-tests and tables of the TLS library that libmicrohttpd links. */
#include <link.h>
#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

#include "memory_trim.h"

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

void memory_trim(void)
{
	malloc_trim(0);
	dl_iterate_phdr(drop_read_only, NULL);
}
