// show_message.ts - a message, and one that is on its way, as elements.
import { showCards } from './cards';
import { button, h } from './dom';
import type { Letter, Outbox } from './outbox';
import type { Message, Role } from './types';
import { say, when, words } from './words';

export function authorOf({ role: by, author }: Pick<Message, 'role' | 'author'>, role: Role): string {
	switch (by) {
	case 'customer': return role === 'customer' ? words.you : say(words.customer, { name: author });
	case 'model':    return words.assistant;
	case 'person':   return say(words.person, { name: author });
	case 'note':     return '';
	}
}

const isMine = (by: Message['role'], role: Role) => by === 'customer' ? role === 'customer' : by === 'person' && role === 'staff';

export function showMessage(message: Message, role: Role): HTMLElement {
	if (message.role === 'note')
		return h('article', { class: 'note', 'data-seq': message.seq }, h('p', {}, message.text, ' ', h('time', { datetime: message.at }, when(message.at))));
	return h('article', { class: `message ${isMine(message.role, role) ? 'mine' : 'theirs'} ${message.role}`, 'data-seq': message.seq },
		h('header', {}, h('strong', {}, authorOf(message, role)), ' ', h('time', { datetime: message.at }, when(message.at))),
		h('p', { class: 'words' }, message.text), ...showCards(message.cards),
		message.cut ? h('p', { class: 'state' }, words.cut) : undefined);
}

const states: Record<Letter['state'], string> = {
	kept: words.kept, sending: words.sending, written: words.written, later: words.later, failed: words.failed,
};

export const showLetter = (letter: Letter, outbox: Outbox) => h('article', { class: `message mine ${letter.by} letter`, 'data-state': letter.state },
	h('header', {}, h('strong', {}, words.you), ' ', h('time', { datetime: letter.at }, when(letter.at))),
	h('p', { class: 'words' }, letter.text), h('p', { class: 'state' }, outbox.waits(letter) ? words.sending : states[letter.state]),
	letter.state === 'failed' && h('p', { class: 'actions' }, button(words.again, () => outbox.again(letter)), button(words.discard, () => outbox.discard(letter))));
