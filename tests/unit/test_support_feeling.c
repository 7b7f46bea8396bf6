/* test_support_feeling.c - how a customer feels, and whether they ask for a person, by sentences as people write them. */
#include "feeling.h"
#include "suite.h"

#include <stdio.h>

static struct arena *arena;

static int mistaken;            /* sentences that were taken for something else, each is told */

static void begin(void)
{
	mistaken = 0;
	arena = arena_create();
}

static void end(void)
{
	arena_destroy(arena);
}

static const char *const well[] = {
	"Thank you so much, that was really helpful!", "Great service, I'm very happy with the kettle.", "Perfect, thanks!",
	"Brilliant, that worked. Cheers", "I love it. Best purchase this year!", "Lovely, thank you for the quick reply.",
	"That's amazing, I didn't expect it so soon!", "Not bad at all, thanks.", "Awesome!!", "I appreciate your help",
	"Everything arrived and I couldn't be happier.", "Excellent, I will recommend you.", "You have been very helpful, thank you",
	"The tea is delicious", "Well done, all good now", "I am satisfied with the product", "No problem, take your time. Thanks!",
	"It works without problems, thank you", "GREAT JOB", "I really like the colour, it's beautiful",
	"Super, vielen Dank!", "Das ist ja toll, danke schön", "Alles bestens, ich bin sehr zufrieden.", "Perfekt, hat geklappt!",
	"Danke für die schnelle Hilfe, wirklich klasse", "Ich freue mich schon, prima Service", "Hervorragend, einwandfrei angekommen",
	"Wunderbar, Sie haben mir sehr geholfen. Danke!", "Nicht schlecht, das ging ja schnell", "Ich bin begeistert!",
	"Gefällt mir sehr gut", "Echt super nett, danke", "Das war hilfreich", "Genial!", "Großartig, dankeschön",
	"Vielen lieben Dank, sehr freundlich von Ihnen", "Gut gemacht!", "Kann ich nur empfehlen, tolle Qualität", "Alles gut, danke",
	"Ausgezeichnet, ich bestelle wieder",
	"Great, thank you!", "that helped a lot thanks", "wow super fast, love it", "You're the best", "Sehr gut, danke!", "Das freut mich",
	"Mega, vielen Dank", "Hat super funktioniert", "Bin sehr glücklich mit dem Kauf", "I'm so happy with it", "much appreciated",
	"Sie sind ein Schatz, danke",
};

static const char *const low[] = {
	"This is terrible!", "I am absolutely furious.", "This is the third time, and nobody answers. Disgraceful.",
	"Worst shop ever", "You are a bunch of thieves", "What a waste of money, the kettle is useless",
	"I'm fed up with this, still waiting for my refund!", "That is completely unacceptable!", "THIS IS RIDICULOUS",
	"I hate this", "Total scam, I want my money back", "Your service is appalling", "Thanks for nothing!",
	"It never arrived and I'm really angry", "This is a joke, never again", "I'm so frustrated and disappointed!!",
	"What a load of rubbish, the handle is broken!", "Are you kidding me? This is bullshit", "You people are incompetent",
	"I have had enough. You lied to me.", "Horrible experience, awful quality", "Still no answer! I am sick and tired of this",
	"It's a nightmare dealing with you", "The worst customer service I have seen!!!", "This crap fell apart after a day",
	"Das ist eine Frechheit!", "Unverschämt, ich warte immer noch", "Ich bin stinksauer", "So ein Saftladen, nie wieder!",
	"Das ist doch Betrug!", "Eine absolute Katastrophe", "Ich bin total enttäuscht und verärgert!", "Furchtbarer Service, keine Antwort!",
	"Jetzt reicht es, das ist inakzeptabel!", "So ein Scheiß, schon wieder kaputt", "Das nervt! Schon wieder keine Antwort!",
	"LÄCHERLICH!", "Abzocke!!", "Miserabel. Ich habe die Nase voll", "Ich bin wütend, das ist wirklich schlimm",
	"Danke für nichts!", "Schrecklich, der Schrott geht nicht",
	"Are you serious? Three weeks and nothing. This is outrageous.", "I'm extremely disappointed with your service",
	"what a terrible company", "You guys are the worst", "I regret ordering here, it's pure garbage",
	"So angry right now!!! You cheated me", "I've never been treated so badly, disgusting", "Absolutely awful. Never ordering again!",
	"pathetic excuse for support", "this sucks big time", "Euer Laden ist echt das Letzte!", "Ich bin stocksauer",
	"Das ist doch Verarsche", "Was für ein mieser Service!", "Ich habe die Schnauze voll!", "Unfassbar schlecht, so eine Frechheit",
	"Nie wieder bestelle ich hier!", "Ihr seid Betrüger!", "Ich könnte kotzen", "Unmöglich!!! Wie kann man so schlecht arbeiten!",
};

/* Said as it is, whatever is wrong. */
static const char *const neither[] = {
	"Where is my order ORD-7H2K9QX4TN?", "Do you have the blue kettle in stock?", "Good morning", "How long does shipping take?",
	"I would like to return the lamp", "My order is late", "One cup was broken when it arrived", "The wrong size was delivered",
	"Can I change the address?", "What is the price of KIT-0001?", "I have a problem with my order", "No thanks",
	"Something is missing in my parcel", "Is it dishwasher safe?", "Please cancel my order", "ok", "", "...", "12345",
	"The delivery was delayed, when does it come?", "I am not angry", "That is not a problem",
	"Wo ist meine Bestellung?", "Haben Sie den Wasserkocher in Blau?", "Guten Tag", "Wie lange dauert der Versand?",
	"Ich möchte die Lampe zurückgeben", "Eine Tasse war leider kaputt", "Die falsche Größe wurde geliefert", "Was kostet das?",
	"Kann ich die Adresse ändern?", "Mein Paket ist noch nicht da", "Ein Teil fehlt", "Bitte stornieren", "Ist das spülmaschinenfest?",
	"Ich habe eine Frage zu meiner Rechnung", "Kein Problem", "Nein danke", "Ich bin nicht sauer", "Liebe Grüße, Anna", "お元気ですか",
	"Can I swap the mug for a bigger one?", "The lid doesn't fit", "It arrived with a scratch, what can I do?",
	"I was charged twice for order 536365", "The tracking page shows nothing", "Please hurry, I need it by Friday",
	"I never got a confirmation email", "Why is it not available?", "I got the wrong colour, please send the right one",
	"Not sure which one to buy", "Die Farbe gefällt mir nicht", "Der Deckel passt nicht", "Ich habe noch keine Bestätigung bekommen",
	"Warum ist das nicht lieferbar?", "Ich wurde doppelt belastet", "Bitte beeilen Sie sich",
};

#define SAYS(condition, words, value) \
	((condition) ? (void)0 : (void)(mistaken++, printf("\"%s\" is %.2f\n", words, value)))

START_TEST(who_is_well)
{
	for (int i = 0; i < COUNT(well); i++)
		SAYS(feeling_of(arena, well[i]) >= 0.25, well[i], feeling_of(arena, well[i]));
	ck_assert_int_eq(mistaken, 0);
}
END_TEST

START_TEST(who_is_not)
{
	for (int i = 0; i < COUNT(low); i++)
		SAYS(feeling_of(arena, low[i]) <= FEELING_LOW, low[i], feeling_of(arena, low[i]));
	ck_assert_int_eq(mistaken, 0);
}
END_TEST

START_TEST(who_only_says_something)
{
	for (int i = 0; i < COUNT(neither); i++) {
		double feeling = feeling_of(arena, neither[i]);
		SAYS(feeling > -0.5 && feeling < 0.5, neither[i], feeling);
	}
	ck_assert_int_eq(mistaken, 0);
}
END_TEST

START_TEST(it_is_told_stronger)
{
	static const char *const pairs[][2] = {
		{ "this is bad", "this is BAD" }, { "this is bad", "this is bad!" }, { "this is bad!", "this is bad!!!" }, { "this is bad", "this is very bad" },
		{ "I am happy", "this is bad" }, { "I am not happy", "this is awful" }, { "that is not bad", "that is bad" }, { "das ist gut", "das ist nicht gut" },
		{ "schlecht", "sehr schlecht" },
	};

	for (int i = 0; i < COUNT(pairs); i++)
		ck_assert_msg(feeling_of(arena, pairs[i][1]) < feeling_of(arena, pairs[i][0]), "%s - %s", pairs[i][0], pairs[i][1]);
	ck_assert(feeling_of(arena, "I am not happy with this") < 0);
	ck_assert(feeling_of(arena, "I don't like it") < 0);
}
END_TEST

static const char *const asking[] = {
	"I want to talk to a human", "Can I speak to a real person please?", "agent", "Representative!!!", "human please",
	"Please connect me with an agent", "Put me through to your manager", "I need to speak with someone about my refund",
	"Let me talk to somebody", "Give me a human", "I want a real person", "Is there a real person here?", "can i chat with a live agent",
	"Could you transfer me to customer support?", "I'd rather talk to a person", "Why can't I talk to a human?",
	"I don't want to talk to a bot", "I do not want to speak to a machine, get me a person", "Stop. I want a supervisor.",
	"operator", "I'd like to speak to a member of staff", "Please call me back", "Can someone call me back?",
	"I want to escalate this", "talk to a person", "Get me an operator", "I would prefer to be transferred to an agent",
	"no more bots please", "I demand to speak to the manager", "can you put me through to someone",
	"Ich möchte mit einem Menschen sprechen", "Kann ich mit jemandem reden?", "Verbinden Sie mich bitte mit einem Mitarbeiter",
	"Mitarbeiter bitte", "Ich will einen echten Menschen", "Ich brauche einen Berater", "Kann ich bitte mit Ihrem Kundenservice sprechen?",
	"Ich will nicht mit einem Roboter sprechen", "Bitte rufen Sie mich zurück", "Ich bitte um Rückruf", "Mensch bitte!",
	"Kann ich nicht mit einem Menschen sprechen?", "ich will mit dem chef reden", "Geben Sie mir einen Ansprechpartner",
	"Können Sie mich an einen Kollegen weiterleiten?", "Ich würde lieber mit einer Person sprechen", "Keine Lust auf Chatbot",
	"Bitte mit einem richtigen Mitarbeiter verbinden",
	"I'd prefer to speak with a human being", "can you get a manager on here please", "Real person now", "HUMAN!!!!",
	"I need human help", "live agent", "speak to customer service", "Let me speak to your supervisor right now",
	"could I talk with one of your colleagues", "i want someone real to answer me", "Can you pass me on to a member of your team",
	"Is anybody human there? I want to talk to someone", "I would like to talk to an employee.",
	"stop wasting my time with a bot and connect me to a person", "I'm done with this bot, give me a real human",
	"Please have someone call me", "can i please just speak to somebody", "transfer me to a representative",
	"Ich hätte gerne einen Mitarbeiter gesprochen", "Kann mich bitte jemand anrufen?", "Gibt es hier auch echte Menschen?",
	"Ich möchte einen Menschen sprechen", "Einen Mitarbeiter bitte!", "Kann ich Ihren Vorgesetzten sprechen",
	"Bitte weiterleiten an einen Mitarbeiter", "Ich rede nicht mit Maschinen", "Kann ich mit einem echten Menschen chatten",
	"Holen Sie mir bitte einen Menschen",
	"this isnt working can i get a person", "pls connect me to a live person", "need to talk to somebody asap",
	"let me speak with a human agent", "I would rather deal with a human", "Where can I reach a real employee?",
	"can a human look at this please", "I need a person to look at my case", "hand me over to a colleague",
	"forward me to your support team please", "Could I have a word with a manager?", "I want to complain to your manager",
	"can i phone someone", "Do you have a phone number where I can talk to someone?", "This bot is useless, I need a human",
	"ich will jetzt mit einem echten mitarbeiter sprechen!!", "könnt ihr mich bitte mit jemandem verbinden",
	"Ich brauche Hilfe von einem Menschen", "Bitte einen Ansprechpartner nennen", "kann sich das mal ein mensch anschauen",
	"Ich verlange, mit Ihrem Vorgesetzten zu sprechen", "Leiten Sie mich bitte an einen Berater weiter", "können Sie mich anrufen?",
	"Gibt es eine Hotline, wo ich mit jemandem reden kann?",
};

static const char *const not_asking[] = {
	"Where is my order?", "I spoke to an agent yesterday and he told me it was sent", "Your colleague was very helpful",
	"I don't need to talk to a person", "No need to speak to anyone, thanks", "I was told by your representative that it ships today",
	"I have to talk to my manager first", "Is this desk for one person?", "I need a gift for a person who likes tea", "Do you sell a human skeleton?",
	"I need a cleaning agent", "Does the chair hold a person of 120 kg?", "Am I talking to a bot?", "Are you a robot?",
	"The delivery person was rude", "I am looking for a robot vacuum", "I don't mind talking to a bot", "My support cushion is broken",
	"Can someone help me with my order?", "The lamp does not connect to my computer", "You can call me Bob", "I want a machine that makes coffee",
	"The customer service was great", "I'd like the tea for two people", "Thank you, no agent needed", "I want to give my mother a present",
	"The person at the door signed for it", "I don't want a coffee machine", "Please transfer the money back to my account", "I want my money back",
	"I was talking to someone from your team last week",
	"Wo ist meine Bestellung?", "Ihr Mitarbeiter war sehr freundlich", "Ich habe gestern mit einem Mitarbeiter gesprochen",
	"Ich muss nicht mit jemandem sprechen", "Ist das Sofa für eine Person?", "Ich muss erst mit meinem Chef sprechen", "Bist du ein Roboter?",
	"Haben Sie einen Saugroboter?", "Der Bote hat bei einem Menschen im Haus geklingelt", "Ich brauche keinen Berater",
	"Kann jemand helfen?", "Ich möchte die Lampe zurück schicken", "Der Kundenservice war super", "Kein Mensch braucht das", "Ich will mein Geld zurück",
	"Mein Mann will einen Kaffeeautomat", "Bitte nicht anrufen", "", "!!!",
	"The human resources book I ordered is damaged", "I ordered the agent costume for my son", "My supervisor wants an invoice",
	"The operator manual is missing", "I want the personal agenda 2027", "Do I need to talk to the courier?",
	"The person who delivered it was nice", "I just talked to someone and it's solved", "When does support open?",
	"I'd like a representative sample of the teas", "Can you connect the order to my account?", "I want to get some people a present",
	"I need a chair for my staff", "I want to order tea for my team", "I want to find a book like Mensch und Maschine",
	"Ich brauche ein Geschenk für einen lieben Menschen", "Ich will eine Maschine für Kaffee",
	"Der Mitarbeiter am Telefon sagte, es kommt morgen", "Ich habe schon mit Ihrem Kollegen gesprochen",
	"Kann ich das Paket mit einer anderen Bestellung verbinden?", "Ich suche ein Buch über Menschen",
	"Haben Sie einen Mitarbeiterrabatt?", "Ich will nicht telefonieren", "Wie viele Personen passen an den Tisch?",
	"Is this tent for three people or four?", "I need it before I talk to people at the fair", "Ich möchte meiner Chefin etwas schenken",
	"My agent number is 12", "Thanks, I'd rather chat with you than with a person",
	"I need to talk about my order", "my husband wants to talk about the return", "can you check with the courier",
	"I'd like to chat about tea", "The human hair brush is out of stock?", "Who is your manager?", "Do your agents work on Sundays?",
	"I gave the parcel to a person at the post office", "the man in support said you would refund me", "is there a staff discount",
	"I need the contact lens case", "a representative called me this morning", "nobody has to call me",
	"please don't call me back, email is fine", "Would a person of 1.90 m fit?", "Der Chef hat gesagt, ich soll hier schreiben",
	"Ihr Kundendienst hat mir schon geholfen", "Ich möchte zwei Sets verbinden, geht das?", "Passt das für große Menschen?",
	"Für wie viele Personen ist das Service?", "Ich will keine Beratung", "Rufen Sie bitte nicht zurück",
	"Kann man die Lampe mit einer App verbinden?", "Ich spreche mit meinem Mann darüber", "Meine Mitarbeiter brauchen neue Stühle",
};

START_TEST(who_asks_for_a_person)
{
	for (int i = 0; i < COUNT(asking); i++)
		SAYS(feeling_wants_person(arena, asking[i]), asking[i], 0.0);
	ck_assert_int_eq(mistaken, 0);
}
END_TEST

START_TEST(who_does_not)
{
	for (int i = 0; i < COUNT(not_asking); i++)
		SAYS(!feeling_wants_person(arena, not_asking[i]), not_asking[i], 1.0);
	ck_assert_int_eq(mistaken, 0);
}
END_TEST

/* Any bytes, of any length: it ends, with a number within its bounds. */
START_TEST(whatever_is_written)
{
	static const char letters[] = "aA bot HUMAN not'\xe2\x80\x99\xc3\xa4\xff!?.,\n\xf0\x9f\x98\xa1 mensch terrible ";
	unsigned seed = 1;

	for (int round = 0; round < 2000; round++) {
		char text[600];
		size_t size = (size_t)(round * 7) % sizeof(text);
		for (size_t i = 0; i < size; i++) {
			seed = seed * 1103515245 + 12345;
			text[i] = letters[(seed >> 16) % (sizeof(letters) - 1)];
		}
		text[size ? size - 1 : 0] = '\0';
		double feeling = feeling_of(arena, text);
		ck_assert(feeling >= -1 && feeling <= 1);
		feeling_wants_person(arena, text);
	}
	char *longest = memset(arena_alloc(arena, 16001), 'a', 16000);
	ck_assert(feeling_of(arena, longest) == 0);
	for (int i = 0; i < 16000; i += 2)
		longest[i] = '!';
	ck_assert(feeling_of(arena, longest) == 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("support: feeling");
	TCase *tests = tcase_create("support: feeling");

	tcase_add_checked_fixture(tests, begin, end);
	tcase_add_test(tests, who_is_well);
	tcase_add_test(tests, who_is_not);
	tcase_add_test(tests, who_only_says_something);
	tcase_add_test(tests, it_is_told_stronger);
	tcase_add_test(tests, who_asks_for_a_person);
	tcase_add_test(tests, who_does_not);
	tcase_add_test(tests, whatever_is_written);
	suite_add_tcase(suite, tests);
	return run_suite(suite);
}
