/* csv.c - to be written. */
typedef int csv_placeholder;
