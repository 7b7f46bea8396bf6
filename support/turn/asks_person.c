/* asks_person.c - see feeling.h: whether a customer asks for a person.
 *
 * A human being is named, and what is done with one is near: talk to, put me through to, I want, give me. Or there is no more in
 * the message than that ("agent, please"). Who is only mentioned ("your colleague told me"), is somebody's own ("my manager"), or is
 * not wanted ("no need to talk to anyone") is not asked for. */
#include "feeling.h"

#include "words.h"

#define ALONE_MAX 8                     /* words of a message that is nothing else */

/* Whoever can be asked for by that alone. */
#define HUMANS "human humans person agent representative rep operator supervisor manager advisor adviser employee mensch menschen" \
	" mitarbeiter mitarbeiterin mitarbeitern berater beraterin kundenberater kundenberaterin sachbearbeiter sachbearbeiterin" \
	" ansprechpartner ansprechpartnerin vorgesetzten vorgesetzter chef teamleiter"
/* And with a word for talking. */
#define ANYBODY HUMANS " someone somebody anyone anybody member staff team support service colleague colleagues jemand jemanden" \
	" jemandem kollegen kollegin kollege person kundenservice kundendienst kundenbetreuung personal"
#define ROBOTS "bot bots robot robots machine machines chatbot computer ai ki roboter maschine maschinen automat"

#define TALKS "speak talk chat deal complain hand phone call word connect transfer pass forward escalate reach through sprechen reden" \
	" verbinden verbinde verbindet weiterleiten durchstellen telefonieren chatten unterhalten weitergeben durchgestellt verbunden" \
	" weitergeleitet speaking talking transferred connected"
#define WANTS "want need get give prefer require request like rather have see find is fetch will moechte brauche wuensche gib geben" \
	" hol holen gebt gibt verlange bekomme haben bekommen bitte um"
/* Of those some are of anything: who is meant has to be clear. */
#define WEAK_WANTS "like is have see find haben will"
#define CLEAR "real live actual human echten echter echte richtigen agent representative operator supervisor manager mitarbeiter menschen" \
	" mensch berater"
/* What a person can do about it. */
#define HELPS "look check help answer reply read review take anschauen ansehen helfen antworten pruefen uebernehmen"
/* What may stand between a wish and whom it is for. */
#define BETWEEN "a an the some any one me us real live actual human being proper another different other please your somebody someone" \
	" there to here with from einen einem einer eine ein echten echte echter echtem echtes richtigen richtige richtiger anderen andere" \
	" mir mich uns bitte mit mal jetzt endlich den die der sie es hier auch lieber einfach sofort"
#define POLITE "please pls now thanks thank you hi hello hey ok okay yes just ja bitte jetzt sofort hallo danke nur endlich an"
#define OWN "my our his her their its mein meine meinen meinem meiner unser unsere unserem unseren sein seine seinem ihr"
/* Behind these nobody is wanted. Who asks why they can't does want one. */
#define REFUSALS "don't dont not no without than instead never needn't nicht kein keine keinen keinem keiner ohne statt anstatt nie"
#define QUESTIONS "why can't cant cannot can couldn't could warum wieso weshalb kann koennte koennen koennt"

#define TALK_NEAR 6
#define REFUSAL_NEAR 5

static bool is_near(const struct words *words, size_t at, const char *some, size_t near, size_t *where)
{
	for (size_t back = 1; back <= near && back <= at && !word_ends(words, at - back); back++)
		if (word_is(words, at - back, some)) {
			*where = at - back;
			return true;
		}
	return false;
}

static bool is_near_behind(const struct words *words, size_t at, const char *some, size_t near)
{
	for (size_t on = 1; on <= near && !word_ends(words, at + on); on++)
		if (word_is(words, at + on, some))
			return true;
	return false;
}

/* "I don't want to talk to a person", "no need to"; not "why can't I", "kann ich nicht". */
static bool is_refused(const struct words *words, size_t at)
{
	size_t where;

	return is_near(words, at, REFUSALS, REFUSAL_NEAR, &where) && !is_near(words, at, QUESTIONS, REFUSAL_NEAR + 3, &where);
}

/* "am I talking to", "spreche ich": who wonders, and "I was talking to": who tells. */
static bool is_told(const struct words *words, size_t talk)
{
	return word_is(words, talk, "talking speaking connected transferred through verbunden durchgestellt weitergeleitet")
	    && (talk == 0 || !word_is(words, talk - 1, "be get prefer rather me")) && !word_is(words, talk + 1, "me")
	    && !(talk >= 2 && word_is(words, talk - 2, "be get put") && word_is(words, talk - 1, "me being"));
}

/* Not "my manager", and not "a person of 120 kg". */
static bool is_nobodys(const struct words *words, size_t at)
{
	return !(at > 0 && word_is(words, at - 1, OWN))
	    && !word_is(words, at + 1, "who that which name named told said tall hair sample samples costume skeleton");
}

/* "einen Menschen sprechen", "gerne einen Mitarbeiter gesprochen" */
static bool is_spoken(const struct words *words, size_t at)
{
	size_t wish;

	return word_is(words, at, HUMANS) && is_nobodys(words, at) && word_is(words, at + 1, "sprechen gesprochen")
	    && is_near(words, at, "kann koennte moechte will wuerde haette gern gerne darf", REFUSAL_NEAR, &wish) && !is_refused(words, at);
}

/* "talk to a human", "put me through to your manager", "mit einem Menschen sprechen". */
static bool is_talked_to(const struct words *words, size_t at)
{
	size_t talk;

	if (!word_is(words, at, ANYBODY) || !is_nobodys(words, at))
		return false;
	if (is_near(words, at, "than statt instead", 3, &talk))
		return false;
	if (is_near(words, at, TALKS, TALK_NEAR, &talk))
		return !is_told(words, talk) && !is_refused(words, talk) && !(at > 0 && word_is(words, at - 1, REFUSALS));
	return is_near(words, at, "mit an zu", 4, &talk) && is_near_behind(words, at, TALKS, 4) && !is_refused(words, talk)
	    && !is_near_behind(words, at, "nicht", 3);
}

/* "I want a real person", "ich brauche einen Berater": nothing but small words in between. */
static bool is_wanted(const struct words *words, size_t at)
{
	bool somebody_real = word_is(words, at, "someone somebody anyone") && word_is(words, at + 1, "real human");
	bool human_help = word_is(words, at, "human") && word_is(words, at + 1, "help support assistance contact");
	size_t from = at;

	if (!(word_is(words, at, HUMANS) || somebody_real) || !is_nobodys(words, at))
		return false;
	while (from > 0 && word_is(words, from - 1, BETWEEN) && !word_is(words, from - 1, WANTS))
		from--;
	if (from == 0 || (from == at && !somebody_real && !human_help) || !word_is(words, from - 1, WANTS))
		return false;
	if (word_is(words, from - 1, "is") && !word_is(words, from, "there anyone somebody someone"))
		return false;
	if (is_refused(words, from - 1) || is_near_behind(words, at, "nicht", 2))
		return false;
	return !word_is(words, from - 1, WEAK_WANTS) || is_near_behind(words, from - 1, CLEAR, at - from + 1);
}

/* "can a human look at this", "Hilfe von einem Menschen" */
static bool is_to_help(const struct words *words, size_t at)
{
	size_t where;

	if (!word_is(words, at, "human person agent mensch mitarbeiter menschen") || !is_nobodys(words, at) || is_refused(words, at))
		return false;
	return (is_near(words, at, "can could kann koennte soll", 6, &where) && is_near_behind(words, at, HELPS, 3))
	    || (is_near(words, at, "help hilfe", 4, &where) && is_near(words, at, "from by von durch", 2, &where));
}

/* "Agent!", "a human please". */
static bool is_alone(const struct words *words)
{
	bool human = false;
	size_t count = 0;

	for (size_t i = 0; i < words->count; i++) {
		if (word_is(words, i, ", ."))
			continue;
		human = human || word_is(words, i, HUMANS);
		if (++count > ALONE_MAX || !(word_is(words, i, HUMANS) || word_is(words, i, BETWEEN) || word_is(words, i, POLITE)))
			return false;
	}
	return human;
}

/* "I don't want to talk to a bot", "nicht mit einem Roboter". */
static bool is_no_robot(const struct words *words, size_t at)
{
	size_t where;

	return word_is(words, at, ROBOTS) && at > 0 && word_is(words, at - 1, "a the any this that your some stupid to with more einem einer"
		" einen ein eine dem der diesem keinen kein keine mit mehr no auf")
	    && is_near(words, at, "not don't dont no stop nicht kein keinen keinem keine", REFUSAL_NEAR + 1, &where)
	    && (is_near(words, at, TALKS " want bots like mit lust", REFUSAL_NEAR, &where) || word_is(words, where + 1, "more mehr"))
	    && !is_near(words, at, "mind care problem stoert egal", REFUSAL_NEAR + 1, &where);
}

/* "call me back", "rufen Sie mich zurück". */
static bool is_called_for(const struct words *words, size_t at)
{
	size_t where;

	if (word_is(words, at, "back zurueck"))
		return (is_near(words, at, "call ring phone ruf rufen ruft", 3, &where)) && word_is(words, at - 1, "me us mich uns bitte")
		    && !is_refused(words, where);
	if (word_is(words, at, "anrufen zurueckrufen") && is_near(words, at, "mich uns", 2, &where))
		return is_near(words, where, "kann koennen koennt koennten bitte", 4, &where) && !is_refused(words, at);
	if (word_is(words, at, "someone somebody anyone jemand"))
		return (is_near_behind(words, at, "anrufen zurueckrufen anruft", 3) || (is_near_behind(words, at, "call ring phone", 2)
		        && is_near_behind(words, at, "me us", 3))) && !is_refused(words, at);
	if (word_is(words, at, "rueckruf"))
		return is_near(words, at, "um bitte moechte brauche wuensche einen", 3, &where) && !is_refused(words, at);
	return word_is(words, at, "escalate") && is_near_behind(words, at, "this it my", 1) && !is_refused(words, at);
}

bool feeling_wants_person(struct arena *arena, const char *text)
{
	static bool (*const ways[])(const struct words *words, size_t at) = {
		is_talked_to, is_spoken, is_wanted, is_to_help, is_no_robot, is_called_for,
	};
	struct words words = words_in(arena, text);

	for (size_t at = 0; at < words.count; at++)
		for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++)
			if (ways[i](&words, at))
				return true;
	return is_alone(&words);
}
