/* library.h - what the files of the lending library share. */
#ifndef LIBRARY_H
#define LIBRARY_H

#include "mcp.h"

#define DOWN "The library is unavailable; try again shortly."

extern const struct mcp_server library;

enum { LOANS_OVERDUE };         /* the counter, in counters[] */

/* A book, and how many copies of it stand on the shelf. */
struct book {
	const char *id, *title, *author;
	int64_t copies, available;
};
extern SHAPE_OF(book_shape, struct book);

struct book_id { const char *id; };
extern SHAPE_OF(book_id_shape, struct book_id);

/* 1, 0: there is none, -1: the store failed. */
int find_book(struct store *store, struct arena *arena, const char *id, struct book *book);
/* Tells who follows book://ID. */
void book_changed(struct arena *arena, const char *id);

/* ---- loans.c ---- */

struct lend { const char *key, *book, *member; };
extern SHAPE_OF(lend_shape, struct lend);
struct loan { int64_t id; const char *book, *member; int64_t due, returned; };
extern SHAPE_OF(loan_shape, struct loan);
struct give_back { int64_t loan; bool fee_paid; };
extern SHAPE_OF(give_back_shape, struct give_back);
struct report { int64_t books, loans, open, late; const char *most_lent; };
extern SHAPE_OF(report_shape, struct report);

mcp_tool_fn lend, give_back, report;
int64_t mark_overdue(struct store *store);

#endif
