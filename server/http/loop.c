/* loop.c - to be written. */
typedef int loop_placeholder;
