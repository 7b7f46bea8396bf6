/* schema.c - the tables of conversations, as the steps that make them. */
#include "conversation.h"

/* `key` is a text that is compared and ordered byte by byte, as SQLite does by itself. `clustered` keeps what belongs to a
 * conversation together on SQLite; PostgreSQL has no such word. */
#define TABLES(key, clustered) \
	"create table conversation (" \
	" id " key " primary key," \
	" customer " key " not null," \
	" status text not null check (status in ('open', 'waiting', 'with_person', 'closed'))," \
	" started_at bigint not null," \
	" updated_at bigint not null," \
	" messages bigint not null default 0," \
	" answered bigint not null default 0," \
	" waiting_since bigint not null default 0," \
	" reason text, contact text, person text," \
	" sentiment double precision," \
	" low_count bigint not null default 0," \
	" failed_turns bigint not null default 0," \
	" rating bigint not null default 0," \
	" comment text," \
	" summary text, summary_to bigint not null default 0," \
	" turn_seq bigint not null default 0," \
	" turn_owner bigint not null default 0," \
	" turn_until bigint not null default 0," \
	" turn_asks bigint not null default 0," \
	" turn_steps text, turn_text text" \
	");" \
	"create index conversation_turn on conversation (turn_owner) where turn_owner <> 0;" \
	"create index conversation_customer on conversation (customer, updated_at, id);" \
	"create index conversation_updated on conversation (updated_at, id);" \
	"create index conversation_status on conversation (status, updated_at, id);" \
	"create index conversation_started on conversation (started_at);" \
	"create index conversation_queue on conversation" \
	" (status, (waiting_since / 300000), (coalesce(sentiment, 0)), waiting_since, id) where status = 'waiting';" \
	"create index conversation_unanswered on conversation (updated_at, id) where answered < messages and status = 'open';" \
	"create table message (" \
	" conversation_id " key " not null references conversation (id)," \
	" seq bigint not null," \
	" at bigint not null," \
	" role text not null check (role in ('customer', 'model', 'person', 'note'))," \
	" author " key " not null," \
	" text text not null," \
	" cards text, steps text," \
	" answers bigint not null default 0," \
	" cut text," \
	" tokens_in bigint not null default 0," \
	" tokens_out bigint not null default 0," \
	" tokens_cached bigint not null default 0," \
	" idempotency_key " key "," \
	" call bigint not null default 0," \
	" primary key (conversation_id, seq)," \
	" unique (role, author, idempotency_key)" \
	")" clustered ";" \
	"create index message_call on message (call) where call <> 0;" \
	"create index message_at on message (at)"

const struct migration support_migrations[] = {
	{ "1-support", .sqlite = TABLES("text", " without rowid"), .postgres = TABLES("text collate \"C\"", "") },
	{ 0 },
};

const char conversations_count[] = "select count(*) as count from conversation";
