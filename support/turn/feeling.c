/* feeling.c - see feeling.h: how a customer feels. */
#include "feeling.h"

#include <math.h>

#include "words.h"

#define NEAR 3                          /* words behind a negation that it turns round */
#define SOFT 15.0                       /* the more, the more words it takes to be sure */
#define MARKS 3                         /* exclamation marks that count */

/* What is said, from -4 to 4: words one after the other, the last of them with * as a beginning. Longer ones stand first
 * where they begin with the same. What only tells that something is broken or late is no anger by itself. */
static const struct said { const char *words; double weight; } said[] = {
	/* of several words */
	{ "no problem", 0.5 }, { "no worries", 0.5 }, { "no rush", 0.5 }, { "not a problem", 0.5 }, { "no hurry", 0.5 },
	{ "kein problem", 0.5 }, { "keine eile", 0.5 }, { "kein stress", 0.5 }, { "nicht schlimm", 0.8 },
	{ "not bad", 1.2 }, { "nicht schlecht", 1.2 }, { "not too bad", 1 }, { "can't complain", 1.5 },
	{ "can't wait", 1.8 }, { "can't fault", 2 }, { "couldn't be happier", 3 }, { "could not be happier", 3 },
	{ "i like", 1.8 }, { "we like", 1.8 }, { "i really like", 2 }, { "don't like", -2 }, { "do not like", -2 }, { "well done", 2.2 },
	{ "gut gemacht", 2.2 }, { "alles gut", 1.5 }, { "alles bestens", 2.5 }, { "all good", 1.5 }, { "thumbs up", 2 }, { "ich liebe", 2.7 },
	{ "toll free", 0 },
	{ "no thanks", 0 }, { "no thank you", 0 }, { "nein danke", 0 }, { "thanks for nothing", -3.3 }, { "danke fuer nichts", -3.3 },
	{ "good morning", 0 }, { "good afternoon", 0 }, { "good evening", 0 }, { "good day", 0 }, { "guten tag", 0 }, { "guten morgen", 0 },
	{ "guten abend", 0 }, { "best regards", 0 }, { "kind regards", 0 }, { "beste gruesse", 0 }, { "liebe gruesse", 0 },
	{ "fed up", -3 }, { "sick of", -3 }, { "sick and tired", -3.4 }, { "rip off", -3.3 }, { "ripped off", -3.3 }, { "waste of", -2.8 },
	{ "a joke", -2.8 }, { "never again", -3.2 }, { "nie wieder", -3.2 }, { "last straw", -3 }, { "had enough", -2.8 },
	{ "the worst", -3.3 }, { "still waiting", -1.6 }, { "warte immer noch", -1.6 }, { "immer noch nicht", -1.6 }, { "still not", -1.5 },
	{ "still no", -1.5 }, { "never arrived", -1.6 }, { "nie angekommen", -1.6 }, { "doesn't work", -1.6 }, { "does not work", -1.6 },
	{ "didn't work", -1.4 }, { "not working", -1.6 }, { "funktioniert nicht", -1.6 }, { "geht nicht", -1.2 },
	{ "nobody answers", -2.2 }, { "no one answers", -2.2 }, { "no answer", -1.6 }, { "keine antwort", -1.6 }, { "niemand antwortet", -2.2 },
	{ "schon wieder", -1.6 }, { "let down", -2.2 }, { "falling apart", -2 }, { "fell apart", -2 }, { "how dare", -3.2 },
	{ "keine lust mehr", -2.6 }, { "die nase voll", -3 }, { "schnauze voll", -3.4 }, { "echt das letzte", -3.3 }, { "zum kotzen", -3.5 },
	{ "geht gar nicht", -2.8 }, { "zu spaet", -1.4 },
	{ "too late", -1.4 }, { "out of patience", -2.8 }, { "lost patience", -2.8 },
	/* well */
	{ "thank", 1.6 }, { "thanks", 1.6 }, { "thx", 1.4 }, { "cheers", 1.2 }, { "good", 1.6 }, { "great", 2.6 }, { "excellent", 3 },
	{ "perfect*", 2.8 }, { "amazing", 3 }, { "awesome", 3 }, { "wonderful", 3 }, { "fantastic", 3 }, { "brilliant", 2.9 },
	{ "lovely", 2.5 }, { "love", 2.7 }, { "loved", 2.7 }, { "loves", 2.7 }, { "happy", 2.4 }, { "glad", 2 }, { "pleased", 2.2 },
	{ "delighted", 3 }, { "nice", 1.8 }, { "helpful", 2.3 }, { "appreciate*", 1.9 }, { "satisfied", 2.2 }, { "impressed", 2.5 },
	{ "best", 2.4 }, { "superb", 3 }, { "beautiful*", 2.4 }, { "recommend", 1.8 }, { "enjoy*", 2 }, { "pleasant*", 2 }, { "delicious", 2.8 },
	{ "danke", 1.6 }, { "dankeschoen", 1.8 }, { "vielen dank", 1.8 }, { "dank", 1.5 }, { "gut", 1.6 }, { "gute", 1.6 }, { "guter", 1.6 },
	{ "gutes", 1.6 }, { "super", 2.6 }, { "toll*", 2.5 }, { "klasse", 2.5 }, { "prima", 2.4 }, { "perfekt*", 2.8 }, { "spitze", 2.7 },
	{ "wunderbar*", 3 }, { "grossartig*", 3 }, { "ausgezeichnet", 3 }, { "hervorragend*", 3 }, { "zufrieden*", 2.2 }, { "freue", 2 },
	{ "freut", 2 }, { "freundlich*", 1.8 }, { "hilfreich", 2.2 }, { "schoen", 1.8 }, { "schoene*", 1.8 }, { "begeistert", 3 },
	{ "gluecklich*", 2.6 },
	{ "gefaellt", 2.2 }, { "empfehlen", 1.8 }, { "bestens", 2.5 }, { "einwandfrei", 2.5 }, { "genial", 2.8 },
	/* badly */
	{ "bad", -2 }, { "badly", -2 }, { "terribl*", -3.2 }, { "awful*", -3.1 }, { "horribl*", -3.2 }, { "horrendous", -3.3 },
	{ "worst", -3.3 }, { "worse", -2.3 }, { "useless", -3.1 }, { "hopeless", -2.8 }, { "appalling", -3.3 }, { "atrocious", -3.4 },
	{ "disgust*", -3.3 }, { "disgrace*", -3.3 }, { "shame*", -2.5 }, { "pathetic", -3.2 }, { "ridiculous", -2.9 }, { "outrage*", -3.3 },
	{ "unacceptable", -3.1 }, { "unbelievable", -2.3 }, { "incompetent", -3.2 }, { "angry", -2.8 }, { "furious", -3.5 },
	{ "livid", -3.5 }, { "annoy*", -2.2 }, { "frustrat*", -2.5 }, { "disappoint*", -2.4 }, { "upset", -2.2 }, { "unhappy", -2.4 },
	{ "dissatisfied", -2.6 }, { "hate", -3 }, { "hated", -3 }, { "scam*", -3.5 }, { "fraud*", -3.2 }, { "thieves", -3.5 }, { "liar*", -3.4 },
	{ "lied", -2.8 }, { "lying", -2.8 }, { "cheat*", -2.9 }, { "rubbish", -2.7 }, { "garbage", -3 }, { "trash", -2.6 }, { "crap*", -3.1 },
	{ "shit*", -3.5 }, { "bullshit", -3.6 }, { "fuck*", -3.7 }, { "damn", -2.4 }, { "bloody", -2 }, { "idiot*", -3.4 }, { "stupid", -2.8 },
	{ "nightmare", -3 }, { "sucks", -3 }, { "regret", -2 }, { "kotzen", -3.4 }, { "stocksauer", -3.6 }, { "verarsch*", -3.5 },
	{ "lawyer", -2 }, { "rude", -2.8 }, { "ignored", -2.1 }, { "broken", -1.6 }, { "damaged", -1.6 },
	{ "defective", -1.6 }, { "faulty", -1.6 }, { "wrong", -1.5 }, { "missing", -1.3 }, { "late", -1.2 }, { "delayed", -1.2 },
	{ "problem*", -1.2 },
	{ "unfortunately", -0.9 }, { "sad", -1.8 }, { "sadly", -1.2 }, { "poor", -2 }, { "complain", -1.6 }, { "complaint", -1.6 },
	{ "leaks", -1.2 },
	{ "schlecht*", -2 }, { "furchtbar*", -3.1 }, { "schrecklich*", -3.1 }, { "miserabel", -3.2 }, { "miserable*", -3.2 },
	{ "grottig", -3.2 }, { "mies", -2.7 }, { "miese*", -2.7 }, { "unverschaemt*", -3.4 }, { "frech*", -3.1 }, { "katastroph*", -3.3 },
	{ "inakzeptabel", -3.1 }, { "unmoeglich", -2.3 }, { "laecherlich", -3 }, { "peinlich", -2.6 }, { "saftladen", -3.5 },
	{ "sauladen", -3.6 },
	{ "drecksladen", -3.7 }, { "mist", -2.6 }, { "scheiss*", -3.5 }, { "schrott", -2.9 }, { "muell", -2.6 }, { "wuetend", -3.3 },
	{ "stinksauer", -3.6 }, { "sauer", -2.6 }, { "veraergert", -2.8 }, { "aergerlich", -2.5 }, { "aergere", -2.4 }, { "nervt", -2.4 },
	{ "nervig", -2.2 }, { "genervt", -2.5 }, { "enttaeusch*", -2.5 }, { "unzufrieden", -2.5 }, { "frustriert", -2.5 }, { "hasse", -3.1 },
	{ "betrug", -3.4 }, { "betrueg*", -3.4 }, { "abzock*", -3.5 }, { "luegner", -3.4 }, { "luegen", -2.8 }, { "idioten", -3.5 },
	{ "dumm", -2.6 }, { "bloed", -2.4 }, { "anwalt", -2.2 }, { "kaputt", -1.6 }, { "defekt*", -1.6 }, { "beschaedigt", -1.6 },
	{ "falsch*", -1.4 }, { "fehlt", -1.2 }, { "leider", -0.5 }, { "schlimm*", -2.2 }, { "traurig", -1.8 }, { "verspaetet", -1.2 },
};

#define NEGATIONS "not no never isn't isnt wasn't wasnt aren't don't dont doesn't doesnt didn't didnt won't can't cannot couldn't nothing" \
	" hardly without nicht kein keine keinen keiner keinem nie niemals ohne nichts weder kaum"
#define STRENGTHS "very so really extremely absolutely totally completely utterly too such incredibly sehr so echt wirklich total" \
	" absolut voellig extrem richtig wahnsinnig unglaublich"

/* How many words `some` are, if they stand there; 0: they do not. */
static size_t stand(const struct words *words, size_t at, const char *some)
{
	str rest = str_of(some);
	size_t count = 0;

	while (rest.size > 0) {
		str word = str_cut(&rest, ' ');
		const char *there = at + count < words->count ? words->at[at + count].text : NULL;
		bool begins = word.at[word.size - 1] == '*';
		if (!there || !(begins ? strncmp(there, word.at, word.size - 1) == 0 : str_is(word, there)))
			return 0;
		count++;
	}
	return count;
}

static const struct said *find(const struct words *words, size_t at, size_t *count)
{
	for (size_t i = 0; i < sizeof(said) / sizeof(*said); i++)
		/* The first letter alone tells of most that they do not stand there. */
		if (*said[i].words == *words->at[at].text && (*count = stand(words, at, said[i].words)) > 0)
			return &said[i];
	return NULL;
}

/* What stands before it in its clause makes it another, or stronger. */
static double weigh(const struct words *words, size_t at, size_t count, double weight)
{
	bool shouted = false;

	for (size_t i = at; i < at + count; i++)
		shouted = shouted || words->at[i].shouted;
	if (at > 0 && word_is(words, at - 1, STRENGTHS))
		weight *= 1.3;
	for (size_t back = 1; back <= NEAR && back <= at && !word_ends(words, at - back); back++)
		if (word_is(words, at - back, NEGATIONS)) {
			weight *= weight > 0 ? -0.8 : -0.4;
			break;
		}
	return shouted ? weight * 1.3 : weight;
}

double feeling_of(struct arena *arena, const char *text)
{
	struct words words = words_in(arena, text);
	double sum = 0;

	for (size_t at = 0, count; at < words.count; at += count) {
		const struct said *found = find(&words, at, &count);
		if (found)
			sum += weigh(&words, at, count, found->weight);
		else
			count = 1;
	}
	sum *= 1 + 0.12 * (double)(words.marks < MARKS ? words.marks : MARKS);
	return sum / sqrt(sum * sum + SOFT);
}
