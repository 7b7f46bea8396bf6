/* session_row.c - sessions in the database. */
#include "json.h"
#include "room_seen.h"
#include "session_rows.h"
#include "state_private.h"

static SHAPE(session_shape, struct state_session,
	TEXT(struct state_session, id, "Its id"),
	TEXT(struct state_session, caller, "Whose it is"),
	INT(struct state_session, party, "Whose share it is of"),
	INT(struct state_session, revision, "Which revision it speaks"),
	INT(struct state_session, can, "What its client can"),
	INT(struct state_session, log_least, "The least level of log messages it wants"),
	INT(struct state_session, listener, "The stream that carries its messages"),
	TEXT(struct state_session, followed, "The resources it follows"));

struct follow {
	const char *id, *uri, *kept, *caller;
	int64_t bytes;
};

static SHAPE(follow_shape, struct follow,
	TEXT(struct follow, id, "The session"),
	TEXT(struct follow, uri, "What it follows"),
	TEXT(struct follow, kept, "The same as it is kept, or JSON of those that are to go"),
	TEXT(struct follow, caller, "Whose"),
	INT(struct follow, bytes, "Of all that its caller follows"));

#define TELL(word) \
	" returning cast(pg_notify('" CHANNEL_ALL "', '" word " ' || id) as text) as followed"

bool session_row_insert(struct errand *errand, struct store *store)
{
	struct session_errand *session = (struct session_errand *)errand;

	session->there = true;
	return store_change(store, "insert into mcp_session (id, revision, can, caller, party,"
	                    " log_least) values (:id, :revision, :can, :caller, :party, :log_least)"
	                    " on conflict do nothing", session_shape, &session->session) >= 0
	       && beat_counts_session(store, session->session.id);
}

bool session_row_load(struct errand *errand, struct store *store)
{
	struct session_errand *session = (struct session_errand *)errand;
	int found = store_find_one(store, errand->arena,
		"select id, caller, revision, can, log_least, listener, cast(followed as text) as followed"
		" from mcp_session where id = :id",
		session_shape, &session->session, session_shape, &session->session);

	session->there = found == 1;
	return found >= 0;
}

/* A statement that changes the session and tells the others. */
static bool change(struct session_errand *session, struct store *store, const char *sql,
                   const struct shape *shape, const void *params)
{
	struct state_session told;
	int found = (store_find_one)(store, session->errand.arena, sql, shape, params, session_shape,
	                           &told);

	session->there = found == 1;
	return found >= 0;
}

bool session_row_delete(struct errand *errand, struct store *store)
{
	struct session_errand *session = (struct session_errand *)errand;

	return change(session, store, "delete from mcp_session where id = :id" TELL("ended"),
	              session_shape, &session->session);
}

bool session_row_set_level(struct errand *errand, struct store *store)
{
	struct session_errand *session = (struct session_errand *)errand;

	return change(session, store, "update mcp_session set log_least = :log_least where id = :id"
	              TELL("session"), session_shape, &session->session);
}

/* ---- What it follows ---- */

#define FOLLOWED_MAX "1000"
#define FOLLOWED_BYTES "262144"

/* What a session follows is told with the word, so that whoever hears it knows it before the next
 * change is told; only what is too long for a notification has to be read. */
#define TELL_URI(word, text) \
	" returning cast(pg_notify('" CHANNEL_ALL "', case when octet_length(cast(" text " as text)) < 7000" \
	" then '" word " ' || id || ' ' || cast(" text " as text) else 'session ' || id end) as text)" \
	" as followed"

#define FITS \
	" and octet_length(cast(followed as text)) + octet_length(cast(:kept as text)) < " FOLLOWED_BYTES

/* Whatever it is kept with. */
#define WITHOUT_SQLITE \
	"(select json_group_array(value) from json_each(followed)" \
	" where substr(value || char(1), 1, length(:uri) + 1) <> :uri || char(1))"
#define WITHOUT_POSTGRESQL \
	"(select coalesce(jsonb_agg(value), '[]') from jsonb_array_elements_text(followed)" \
	" where not starts_with(value || chr(1), cast(:uri as text) || chr(1)))"

static const char *const follow_sql[] = {
	[STORE_SQLITE] = "update mcp_session set followed = json_insert(" WITHOUT_SQLITE ", '$[#]', :kept)"
		" where id = :id and json_array_length(followed) < " FOLLOWED_MAX FITS
		TELL_URI("follow", ":kept"),
	[STORE_POSTGRESQL] = "update mcp_session"
		" set followed = " WITHOUT_POSTGRESQL " || to_jsonb(cast(:kept as text))"
		" where id = :id and jsonb_array_length(followed) < " FOLLOWED_MAX FITS
		TELL_URI("follow", ":kept"),
};

static const char *const unfollow_sql[] = {
	[STORE_SQLITE] = "update mcp_session set followed = (select json_group_array(value) from json_each(followed)"
		" where value not in (select value from json_each(:kept))) where id = :id"
		TELL_URI("unfollow", ":uri"),
	[STORE_POSTGRESQL] = "update mcp_session set followed = (select coalesce(jsonb_agg(value), '[]')"
		" from jsonb_array_elements_text(followed) where value not in"
		" (select jsonb_array_elements_text(cast(:kept as jsonb)))) where id = :id"
		TELL_URI("unfollow", ":uri"),
};

static bool change_followed(struct errand *errand, struct store *store, const char *const *sql)
{
	struct session_errand *session = (struct session_errand *)errand;
	struct follow follow = {
		.id = session->session.id, .uri = session->uri, .kept = session->kept
	};

	return change(session, store, sql[store_kind(store)], follow_shape, &follow);
}

/* With what divides it from the next. */
static int64_t written_as(struct arena *arena, const char *uri)
{
	struct json json = json_begin(arena, strlen(uri) + 16);

	json_text(&json, uri);
	return (int64_t)json_end(&json).size + 2;
}

/* Of all sessions of its caller: to sum that up is to look at every session there is. 1: there is room,
 * 0: there is none, -1: the database can't say. */
static int has_room(struct store *store, const struct session_errand *session, int64_t bytes)
{
	struct follow all = { .caller = session->session.caller }, sum = { 0 };

	if (!state_set.kept_max || room_is_sure(&room_followed, all.caller, bytes))
		return 1;
	if (store_find_one(store, NULL, "select cast(coalesce(sum(octet_length(cast(followed as text))), 0)"
	                   " as bigint) as bytes from mcp_session where caller = :caller",
	                   follow_shape, &all, follow_shape, &sum) != 1)
		return -1;
	int64_t left = state_set.kept_max / 8 - sum.bytes;
	room_look(&room_followed, all.caller, left);
	return bytes < left;
}

bool session_row_follow(struct errand *errand, struct store *store)
{
	struct session_errand *session = (struct session_errand *)errand;
	int64_t bytes = written_as(errand->arena, session->kept);
	int room = has_room(store, session, bytes);

	session->there = false;
	if (room != 1)
		return room == 0;
	room_give(&room_followed, bytes);
	return change_followed(errand, store, follow_sql);
}

bool session_row_unfollow(struct errand *errand, struct store *store)
{
	return change_followed(errand, store, unfollow_sql);
}
