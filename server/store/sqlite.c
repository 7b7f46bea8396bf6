/* sqlite.c - to be written. */
typedef int sqlite_placeholder;
