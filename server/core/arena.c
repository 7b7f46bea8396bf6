/* arena.c - memory that is handed out in pieces and given back as a whole.
 *
 * An arena is a chain of blocks, each twice the one before; the arena itself sits in the first.
 * Those after it are counted in the arena's budget, where it has one: the first is bounded by how
 * many requests there may be.
 * A thread keeps a few arenas it destroyed with their small blocks, so that the usual request
 * costs no malloc; they are freed when the thread ends. */
#include <malloc.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "charged.h"
#include "fatal.h"
#include "mistake.h"

#define ALIGNMENT 16
#define FIRST_BYTES 4096
#define BLOCK_BYTES_MAX (1024 * 1024)
#define LARGE_BYTES (64 * 1024)         /* from here on an allocation has a block of its own */
#define KEPT_BYTES_MAX (32 * 1024)      /* of one arena kept for reuse */

/* The address sanitizer finds what is used after its arena was destroyed only if it is freed. */
#if defined(__SANITIZE_ADDRESS__)
#define KEPT_MAX 0
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define KEPT_MAX 0
#endif
#endif
#ifndef KEPT_MAX
#define KEPT_MAX 4
#endif

struct block {
	struct block *next;
	size_t room;                    /* bytes behind this header */
	_Alignas(ALIGNMENT) char bytes[];
};

struct owned {
	struct owned *next;
	void *thing;
	void (*release)(void *thing);
};

struct arena {
	char *at, *end;                 /* what is free in `block` */
	struct block *first, *block;
	struct block *large;
	struct owned *owned;
	struct arena *next_kept;
	size_t size;
	struct budget *budget;
	size_t charged;                 /* to it, until the arena is destroyed */
	bool secret;                    /* what was in it is wiped */
};

struct kept {
	struct arena *first;
	int count;
	bool known;                     /* to be freed when its thread ends */
};

static _Thread_local struct kept kept;
static pthread_key_t kept_key;
static pthread_once_t kept_once = PTHREAD_ONCE_INIT;

static size_t round_up(size_t size)
{
	return (size + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
}

static void *get(size_t size)
{
	void *memory = malloc(size);

	if (!memory) {
		fprintf(stderr, "error out of memory (%zu bytes asked for)\n", size);
		fatal();
	}
	return memory;
}

static struct block *block_create(size_t room)
{
	struct block *block = get(sizeof(struct block) + room);

	block->next = NULL;
	block->room = room;
	return block;
}

static void free_chain(struct block *block)
{
	while (block) {
		struct block *next = block->next;
		free(block);
		block = next;
	}
}

static void free_kept(void *list)
{
	struct kept *mine = list;

	while (mine->first) {
		struct arena *next = mine->first->next_kept;
		free_chain(mine->first->first);
		mine->first = next;
	}
	/* Whatever this thread still destroys on its way out is not kept. */
	mine->count = KEPT_MAX;
}

static void make_kept_key(void)
{
	if (pthread_key_create(&kept_key, free_kept) != 0)
		fatal();
}

static void use_block(struct arena *arena, struct block *block)
{
	arena->block = block;
	arena->at = block->bytes;
	arena->end = block->bytes + block->room;
}

/* Makes an arena of a first block, which may have others behind it. */
static struct arena *begin(struct block *first)
{
	struct arena *arena = (struct arena *)(void *)first->bytes;

	*arena = (struct arena) { .first = first };
	use_block(arena, first);
	arena->at += round_up(sizeof(struct arena));
	return arena;
}

struct arena *arena_create(void)
{
	struct arena *arena = kept.first;

	if (!arena)
		return begin(block_create(FIRST_BYTES - sizeof(struct block)));
	kept.first = arena->next_kept;
	kept.count--;
	return begin(arena->first);
}

struct arena *arena_create_charged(struct budget *budget)
{
	struct arena *arena = arena_create();

	arena->budget = budget_hold(budget);
	return arena;
}

struct arena *arena_create_secret(void)
{
	struct arena *arena = arena_create();

	arena->secret = true;
	return arena;
}

void arena_charge(struct arena *arena, size_t size)
{
	if (!arena->budget)
		return;
	arena->charged += size;
	budget_take(arena->budget, size);
}

/* Frees the blocks that are too much to keep. */
static void trim(struct arena *arena)
{
	size_t total = 0;

	for (struct block **link = &arena->first; *link; link = &(*link)->next) {
		total += (*link)->room;
		if (total > KEPT_BYTES_MAX) {
			free_chain(*link);
			*link = NULL;
			return;
		}
	}
}

static void keep(struct arena *arena)
{
	trim(arena);
	if (!kept.known) {
		pthread_once(&kept_once, make_kept_key);
		pthread_setspecific(kept_key, &kept);
		kept.known = true;
	}
	arena->next_kept = kept.first;
	kept.first = arena;
	kept.count++;
}

static void wipe(struct block *block)
{
	for (; block; block = block->next)
		explicit_bzero(block->bytes, block->room);
}

/* The arena itself is in the first block. */
static void wipe_and_free(struct block *first, struct block *large)
{
	wipe(large);
	free_chain(large);
	wipe(first);
	free_chain(first);
}

void arena_destroy(struct arena *arena)
{
	if (!arena)
		return;
	while (arena->owned) {
		struct owned *owned = arena->owned;
		arena->owned = owned->next;
		owned->release(owned->thing);
	}
	if (arena->secret) {
		wipe_and_free(arena->first, arena->large);
		return;
	}
	free_chain(arena->large);
	if (arena->charged)
		budget_give(arena->budget, arena->charged);
	budget_drop(arena->budget);
	if (kept.count < KEPT_MAX)
		keep(arena);
	else
		free_chain(arena->first);
}

static void *alloc_large(struct arena *arena, size_t size)
{
	struct block *block = block_create(size);

	block->next = arena->large;
	arena->large = block;
	arena_charge(arena, size);
	return block->bytes;
}

/* Goes on to a block with that much room: the next of the chain, or a new one in its place. */
static void next_block(struct arena *arena, size_t size)
{
	struct block *next = arena->block->next;

	if (!next || next->room < size) {
		size_t room = arena->block->room * 2 + sizeof(struct block);
		if (room > BLOCK_BYTES_MAX)
			room = BLOCK_BYTES_MAX;
		struct block *created = block_create(room > size ? room : size);
		created->next = next;
		arena->block->next = created;
		next = created;
	}
	use_block(arena, next);
	arena_charge(arena, next->room);
}

void *arena_alloc_raw(struct arena *arena, size_t size)
{
	size_t rounded = round_up(size ? size : 1);

	if (rounded < size)
		fatal();
	arena->size += rounded;
	if (rounded > (size_t)(arena->end - arena->at)) {
		if (rounded >= LARGE_BYTES)
			return alloc_large(arena, rounded);
		next_block(arena, rounded);
	}
	void *memory = arena->at;
	arena->at += rounded;
	return memory;
}

void *arena_alloc(struct arena *arena, size_t size)
{
	return memset(arena_alloc_raw(arena, size), 0, size);
}

void *arena_grow(struct arena *arena, void *old, size_t old_size, size_t new_size)
{
	if (new_size <= old_size && old)
		return old;
	size_t had = round_up(old_size ? old_size : 1), needs = round_up(new_size);
	char *end = old ? (char *)old + had : NULL;

	if (end && end == arena->at && needs - had <= (size_t)(arena->end - arena->at)) {
		arena->at += needs - had;
		arena->size += needs - had;
		return old;
	}
	void *grown = arena_alloc_raw(arena, new_size);
	if (old && old_size > 0)
		memcpy(grown, old, old_size);
	return grown;
}

char *arena_copy(struct arena *arena, str s)
{
	char *copy = arena_alloc_raw(arena, s.size + 1);

	if (s.size > 0)
		memcpy(copy, s.at, s.size);
	copy[s.size] = '\0';
	return copy;
}

/* Such as what a person wrote, which may be absent, or end with a %: it stands as it is. */
static char *print_as_it_is(struct arena *arena, const char *format)
{
	mistake("\"%s\" is no format: write \"%%s\" for a text that is not written in the program", format ? format : "NULL");
	return arena_copy(arena, str_of(format ? format : ""));
}

/* The bytes of a format with texts alone, as most are; -1: there is something else in it. */
static long size_of_texts(const char *format, va_list list)
{
	long size = 0;

	for (const char *at = format; *at; at++) {
		if (*at != '%') {
			size++;
			continue;
		}
		if (*++at != 's')
			return -1;
		const char *text = va_arg(list, const char *);
		if (!text)
			return -1;
		size += (long)strlen(text);
	}
	return size;
}

static void put_texts(char *to, const char *format, va_list list)
{
	for (const char *at = format; *at; at++)
		if (*at == '%') {
			to = stpcpy(to, va_arg(list, const char *));
			at++;
		} else {
			*to++ = *at;
		}
	*to = '\0';
}

/* A tenth of what vsnprintf() takes. NULL: it is for that. */
static char *print_texts(struct arena *arena, const char *format, va_list list)
{
	va_list again;

	va_copy(again, list);
	long size = size_of_texts(format, again);
	va_end(again);
	if (size < 0)
		return NULL;
	char *text = arena_alloc_raw(arena, (size_t)size + 1);
	va_copy(again, list);
	put_texts(text, format, again);
	va_end(again);
	return text;
}

char *arena_print_list(struct arena *arena, const char *format, va_list list)
{
	size_t room = (size_t)(arena->end - arena->at);
	va_list again;

	if (!format)
		return print_as_it_is(arena, format);
	char *texts = print_texts(arena, format, list);
	if (texts)
		return texts;
	/* First into what is free anyway: most texts fit, and are formatted once. */
	va_copy(again, list);
	int length = vsnprintf(arena->at, room, format, list);
	if (length < 0) {
		va_end(again);
		return print_as_it_is(arena, format);
	}
	bool fits = (size_t)length < room;
	char *text = arena_alloc_raw(arena, (size_t)length + 1);
	if (!fits)
		vsnprintf(text, (size_t)length + 1, format, again);
	va_end(again);
	return text;
}

char *arena_print(struct arena *arena, const char *format, ...)
{
	va_list list;

	va_start(list, format);
	char *text = arena_print_list(arena, format, list);
	va_end(list);
	return text;
}

void arena_own(struct arena *arena, void *thing, void (*release)(void *thing))
{
	struct owned *owned = arena_new(arena, struct owned);

	*owned = (struct owned) { arena->owned, thing, release };
	arena->owned = owned;
}

static void free_secret(void *memory)
{
	explicit_bzero(memory, malloc_usable_size(memory));
	free(memory);
}

void arena_adopt(struct arena *arena, void *memory, size_t size)
{
	if (!memory)
		return;
	arena_charge(arena, size);
	arena_own(arena, memory, arena->secret ? free_secret : free);
}

size_t arena_charged(const struct arena *arena)
{
	return arena->charged;
}

size_t arena_size(const struct arena *arena)
{
	return arena->size;
}
