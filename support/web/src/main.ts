// main.ts - the page: who is it, what may they do, and which conversation is it about (the address behind #).
import { pause, pauseBefore, TRIES } from './again';
import { readConfig, type Config } from './config';
import { button, fill, h } from './dom';
import { Outbox } from './outbox';
import { ask, endQuestion } from './question';
import { Refused, Server, SignedOut } from './server';
import { SignIn } from './sign_in';
import type { Role } from './types';
import { ListView } from './view_list';
import { ThreadView } from './view_thread';
import { language, say, words } from './words';

const page = document.getElementById('page')!;
const connection = h('p', { class: 'connection', role: 'status' });

document.documentElement.lang = language;
document.title = words.title;

const head = (...actions: HTMLElement[]) => h('header', { class: 'top' }, h('h1', {}, words.title), connection, ...actions);

// ---- Nobody yet ----

function showSignIn(config: Config, signIn: SignIn, why = '') {
	const problem = h('p', { class: 'problem', role: 'alert' }, why);
	const begin = () => void signIn.begin().catch(() => fill(problem, words.signInFailed));
	const field = h('input', { id: 'key', type: 'password', required: true, autocomplete: 'off', 'aria-describedby': 'key-hint' });
	const form = h('form', { class: 'key', submit: event => {
		event.preventDefault();
		signIn.useKey(field.value.trim());
		void showShop(config, signIn);
	} }, h('label', { for: 'key' }, words.key), field, h('small', { id: 'key-hint' }, words.keyHint),
	h('p', { class: 'actions' }, h('button', { type: 'submit' }, words.keyUse)));
	fill(connection);
	page.replaceChildren(head(), h('main', { class: 'sign-in' }, h('p', {}, words.signInWhy), problem,
		h('p', { class: 'actions' }, button(words.signIn, begin, { class: 'main' })), config.keys && form));
}

// ---- Somebody ----

// Until somebody answers; who says no several times means it.
async function untilAnswered<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
	for (let attempt = 0, refused = 0; ; attempt++)
		try {
			return await ask();
		} catch (error) {
			if (error instanceof SignedOut || error instanceof Refused && (error.status === undefined || ++refused === TRIES))
				throw error;
			if (!(error instanceof Refused))
				fill(connection, words.offline);
			await pause(pauseBefore(attempt));
		}
}

async function roleOf(server: Server): Promise<Role | undefined> {
	const tools = await untilAnswered(() => server.tools());
	return tools.has('reply_as_person') ? 'staff' : tools.has('chat_with_ai') ? 'customer' : undefined;
}

// Nothing that the page does by itself makes it better.
function showClosed(main: HTMLElement, status: number, again: () => void) {
	fill(connection);
	main.replaceChildren(h('div', { class: 'closed', role: 'alert' }, h('p', {}, words.closedTo),
		h('p', { class: 'hint' }, say(words.closedWhy, { status })), h('p', { class: 'actions' }, button(words.again, again, { class: 'main' }))));
}

// Whom nobody knows may be either: at the desk where the page's address ends in ?desk.
const chosenRole = (): Role => new URLSearchParams(location.search).has('desk') ? 'staff' : 'customer';

// The conversation that the page's address is about; `new` is one that begins.
const chosen = () => /^#\/([\w-]+)$/.exec(location.hash)?.[1];

// List and conversation, until what it gives is called.
function openShop(server: Server, role: Role, main: HTMLElement): () => void {
	let thread: ThreadView | undefined;
	const list = new ListView(server, role), pane = h('div', { class: 'pane' }), routes = new AbortController();
	const outbox = new Outbox(server, () => thread?.show(), id => {
		if (thread && thread.id === undefined) {
			history.replaceState(null, '', `#/${encodeURIComponent(id)}`);
			thread.begins(id);
			list.choose(id);
			name(id);
		}
		void list.read();
	}, (_, id) => {
		void list.read();
		if (thread?.id === id)
			thread.read();
	});
	const name = (id?: string) => { document.title = id && id !== 'new' ? `${words.title} – ${id}` : words.title; };
	const go = () => {
		const at = chosen(), id = role === 'staff' && at === 'new' ? undefined : at;      // the desk begins none
		thread?.close();
		thread = id === undefined ? undefined : new ThreadView(server, outbox, role, id === 'new' ? undefined : id, () => void list.read());
		pane.replaceChildren(thread?.element ?? h('p', { class: 'hint' }, words.choose));
		main.dataset.shows = thread ? 'thread' : 'list';
		list.choose(id);
		name(id);
		thread?.focus();
	};
	addEventListener('hashchange', go, { signal: routes.signal });
	main.className = 'shop';
	main.replaceChildren(list.element, pane);
	go();
	outbox.send();
	return () => {
		routes.abort();
		thread?.close();
		list.close();
		outbox.close();
	};
}

async function showShop(config: Config, signIn: SignIn) {
	const server = new Server(config, signIn, ask), main = h('main', {}, h('p', { class: 'hint' }, words.loading));
	let over = false, close = () => {};
	const end = (why?: string) => {
		if (over)
			return;
		over = true;
		close();
		server.close();
		endQuestion();
		signIn.out();
		showSignIn(config, signIn, why);
	};
	server.onSignedOut = () => end(words.signedOut);
	server.watch(online => {
		fill(connection, online ? words.online : words.offline);
		document.documentElement.dataset.connection = online ? 'online' : 'offline';
	});
	const either = signIn.needless && (chosenRole() === 'staff' ? h('a', { href: './', class: 'button' }, words.asCustomer)
		: h('a', { href: './?desk', class: 'button' }, words.asStaff));
	page.replaceChildren(head(either || button(words.signOut, () => {
		end();
		Outbox.forget();
	})), main);

	let refused: number | undefined;
	const role = signIn.needless ? chosenRole() : signIn.role ?? await roleOf(server).catch(error => {
		refused = error instanceof Refused ? error.status : undefined;
		return undefined;
	});
	if (over)
		return;
	if (refused !== undefined)
		return showClosed(main, refused, () => location.reload());
	if (!signIn.needless)
		signIn.role = role;
	// And has come to try: it begins.
	else if (role === 'customer' && !location.hash)
		location.replace('#/new');
	if (role)
		close = openShop(server, role, main);
	else
		main.replaceChildren(h('p', { class: 'hint', role: 'alert' }, words.noRights));
}

// Nobody waits for it, and whoever is not measured does not load it.
function measureSome({ rum }: Config) {
	if (rum && Math.random() < rum.part)
		import('./measure').then(({ measure }) => measure(rum)).catch(() => {});
}

async function begin() {
	const main = h('main', {}, h('p', { class: 'hint' }, words.loading));
	page.replaceChildren(head(), main);
	const config = await readConfig(), signIn = new SignIn(config);
	measureSome(config);
	try {
		await signIn.end();
	} catch {
		return showSignIn(config, signIn, words.signInFailed);
	}
	try {
		return signIn.is || await untilAnswered(() => signIn.isNeedless()) ? showShop(config, signIn) : showSignIn(config, signIn);
	} catch (error) {
		if (!(error instanceof Refused && error.status !== undefined))
			throw error;
		showClosed(main, error.status, () => location.reload());
	}
}

begin().catch(() => page.replaceChildren(h('main', {}, h('p', { role: 'alert' }, words.broken))));
