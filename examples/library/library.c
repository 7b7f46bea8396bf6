/* library.c - a lending library as an MCP server: its books, its members, and the tables of the server. */
#include "library.h"

#include "fold.h"
#include "import.h"

extern const char books_html[];                 /* ui/books.html */
extern const struct mcp_file skills[];          /* skills/ */

const SHAPE(book_shape, struct book,
	TEXT(struct book, id, "Its number", .required = true),
	TEXT(struct book, title, "Its title", .required = true),
	TEXT(struct book, author, "Who wrote it", .required = true),
	INT(struct book, copies, "How many the library has", .required = true),
	INT(struct book, available, "Copies that can be lent now", .required = true));

const SHAPE(book_id_shape, struct book_id,
	TEXT(struct book_id, id, "Number of the book", .required = true, AT_MOST(40)));

#define BOOKS "select id, title, author, copies," \
	" copies - (select count(*) from loan where loan.book = book.id and returned is null) as available from book "

int find_book(struct store *store, struct arena *arena, const char *id, struct book *book)
{
	struct book_id wanted = { id };

	return store_find_one(store, arena, BOOKS "where id = :id", book_id_shape, &wanted, book_shape, book);
}

/* Numbers are plain letters, digits and - (check_book), so nothing in the URI needs encoding. */
void book_changed(struct arena *arena, const char *id)
{
	mcp_changed(arena_print(arena, "book://%s", text_in_uri(arena, id)));
}

/* ---- search ---- */

struct search { const char *words, *cursor; int64_t limit; };
struct shelf { const char *words, *title, *id; int64_t limit; };
struct found { struct book *books; int64_t count; const char *next_cursor; };

static SHAPE(search_shape, struct search,
	TEXT(struct search, words, "Words to look for in title or author", AT_MOST(200)),
	TEXT(struct search, cursor, "next_cursor of the page before", AT_MOST(2000)),
	INT(struct search, limit, "How many to return", AT_LEAST(1), AT_MOST(100), DEFAULT(20)));

static SHAPE(found_shape, struct found,
	LIST(struct found, books, count, struct book, book_shape, "By title"),
	TEXT(struct found, next_cursor, "The next page's cursor; absent on the last"));

/* Where a page ended; words belong to it, so that a cursor goes on with its own search. */
static SHAPE(shelf_shape, struct shelf,
	TEXT(struct shelf, words, ""), TEXT(struct shelf, title, ""), TEXT(struct shelf, id, ""),
	INT(struct shelf, limit, ""));

static enum mcp_answer search_books(struct mcp_call *call, const void *in, struct store *store)
{
	const struct search *search = in;
	struct shelf from = { text_fold(mcp_arena(call), search->words ? search->words : "", FOLD_ACCENTS), "", "", 0 };
	struct found found = { 0 };
	ROWS(struct book) rows;

	if (search->cursor && !mcp_cursor_open(call, "books", search->cursor, shelf_shape, &from))
		return mcp_fail(call, "This is no cursor of search_books; begin without one.");
	from.limit = search->limit + 1;
	if (!store_find(store, mcp_arena(call), EITHER(
	                BOOKS "where instr(folded, :words) > 0 and (title, id) > (:title, :id) order by title, id limit :limit",
	                BOOKS "where strpos(folded, :words) > 0 and (title, id) > (:title, :id) order by title, id limit :limit"),
	                shelf_shape, &from, book_shape, &rows))
		return mcp_fail(call, DOWN);
	found.books = rows.first;
	found.count = rows.count < search->limit ? rows.count : search->limit;
	if (rows.count > found.count) {
		from.title = found.books[found.count - 1].title;
		from.id = found.books[found.count - 1].id;
		found.next_cursor = mcp_cursor(call, "books", shelf_shape, &from);
	}
	return mcp_return(call, found_shape, &found);
}

static enum mcp_answer books_page(struct mcp_call *call, const void *in UNUSED, struct store *store UNUSED)
{
	return mcp_say(call, "%s", books_html);
}

/* ---- book://{id} ---- */

static enum mcp_answer get_book(struct mcp_call *call, const void *in, struct store *store)
{
	const struct book_id *wanted = in;
	struct book book;

	switch (find_book(store, mcp_arena(call), wanted->id, &book)) {
	case 1:  return mcp_return(call, book_shape, &book);
	case 0:  return mcp_not_found(call, "There is no book %s; search_books knows the numbers.", wanted->id);
	default: return mcp_fail(call, DOWN);
	}
}

/* ---- members ---- */

struct member { const char *member, *name; };

static SHAPE(member_shape, struct member,
	TEXT(struct member, member, "Number on the card", .required = true, AT_LEAST(1), AT_MOST(20)),
	TEXT(struct member, name, "Who it is", .required = true, AT_LEAST(1), AT_MOST(80)));

static enum mcp_answer add_member(struct mcp_call *call, const void *in, struct store *store)
{
	const struct member *member = in;

	if (store_change(store, "insert into member (member, name) values (:member, :name)"
	                 " on conflict (member) do update set name = excluded.name", member_shape, member) < 0)
		return mcp_fail(call, DOWN);
	return mcp_say(call, "%s is a member.", member->name);
}

/* ---- recommend ---- */

struct reader { const char *member; };

static SHAPE(reader_shape, struct reader, TEXT(struct reader, member, "Number on the card", .required = true));

static enum mcp_answer recommend(struct mcp_call *call, const void *in, struct store *store)
{
	ROWS(struct book) rows;
	struct member member;
	int found = store_find_one(store, mcp_arena(call), "select member, name from member where member = :member",
	                           reader_shape, in, member_shape, &member);

	if (found == 0)
		return mcp_not_found(call, "Nobody has the card %s.", ((const struct reader *)in)->member);
	if (found < 0 || !store_find(store, mcp_arena(call), "select title, author from book join loan on loan.book = book.id"
	                             " where member = :member order by loan.id desc limit 10",
	                             reader_shape, in, book_shape, &rows))
		return mcp_fail(call, DOWN);
	for (int64_t i = 0; i < rows.count; i++)
		mcp_message(call, "user", "%s read %s by %s.", member.name, rows.first[i].title, rows.first[i].author);
	return mcp_say(call, "Find three books here that %s would like next, and say why.", member.name);
}

static void complete_member(struct mcp_call *call, const char *argument UNUSED, const char *value, struct store *store)
{
	struct reader begun = { value };
	ROWS(struct reader) rows;

	/* One beyond MCP_SUGGESTIONS_MAX: there are more. */
	if (!store_find(store, mcp_arena(call), "select member from member where substr(member, 1, length(:member)) = :member"
	                " order by member limit 101", reader_shape, &begun, reader_shape, &rows))
		return;
	for (int64_t i = 0; i < rows.count; i++)
		mcp_suggest(call, rows.first[i].member);
}

/* ---- import ---- */

struct line { const char *id, *title, *author, *folded; int64_t copies; };

static SHAPE(line_shape, struct line,
	TEXT(struct line, id, "Letters, digits and -", .required = true, AT_LEAST(1), AT_MOST(40)),
	TEXT(struct line, title, "Title", .required = true, AT_LEAST(1), AT_MOST(300)),
	TEXT(struct line, author, "Who wrote it", .required = true, AT_MOST(200)),
	INT(struct line, copies, "How many there are", AT_LEAST(0), AT_MOST(10000), DEFAULT(1)));

static SHAPE(shelved_shape, struct line,
	TEXT(struct line, id, ""), TEXT(struct line, title, ""), TEXT(struct line, author, ""),
	TEXT(struct line, folded, ""), INT(struct line, copies, ""));

static const char *id_of(struct arena *arena UNUSED, const void *in)
{
	return ((const struct line *)in)->id;
}

static const char *check_book(struct import *import, struct arena *arena UNUSED, const void *in)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-";
	const struct line *line = in;

	return line->id[strspn(line->id, plain)] ? import_why(import, "id must be letters, digits and -") : NULL;
}

/* Of several lines of one book the last counts. */
static bool take_book(struct store *store, struct arena *arena, const struct import_group *group)
{
	struct line line = ((const struct line *)group->rows)[group->count - 1];

	line.folded = text_fold(arena, arena_print(arena, "%s %s", line.title, line.author), FOLD_ACCENTS);
	return store_queue(store, "insert into book (id, title, author, folded, copies)"
	                   " values (:id, :title, :author, :folded, :copies) on conflict (id) do update set"
	                   " title = excluded.title, author = excluded.author, folded = excluded.folded,"
	                   " copies = excluded.copies", shelved_shape, &line);
}

static const struct import_spec books_spec = {
	.what = "books", .row = line_shape, .key = id_of, .check = check_book, .take = take_book,
};
static const char usage[] = "usage: mcp-library import FILE.csv|URL [--dry-run]\n";

static int import_books(struct store *store, int argc, char **argv)
{
	return import_command(store, argc, argv, &books_spec, usage);
}

static void help_books(void) { import_help(&books_spec, usage); }
static int64_t go_on(struct store *store) { return import_go_on(store, &books_spec); }

/* ---- server ---- */

static const struct mcp_tool tools[] = {
	{ "search_books", "Search books", "Finds books by words of their title or author, page by page.",
	  .in = search_shape, .out = found_shape, .scope = "books:read", .blocks = true, .run = search_books,
	  .meta = "{\"ui\":{\"resourceUri\":\"ui://library/books\"}}" },
	{ "get_book", "Get a book", "A book by its number, and how many copies are there to lend.",
	  .in = book_id_shape, .out = book_shape, .scope = "books:read", .run = get_book },
	{ "add_member", "Add a member", "Gives somebody a card, or the card another name.",
	  .in = member_shape, .scope = "loans:write", .changes = true, .idempotent = true, .blocks = true,
	  .run = add_member },
	{ "lend", "Lend a book", "Lends a copy to a member. The same key never lends twice.",
	  .in = lend_shape, .out = loan_shape, .scope = "loans:write", .changes = true, .idempotent = true,
	  .blocks = true, .run = lend },
	{ "give_back", "Give a book back", "Takes a book back. The person is asked for the fee when it is late.",
	  .in = give_back_shape, .scope = "loans:write", .changes = true, .idempotent = true, .blocks = true,
	  .run = give_back },
	{ "report", "Report", "Counts all loans of all books; takes a while.", .out = report_shape,
	  .scope = "loans:read", .blocks = true, .runs_long = true, .run = report },
	{ 0 },
};

static const struct mcp_resource resources[] = {
	{ "book://{id}", "book", "A book", "A book by its number, and how many copies are there to lend.",
	  .mime = "application/json", .in = book_id_shape, .out = book_shape, .scope = "books:read", .run = get_book },
	{ "ui://library/books", "books", "The shelf", "Shows what search_books found.",
	  .mime = "text/html;profile=mcp-app", .scope = "books:read", .run = books_page,
	  .meta = "{\"ui\":{\"csp\":{},\"prefersBorder\":true}}" },
	{ 0 },
};

static const struct mcp_prompt prompts[] = {
	{ "recommend", "Recommend books", "What a member might read next, from what they read.", .in = reader_shape,
	  .scope = "loans:read", .blocks = true, .run = recommend, .complete = complete_member },
	{ 0 },
};

static const struct mcp_job jobs[] = {
	{ "mark_overdue", mark_overdue },
	{ "import", go_on },
	{ 0 },
};

static const struct mcp_command commands[] = {
	{ "import", "import FILE.csv|URL [--dry-run]", "Takes books from a CSV file", import_books, help_books },
	{ 0 },
};

static const struct mcp_counter counters[] = {
	[LOANS_OVERDUE] = { "loans_overdue_total", "Loans that were not back in time." },
	{ 0 },
};

static const struct setting settings[] = {
	{ .name = "LOAN_PERIOD", .kind = SETTING_DURATION, .standard = "28d", .least = 1000,
	  .about = "How long a book is lent" },
	IMPORT_SETTINGS,
	{ 0 },
};

/* `collate "C"`: titles stand in the same order on both databases. */
static const struct migration migrations[] = {
	{ "1-books",
	  "create table book (id text primary key, title text not null, author text not null, folded text not null,"
	  " copies bigint not null);"
	  "create index book_title on book (title, id);"
	  "create table member (member text primary key, name text not null);",
	  "create table book (id text collate \"C\" primary key, title text collate \"C\" not null, author text not null,"
	  " folded text not null, copies bigint not null);"
	  "create index book_title on book (title, id);"
	  "create table member (member text collate \"C\" primary key, name text not null);" },
#define LOANS(identity) \
	"create table loan (id " identity ", caller text not null, key text not null, book text not null references book," \
	" member text not null references member, due bigint not null, returned bigint, overdue bigint," \
	" unique (caller, key));" \
	"create index loan_book on loan (book);" \
	"create index loan_member on loan (member);"
	{ "2-loans", LOANS("integer primary key"), LOANS("bigint generated always as identity primary key") },
	IMPORT_MIGRATION("3-import"),
	{ 0 },
};

const struct mcp_server library = {
	.name = "library", .title = "Lending library", .version = "1.0.0", .port = 8084,
	.instructions = "Search for a book before lending it.",
	.tools = tools, .resources = resources, .prompts = prompts, .skills = skills, .jobs = jobs,
	.commands = commands, .counters = counters, .settings = settings, .migrations = migrations,
	.scopes = "books:read loans:read loans:write", .database = "sqlite:library.db", .counts = "select count(*) as count from book",
};
