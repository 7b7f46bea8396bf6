/* room.c - how much room a table has, which C does not tell: as the program's own symbols have it. */
#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "validate_private.h"

/* The program's file as it is mapped, and what its addresses are moved by. */
struct image {
	const char *at;
	size_t size;
	uintptr_t moved;
};

static int first_moved(struct dl_phdr_info *info, size_t size UNUSED, void *moved)
{
	*(uintptr_t *)moved = info->dlpi_addr;
	return 1;
}

static struct image image_open(void)
{
	struct image image = { 0 };
	struct stat about;
	int file = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);

	if (file >= 0 && fstat(file, &about) == 0 && about.st_size > (off_t)sizeof(ElfW(Ehdr))) {
		void *at = mmap(NULL, (size_t)about.st_size, PROT_READ, MAP_PRIVATE, file, 0);
		if (at != MAP_FAILED)
			image = (struct image) { at, (size_t)about.st_size, 0 };
	}
	if (file >= 0)
		close(file);
	dl_iterate_phdr(first_moved, &image.moved);
	return image;
}

/* So many things of a size at an offset of the file; NULL: it has not that much. */
static const void *part(const struct image *image, uint64_t offset, uint64_t count, size_t size)
{
	bool fits = offset <= image->size && count <= (image->size - offset) / size && offset % 8 == 0;

	return fits ? image->at + offset : NULL;
}

static const ElfW(Sym) *symbols_of(const struct image *image, size_t *count)
{
	const ElfW(Ehdr) *head = part(image, 0, 1, sizeof(*head));
	const ElfW(Shdr) *section = head ? part(image, head->e_shoff, head->e_shnum, sizeof(*section)) : NULL;

	for (int i = 0; section && i < head->e_shnum; i++, section++) {
		if (section->sh_type != SHT_SYMTAB)
			continue;
		*count = section->sh_size / sizeof(ElfW(Sym));
		return part(image, section->sh_offset, *count, sizeof(ElfW(Sym)));
	}
	return NULL;
}

size_t room_from(const void *at)
{
	struct image image = image_open();
	size_t count = 0, room = 0;
	uintptr_t address = (uintptr_t)at - image.moved;
	const ElfW(Sym) *symbol = image.at ? symbols_of(&image, &count) : NULL;

	for (size_t i = 0; symbol && i < count && room == 0; i++, symbol++)
		if (ELF64_ST_TYPE(symbol->st_info) == STT_OBJECT && address >= symbol->st_value &&
		    address - symbol->st_value < symbol->st_size)
			room = symbol->st_size - (address - symbol->st_value);
	if (image.at)
		munmap((void *)image.at, image.size);
	return room;
}
