// types.ts - what support's tools and resources answer with, as their schemas have it (support/desk/, support/turn/).

// Whoever looks at the page.
export type Role = 'customer' | 'staff';

export type Status = 'open' | 'waiting' | 'with_person' | 'closed';

export interface Conversation {
	conversation_id: string;
	customer?: string;
	status: Status;
	started_at: string;
	updated_at: string;
	messages: number;
	waiting_since?: string;
	place?: number;
	reason?: string;
	contact?: string;
	person?: string;
	sentiment?: number;
	rating?: number;
	comment?: string;
	first_words?: string;
	latest_words?: string;
}

export interface Message {
	seq: number;
	at: string;
	role: 'customer' | 'model' | 'person' | 'note';
	author: string;
	text: string;
	cards?: Card[];
	answers?: number;
	cut?: string;
}

// Somebody who writes just now, or has it open.
export interface Participant {
	role: 'customer' | 'person';
	name?: string;
	you?: boolean;
}

export interface History extends Conversation {
	writing?: string;
	writers?: Participant[];
	present?: Participant[];
	history: Message[];
	earlier: boolean;
	later: boolean;
}

export interface Listed {
	conversations: Conversation[];
	next_cursor?: string;
}

export interface Queue {
	waiting: Conversation[];
	with_person: Conversation[];
	count: number;
}

export interface Chatted {
	conversation_id: string;
	status: Status;
	reply: string;
	by: 'model' | 'person' | 'nobody';
	seq: number;
	answers?: number;
}

// What the model's tools found: `kind` says what it is; of what is within nothing is sure (support/shop/).
export interface Card {
	kind: string;
	[name: string]: unknown;
}
