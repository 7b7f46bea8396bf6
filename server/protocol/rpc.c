/* rpc.c - to be written. */
typedef int rpc_placeholder;
