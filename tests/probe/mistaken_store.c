/* mistaken_store.c - mistakes with the store, in whatever a program runs: tools, resources, what completes, jobs, commands. */
#include "mistaken.h"

struct which { const char *how; };
struct row { int64_t id; };
struct consent { bool sure; };

static SHAPE(row_shape, struct row, INT(struct row, id, "A number"));

static SHAPE(consent_shape, struct consent, BOOL(struct consent, sure, "Sure?", .required = true));

/* Chosen as it runs, so that nobody could prepare it before. */
static const char *volatile misspelt = "select colour from unused";

static bool misspells(struct mcp_call *call, struct store *store)
{
	struct row row;

	return (store_find_one)(store, mcp_arena(call), misspelt, NULL, NULL, row_shape, &row) >= 0;
}

/* What comes of SQL as it stands is looked at where it is read. */
static enum mcp_answer no_number(struct mcp_call *call, struct store *store)
{
	struct row row;

	if (store_find_one(store, mcp_arena(call), "select 'seven' as id", NULL, NULL, row_shape, &row) != 1)
		return mcp_fail(call, "It is unavailable; try again shortly.");
	return mcp_say(call, "Number %lld.", (long long)row.id);
}

static bool adds(struct store *store, int64_t id)
{
	return store_change(store, "insert into unused (id) values (:id)", row_shape, &(struct row) { id }) == 1;
}

static bool clears(struct store *store)
{
	return store_change(store, "delete from unused", NULL, NULL) >= 0;
}

static int64_t count(struct mcp_call *call, struct store *store)
{
	struct row row = { -1 };

	(void)!store_find_one(store, mcp_arena(call), "select count(*) as id from unused", NULL, NULL, row_shape, &row);
	return row.id;
}

static enum mcp_answer unknown_column(struct mcp_call *call, struct store *store)
{
	if (!misspells(call, store))
		return mcp_fail(call, "It is unavailable; try again shortly.");
	return mcp_say(call, "Found.");
}

static enum mcp_answer overlooks(struct mcp_call *call, struct store *store)
{
	(void)misspells(call, store);
	return mcp_say(call, "Done.");
}

/* No mistake: such a row is there, which only the database knows for sure. */
static enum mcp_answer constraint(struct mcp_call *call, struct store *store)
{
	if (!clears(store) || !adds(store, 1))
		return mcp_fail(call, "It could not be cleared.");
	return adds(store, 1) ? mcp_say(call, "Added.") : mcp_fail(call, "It is there already.");
}

static enum mcp_answer asks(struct mcp_call *call, struct store *store)
{
	struct consent consent;

	switch (mcp_ask(call, "sure", consent_shape, &consent, "Sure?")) {
	case MCP_PENDING:     return MCP_WAITING;
	case MCP_UNAVAILABLE: return mcp_must_ask(call);
	default:              return mcp_say(call, "There are %lld.", (long long)count(call, store));
	}
}

static enum mcp_answer writes_and_asks(struct mcp_call *call, struct store *store)
{
	return adds(store, count(call, store) + 1) ? asks(call, store) : mcp_fail(call, "It could not be added.");
}

static bool add_and_end(struct store *store, void *wanted)
{
	return adds(store, 1000) && *(bool *)wanted;
}

static enum mcp_answer transacts_and_asks(struct mcp_call *call, struct store *store)
{
	bool wanted = true;

	return store_transact(store, add_and_end, &wanted) == STORE_COMMITTED ? asks(call, store)
	       : mcp_fail(call, "It could not be added.");
}

/* No mistakes: what was written is taken back, or was nothing. */
static enum mcp_answer takes_back_and_asks(struct mcp_call *call, struct store *store)
{
	bool wanted = false;

	return store_transact(store, add_and_end, &wanted) == STORE_TAKEN_BACK ? asks(call, store)
	       : mcp_fail(call, "It could not be taken back.");
}

static enum mcp_answer changes_nothing_and_asks(struct mcp_call *call, struct store *store)
{
	return store_change(store, "delete from unused where id = -1", NULL, NULL) == 0 ? asks(call, store)
	       : mcp_fail(call, "It could not be deleted.");
}

static enum mcp_answer writes_and_begins(struct mcp_call *call, struct store *store)
{
	if (!adds(store, count(call, store) + 1))
		return mcp_fail(call, "It could not be added.");
	return mcp_begin_task(call) ? mcp_say(call, "There are %lld.", (long long)count(call, store)) : MCP_WAITING;
}

static enum mcp_answer begins_and_misspells(struct mcp_call *call, struct store *store)
{
	return mcp_begin_task(call) ? unknown_column(call, store) : MCP_WAITING;
}

static enum mcp_answer counts(struct mcp_call *call, struct store *store)
{
	return mcp_say(call, "There are %lld.", (long long)count(call, store));
}

static enum mcp_answer cleared(struct mcp_call *call, struct store *store)
{
	return clears(store) ? mcp_say(call, "Cleared.") : mcp_fail(call, "It could not be cleared.");
}

static const struct kind {
	const char *how;
	enum mcp_answer (*make)(struct mcp_call *call, struct store *store);
} kinds[] = {
	{ "unknown column", unknown_column },
	{ "no number", no_number },
	{ "overlooks", overlooks },
	{ "constraint", constraint },
	{ "writes and asks", writes_and_asks },
	{ "transacts and asks", transacts_and_asks },
	{ "takes back and asks", takes_back_and_asks },
	{ "changes nothing and asks", changes_nothing_and_asks },
	{ "writes and begins", writes_and_begins },
	{ "begins and misspells", begins_and_misspells },
	{ "counts", counts },
	{ "clears", cleared },
	{ 0 },
};

enum mcp_answer mistaken_store(struct mcp_call *call, const void *in, struct store *store)
{
	const struct which *which = in;

	for (const struct kind *kind = kinds; kind->how; kind++)
		if (strcmp(kind->how, which->how) == 0)
			return kind->make(call, store);
	return mcp_fail(call, "There is no such mistake.");
}

void mistaken_completes(struct mcp_call *call, const char *argument UNUSED, const char *value, struct store *store)
{
	if (misspells(call, store))
		mcp_suggest(call, value);
}

int mistaken_sees(struct mcp_call *call, const void *in UNUSED, struct store *store)
{
	return misspells(call, store) ? 1 : -1;
}

int64_t mistaken_works(struct store *store)
{
	if (setting_int("MISTAKEN_JOB"))
		(void)!(store_change)(store, misspelt, NULL, NULL);
	return INT64_C(3600000);
}

int mistaken_command(struct store *store, int argc UNUSED, char **argv UNUSED)
{
	(void)!(store_change)(store, misspelt, NULL, NULL);
	return 0;
}
