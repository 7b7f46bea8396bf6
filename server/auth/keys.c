/* keys.c - to be written. */
typedef int keys_placeholder;
