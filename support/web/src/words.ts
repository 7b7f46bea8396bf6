// words.ts - everything the page says, in one place; a language is one more table like it.

const en = {
	title: 'Support',
	loading: 'One moment …',
	broken: 'This page can’t begin: its settings could not be read. Load it again in a moment.',

	closedTo: 'This page can’t reach us, and trying again by itself does not help. Please try later, or write to us another way.',
	closedWhy: 'For whoever runs it: the server answered {status}. The api in config.json has to be its endpoint, and ALLOWED_ORIGINS lists this page’s origin.',

	signIn: 'Sign in',
	signInWhy: 'Sign in to talk with us, and to see what we said before.',
	signInFailed: 'You were not signed in. Please try again.',
	signedOut: 'You are signed out. What you have not sent is kept; sign in to go on.',
	signOut: 'Sign out',
	key: 'Key',
	keyHint: 'For trying: a key of the server.',
	keyUse: 'Use this key',
	asStaff: 'The desk',
	asCustomer: 'As a customer',
	noRights: 'You may not use this: no right to chat, and none to answer.',

	online: 'Connected',
	offline: 'No connection. Trying again …',

	conversations: 'Your conversations',
	none: 'There is none yet.',
	begin: 'New conversation',
	back: 'Back to the list',
	older: 'Show earlier messages',
	newTitle: 'A new conversation',
	newHint: 'Ask anything about our products, your orders, or sending something back.',
	choose: 'Choose a conversation.',
	missing: 'There is no such conversation.',
	moreConversations: 'Show more',

	queue: 'Waiting for a person',
	taken: 'With a person',
	all: 'All conversations',
	nobodyWaits: 'Nobody waits.',
	nobodyTaken: 'None.',
	waitsSince: 'since {time}',
	mine: 'yours',

	open: 'The assistant answers',
	waiting: 'Waiting for a person',
	with_person: 'With a person',
	closed: 'Closed',
	waitingPlace: 'Waiting for a person; place {place} in the queue',
	withPerson: 'With {person}',

	you: 'You',
	assistant: 'Assistant',
	customer: 'Customer {name}',
	person: '{name}, of the shop',
	writing: 'The assistant is writing',
	customerWrites: 'The customer is writing',
	personWrites: '{name} is writing',
	shopWrites: 'Somebody of the shop is writing',
	customerIsHere: 'The customer is here',
	personIsHere: '{name} is here',
	cut: 'The answer was cut off here.',

	message: 'Your message',
	send: 'Send',
	sendHint: 'Enter sends, Shift and Enter begins a line.',
	sending: 'Sending …',
	written: 'Received',
	atIt: 'Received; the assistant is on it …',
	answered: 'Answered',
	kept: 'Not sent yet: no connection. It is kept, and sent once.',
	later: 'Not answered yet. Trying again …',
	failed: 'This was not sent.',
	again: 'Try again',
	discard: 'Discard',

	askPerson: 'Ask for a person',
	askPersonWhy: 'by the button on the web page',
	rate: 'How was this conversation?',
	rated: 'You gave {rating} of 5. Thank you.',
	ratedFor: 'The customer gave {rating} of 5.',
	star: '{rating} of 5',

	reply: 'Your answer',
	take: 'Take it',
	takeOver: 'Take it over from {person}',
	replySend: 'Answer',
	replyBack: 'Answer and give back',
	replyClose: 'Answer and close',
	reason: 'Why: {reason}',
	contact: 'Else reached at: {contact}',
	feels: 'Feels: {feeling}',
	feelings: ['bad', 'not well', 'neutral', 'well', 'very well'],

	question: 'A question to you',
	yes: 'Yes',
	no: 'No',
	confirm: 'Answer',
	decline: 'No, leave it',
	required: 'required',

	order: 'Order {id}',
	orders: 'Your orders',
	products: 'Products',
	stock: 'In stock?',
	return: 'Return {id}',
	ofOrder: 'of order {id}',
	units: '{count} ×',
	available: '{count} in stock',
	soldOut: 'sold out',
	unknownProduct: 'not known',
	placed: 'Placed {time}',
	delivered: 'Delivered {time}',
	total: 'Total {money}',

	notDone: 'That did not work. Please try again.',
};

export type Words = { [name in keyof typeof en]: (typeof en)[name] extends string ? string : readonly string[] };
const languages: Record<string, Words> = { en };

export const language = navigator.languages.map(each => each.slice(0, 2)).find(each => each in languages) ?? 'en';
export const words = languages[language] ?? en;

// What stands in {braces}.
export const say = (text: string, values: Record<string, string | number>) =>
	text.replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ''));

// ---- Times ----

const clock = { hour: '2-digit', minute: '2-digit' } as const, day = { day: 'numeric', month: 'short' } as const;
const as = (style: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(navigator.language.startsWith(language) ? navigator.language : language, style);
const today = as(clock), thisYear = as({ ...day, ...clock }), before = as({ ...day, year: 'numeric' });

// A clock is enough today, and a date for what was long ago.
export function when(time: string): string {
	const at = new Date(time), now = new Date();
	return (at.toDateString() === now.toDateString() ? today : at.getFullYear() === now.getFullYear() ? thisYear : before).format(at);
}
