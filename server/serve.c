/* serve.c - to be written. */
typedef int serve_placeholder;
