/* arena.c - to be written. */
typedef int arena_placeholder;
