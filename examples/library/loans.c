/* loans.c - who has which book: lent, given back, late, and a report of all of it. */
#include "library.h"

/* ---- lend ---- */

const SHAPE(lend_shape, struct lend,
	TEXT(struct lend, key, "New for each loan, the same to repeat a call", .required = true, AT_LEAST(8), AT_MOST(64)),
	TEXT(struct lend, book, "Number of the book", .required = true, AT_MOST(40)),
	TEXT(struct lend, member, "Number on the member's card", .required = true, AT_MOST(20)));

const SHAPE(loan_shape, struct loan,
	INT(struct loan, id, "Number of the loan", .required = true),
	TEXT(struct loan, book, "Number of the book", .required = true),
	TEXT(struct loan, member, "Who has it", .required = true),
	TIME(struct loan, due, "When it must be back", .required = true),
	TIME(struct loan, returned, "When it came back"));

struct lending {
	const char *caller, *key, *book, *member;
	int64_t due;
	struct arena *arena;
	struct loan loan;
	bool known;
	const char *why;                /* not lent: in these words */
};

static SHAPE(lending_shape, struct lending,
	TEXT(struct lending, caller, ""), TEXT(struct lending, key, ""), TEXT(struct lending, book, ""),
	TEXT(struct lending, member, ""), TIME(struct lending, due, ""));

/* May be run again by the database, so it sets all it leaves behind. */
static bool lend_once(struct store *store, void *context)
{
	struct lending *lending = context;
	struct book book;
	int found = store_find_one(store, lending->arena, "select id, book, member, due, returned from loan"
	                           " where caller = :caller and key = :key",
	                           lending_shape, lending, loan_shape, &lending->loan);

	lending->known = found == 1;
	lending->why = NULL;
	if (found != 0)
		return found == 1;
	found = find_book(store, lending->arena, lending->book, &book);
	if (found == 0)
		lending->why = arena_print(lending->arena, "There is no book %s; search_books knows the numbers.", lending->book);
	else if (found == 1 && book.available < 1)
		lending->why = arena_print(lending->arena, "All copies of %s are lent.", book.title);
	if (found != 1 || lending->why)
		return false;
	found = store_find_one(store, lending->arena, "insert into loan (caller, key, book, member, due)"
	                       " select :caller, :key, :book, member, :due from member where member = :member"
	                       " returning id, book, member, due, returned",
	                       lending_shape, lending, loan_shape, &lending->loan);
	if (found == 0)
		lending->why = arena_print(lending->arena, "Nobody has the card %s; add_member gives one.", lending->member);
	return found == 1;
}

enum mcp_answer lend(struct mcp_call *call, const void *in, struct store *store)
{
	const struct lend *asked = in;
	struct lending lending = { mcp_caller(call), asked->key, asked->book, asked->member,
	                           now_ms() + setting_int("LOAN_PERIOD"), .arena = mcp_arena(call) };

	switch (store_transact(store, lend_once, &lending)) {
	case STORE_COMMITTED:  break;
	case STORE_TAKEN_BACK: return mcp_fail(call, "%s", lending.why);
	default:               return mcp_fail(call, DOWN);
	}
	if (strcmp(lending.loan.book, asked->book) || strcmp(lending.loan.member, asked->member))
		return mcp_fail(call, "That key lent %s to %s already; take a new key.", lending.loan.book, lending.loan.member);
	if (!lending.known)
		book_changed(mcp_arena(call), asked->book);
	return mcp_return(call, loan_shape, &lending.loan);
}

/* ---- give_back ---- */

struct fee { bool paid; };

const SHAPE(give_back_shape, struct give_back,
	INT(struct give_back, loan, "Number of the loan", .required = true),
	BOOL(struct give_back, fee_paid, "True: the fee of a late book is paid already", DEFAULT(false)));

static SHAPE(fee_shape, struct fee, BOOL(struct fee, paid, "The fee is paid", .required = true));

struct giving { int64_t loan, now; };

static SHAPE(giving_shape, struct giving, INT(struct giving, loan, ""), TIME(struct giving, now, ""));

enum mcp_answer give_back(struct mcp_call *call, const void *in, struct store *store)
{
	const struct give_back *asked = in;
	struct giving giving = { asked->loan, now_ms() };
	struct fee fee = { .paid = true };
	struct loan loan;

	switch (store_find_one(store, mcp_arena(call), "select id, book, member, due, returned from loan where id = :loan",
	                       give_back_shape, asked, loan_shape, &loan)) {
	case 1:  break;
	case 0:  return mcp_fail(call, "There is no loan %lld.", (long long)asked->loan);
	default: return mcp_fail(call, DOWN);
	}
	if (!loan.returned && loan.due < giving.now && !asked->fee_paid)
		switch (mcp_ask(call, "fee", fee_shape, &fee, "Book %s is late. Did %s pay the fee?", loan.book, loan.member)) {
		case MCP_PENDING:     return MCP_WAITING;
		case MCP_ACCEPTED:    break;
		case MCP_UNAVAILABLE: return mcp_cannot_ask(call, "Ask whether the fee is paid, then pass fee_paid: true.");
		default:              fee.paid = false;
		}
	if (!fee.paid)
		return mcp_say(call, "Loan %lld stays open until the fee is paid.", (long long)loan.id);
	/* Where it was given back already this changes nothing. */
	switch (store_change(store, "update loan set returned = :now where id = :loan and returned is null",
	                     giving_shape, &giving)) {
	case 1:  book_changed(mcp_arena(call), loan.book);
	         return mcp_say(call, "Book %s is back.", loan.book);
	case 0:  return mcp_say(call, "Book %s was back already.", loan.book);
	default: return mcp_fail(call, DOWN);
	}
}

/* ---- report ---- */

const SHAPE(report_shape, struct report,
	INT(struct report, books, "Books there are", .required = true),
	INT(struct report, loans, "Loans there ever were", .required = true),
	INT(struct report, open, "Not given back yet", .required = true),
	INT(struct report, late, "Of these too late", .required = true),
	TEXT(struct report, most_lent, "Title that was lent most"));

struct tally { const char *title; int64_t loans, open, late; };
struct now { int64_t now; };

static SHAPE(tally_shape, struct tally,
	TEXT(struct tally, title, ""), INT(struct tally, loans, ""),
	INT(struct tally, open, ""), INT(struct tally, late, ""));
static SHAPE(now_shape, struct now, TIME(struct now, now, ""));

struct count { struct mcp_call *call; struct report all, sum; int64_t most; };

static bool add(void *context, const void *row)
{
	struct count *count = context;
	const struct tally *tally = row;

	count->sum.books++;
	count->sum.loans += tally->loans;
	count->sum.open += tally->open;
	count->sum.late += tally->late;
	if (tally->loans > count->most) {
		count->most = tally->loans;
		count->sum.most_lent = arena_copy(mcp_arena(count->call), str_of(tally->title));
	}
	/* A text for each of many books would be more than anybody reads. */
	return (count->sum.books % 100 && count->sum.books < count->all.books) || mcp_progress(count->call, (double)count->sum.books, (double)count->all.books,
		"%lld books were counted", (long long)count->sum.books);
}

enum mcp_answer report(struct mcp_call *call, const void *in UNUSED, struct store *store)
{
	struct count count = { .call = call };
	struct now now = { now_ms() };

	if (store_find_one(store, mcp_arena(call), "select count(*) as books from book", NULL, NULL,
	                   report_shape, &count.all) != 1 ||
	    !store_each(store, "select title, count(loan.id) as loans,"
	                " count(case when loan.id is not null and returned is null then 1 end) as open,"
	                " count(case when returned is null and due < :now then 1 end) as late"
	                " from book left join loan on loan.book = book.id group by book.id, title order by book.id",
	                now_shape, &now, tally_shape, add, &count))
		return mcp_fail(call, DOWN);
	if (!mcp_wanted(call))
		return mcp_fail(call, "There was no time to count them all.");
	return mcp_return(call, report_shape, &count.sum);
}

/* ---- overdue ---- */

/* Of several processes only one gets a loan from the statement, so each is counted once. */
int64_t mark_overdue(struct store *store)
{
	struct arena *arena = arena_create();
	struct now now = { now_ms() };
	ROWS(struct loan) rows;
	bool done = store_find(store, arena, "update loan set overdue = :now where returned is null and overdue is null"
	                       " and due < :now returning id, book", now_shape, &now, loan_shape, &rows);

	if (done && rows.count > 0) {
		mcp_count(LOANS_OVERDUE, rows.count);
		mcp_notice("%lld loans are overdue", (long long)rows.count);
	}
	arena_destroy(arena);
	return done ? 3600 * 1000 : 60 * 1000;
}
