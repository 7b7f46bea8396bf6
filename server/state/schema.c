/* schema.c - the tables that processes share.
 *
 * Times are the database's clock, in milliseconds, so that processes need not agree on theirs. SQLite's
 * columns of a table without rowid are in the order of their use: what is long comes last. Nor has it an
 * index for what goes through a table anyway, now and then: it may be memory that all of this is in. */
#include "state.h"

const struct migration state_migrations[] = {
	{ "shared-1",
	  "create table mcp_process (id integer primary key autoincrement, seen bigint not null);"

	  "create table mcp_session (id text primary key, revision bigint not null, can bigint not null,"
	  " caller text not null, party bigint not null default 0, log_least bigint not null,"
	  " listener bigint not null default 0, begun bigint not null default (mcp_now()),"
	  " used bigint not null default (mcp_now()),"
	  " followed text not null default '[]') without rowid;"

	  "create table mcp_stream (session text not null references mcp_session on delete cascade,"
	  " number bigint not null, home bigint not null, attached bigint not null,"
	  " listens boolean not null, last bigint not null, ended bigint not null default 0,"
	  " bytes bigint not null default 0, written bigint not null default 0, ids text not null,"
	  " primary key (session, number)) without rowid;"
	  "create index mcp_stream_ended on mcp_stream (ended) where ended <> 0;"

	  "create table mcp_event (session text not null, stream bigint not null,"
	  " number bigint not null, at bigint not null, data text not null,"
	  " primary key (session, stream, number),"
	  " foreign key (session, stream) references mcp_stream on delete cascade) without rowid;"

	  "create table mcp_call (id integer primary key autoincrement,"
	  " session text not null, stream bigint not null, until bigint not null,"
	  " claimed bigint not null default 0, bytes bigint not null default 0,"
	  " asked bigint not null default 0, name text not null, record text not null,"
	  " foreign key (session, stream) references mcp_stream on delete cascade);"
	  "create index mcp_call_session on mcp_call (session, stream, claimed, bytes);"
	  "create index mcp_call_until on mcp_call (until) where claimed = 0;"

	  "create table mcp_question (session text not null, number bigint not null,"
	  " call bigint not null references mcp_call on delete cascade,"
	  " answered boolean not null default false, key text not null, answer text,"
	  " primary key (session, number)) without rowid;"
	  "create index mcp_question_call on mcp_question (call);"

	  "create table mcp_task (id text primary key, caller text not null, owner bigint not null,"
	  " claimed bigint not null default 0, status text not null, created bigint not null,"
	  " updated bigint not null, ended bigint not null default 0, until bigint not null default 0,"
	  " bytes bigint not null default 0,"
	  " outcome_bytes bigint generated always as (length(cast(outcome as blob))) stored,"
	  " said text not null default '', record text not null default '',"
	  " outcome text not null default '') without rowid;"
	  "create index mcp_task_caller on mcp_task (caller, created);"
	  "create index mcp_task_until on mcp_task (until) where until <> 0;"
	  "create index mcp_task_bytes on mcp_task (caller, bytes) where bytes <> 0;"

	  "create table mcp_task_question (number integer primary key autoincrement,"
	  " task text not null references mcp_task on delete cascade, key text not null,"
	  " name text not null, method text not null, params text not null, answer text,"
	  " answered bigint not null default 0);"
	  "create index mcp_task_question_task on mcp_task_question (task);",
	  "create function mcp_now() returns bigint language sql as"
	  " 'select cast(extract(epoch from clock_timestamp()) * 1000 as bigint)';"

	  "create table mcp_process (id bigint generated always as identity primary key,"
	  " seen bigint not null);"

	  "create table mcp_session (id text primary key, revision bigint not null, can bigint not null,"
	  " caller text not null, log_least bigint not null, listener bigint not null default 0,"
	  " followed jsonb not null default '[]', begun bigint not null default mcp_now(),"
	  " used bigint not null default mcp_now());"
	  "create index mcp_session_used on mcp_session (used);"

	  "create table mcp_stream (session text not null references mcp_session on delete cascade,"
	  " number bigint not null, home bigint not null, attached bigint not null,"
	  " listens boolean not null, ids text not null, last bigint not null,"
	  " ended bigint not null default 0, primary key (session, number)) with (fillfactor = 70);"
	  "create index mcp_stream_home on mcp_stream (home) where ended = 0;"
	  "create index mcp_stream_ended on mcp_stream (ended) where ended <> 0;"

	  "create table mcp_event (session text not null, stream bigint not null,"
	  " number bigint not null, data text not null, at bigint not null,"
	  " primary key (session, stream, number),"
	  " foreign key (session, stream) references mcp_stream on delete cascade);"

	  "create table mcp_call (id bigint generated always as identity primary key,"
	  " session text not null, stream bigint not null, name text not null, record text not null,"
	  " until bigint not null, claimed bigint not null default 0,"
	  " foreign key (session, stream) references mcp_stream on delete cascade);"
	  "create index mcp_call_session on mcp_call (session, stream);"
	  "create index mcp_call_until on mcp_call (until) where claimed = 0;"

	  "create table mcp_question (session text not null, number bigint not null,"
	  " call bigint not null references mcp_call on delete cascade, key text not null,"
	  " answer text, answered boolean not null default false, primary key (session, number));"
	  "create index mcp_question_call on mcp_question (call);"

	  "create table mcp_task (id text primary key, caller text not null, owner bigint not null,"
	  " claimed bigint not null default 0, status text not null, said text not null default '',"
	  " created bigint not null, updated bigint not null, ended bigint not null default 0,"
	  " until bigint not null default 0, record text not null default '',"
	  " outcome text not null default '');"
	  "create index mcp_task_caller on mcp_task (caller, created);"
	  "create index mcp_task_until on mcp_task (until) where until <> 0;"

	  "create table mcp_task_question (number bigint generated always as identity primary key,"
	  " task text not null references mcp_task on delete cascade, key text not null,"
	  " name text not null, method text not null, params text not null, answer text,"
	  " answered bigint not null default 0);"
	  "create index mcp_task_question_task on mcp_task_question (task);" },

	/* SQLite began with these columns and indexes. */
	{ "shared-2", "",
	  "alter table mcp_call add column bytes bigint not null default 0,"
	  " add column asked bigint not null default 0;"
	  "drop index mcp_call_session;"
	  "create index mcp_call_session on mcp_call (session, stream, claimed, bytes);"
	  "alter table mcp_task add column bytes bigint not null default 0,"
	  " add column outcome_bytes bigint generated always as (octet_length(outcome)) stored;"
	  "create index mcp_task_bytes on mcp_task (caller, bytes, id) where bytes <> 0;" },
	{ "shared-3", "",
	  "alter table mcp_stream add column bytes bigint not null default 0,"
	  " add column written bigint not null default 0;" },
	{ "shared-4", "", "alter table mcp_session add column party bigint not null default 0;" },
	{ "shared-5", "create table mcp_secret (name text primary key, value text not null)", NULL },

	/* An event comes with a change of its stream's row, so only what becomes of events when the row goes
	 * has to be seen to: to look for the row again with each was a third of what an event cost. */
	{ "shared-6", "",
	  "create function mcp_stream_gone() returns trigger language plpgsql as $$ begin"
	  " delete from mcp_event where session = old.session and stream = old.number;"
	  " return null; end; $$;"
	  "create trigger mcp_stream_gone after delete on mcp_stream for each row"
	  " execute function mcp_stream_gone();"
	  "alter table mcp_event drop constraint mcp_event_session_stream_fkey;" },

	/* Whoever listened until now is not in it, which its first row says. */
	{ "shared-7",
	  "create table mcp_listener (topic integer primary key, begun bigint not null default (mcp_now()),"
	  " used bigint not null default (mcp_now()));"
	  "insert into mcp_listener (topic) values (0);",
	  "create table mcp_listener (topic bigint primary key, begun bigint not null default mcp_now(),"
	  " used bigint not null default mcp_now());"
	  "create index mcp_listener_used on mcp_listener (used);"
	  "insert into mcp_listener (topic) values (0);" },

	/* That one was filled by whoever came, and knew not who that was. The only step that takes away what a version
	 * before had: one that has shared-7 as its latest, of which there was no release, refuses who begins to listen
	 * until it is replaced. What sessions follow, and who listens already, is not touched. */
	{ "shared-8",
	  "drop table mcp_listener;"
	  "create table mcp_listener (caller integer, topic integer, begun bigint not null default (mcp_now()),"
	  " used bigint not null default (mcp_now()), primary key (caller, topic)) without rowid;"
	  "insert into mcp_listener (caller, topic, begun) values (0, 0, 0);",
	  "drop table mcp_listener;"
	  "create table mcp_listener (caller bigint, topic bigint, begun bigint not null default mcp_now(),"
	  " used bigint not null default mcp_now(), primary key (caller, topic));"
	  "create index mcp_listener_used on mcp_listener (used);"
	  "insert into mcp_listener (caller, topic, begun) values (0, 0, 0);" },
	{ 0 },
};
