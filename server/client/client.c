/* client.c - to be written. */
typedef int client_placeholder;
