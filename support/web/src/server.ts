// server.ts - support, as an MCP client sees it: its tools, a resource, and being told of changes.
//
// Every request stands alone (2026-07-28), so that any process behind the balancer answers it, and a restart ends nothing but what is
// under way. That is told by the kind of error: what may be tried again is Unreachable.
import './plain';
import { Client, InsufficientScopeError, ProtocolError, SdkError, SdkHttpError, StreamableHTTPClientTransport, UnauthorizedError,
	type ElicitRequestFormParams, type ElicitResult, type RequestOptions } from '@modelcontextprotocol/client';
import { pause, pauseBefore, TRIES } from './again';
import type { Config } from './config';
import type { SignIn } from './sign_in';

export class Unreachable extends Error {}       // nobody answered, or not now: try again
export class SignedOut extends Error {}         // who are you?
export class Refused extends Error {            // it was answered: no. The words are for models, not for people
	constructor(words: string, readonly status?: number) { super(words); }          // of HTTP, where that was the answer
}

const REVISION = '2026-07-28';
const CALL_MS = 190000;                         // longer than the server lets a turn last
const READ_MS = 30000;
const SILENT_MS = 50000;                        // a stream says something every 15 s (KEEP_ALIVE)

// What the client itself tells as progress, when the server has a question to the person.
const OF_A_QUESTION = /^Fulfilling input required by '/;

export type Ask = (question: ElicitRequestFormParams) => Promise<ElicitResult>;

// ---- Streams that died without a word ----

// As when a phone changes its network: what is silent for too long is at its end.
async function watched(input: string | URL | Request, init?: RequestInit): Promise<Response> {
	const answer = await fetch(input, init);
	if (!answer.body || !answer.headers.get('Content-Type')?.startsWith('text/event-stream'))
		return answer;
	const source = answer.body.getReader();
	let timer: ReturnType<typeof setTimeout> | undefined;
	const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
		async pull(controller) {
			timer = setTimeout(() => void source.cancel(), SILENT_MS);
			try {
				const { done, value } = await source.read();
				if (done)
					controller.close();
				else
					controller.enqueue(value);
			} catch (error) {
				controller.error(error);
			} finally {
				clearTimeout(timer);
			}
		},
		cancel: reason => source.cancel(reason),
	});
	return new Response(body, answer);
}

// ---- Errors ----

export const mayPass = (status: number) => status >= 500 || status === 408 || status === 429;

function kindOf(error: unknown): Error {
	if (error instanceof Unreachable || error instanceof SignedOut || error instanceof Refused)
		return error;
	if (error instanceof UnauthorizedError || error instanceof SdkHttpError && error.status === 401)
		return new SignedOut(error.message);
	if (error instanceof SdkHttpError && !mayPass(error.status) && !(error instanceof InsufficientScopeError))
		return new Refused(error.message, error.status);
	if (error instanceof InsufficientScopeError)
		return new Refused(error.message);
	if (error instanceof ProtocolError && !(error instanceof SdkError))
		return new Refused(error.message);
	return new Unreachable(error instanceof Error ? error.message : String(error));
}

export class Server {
	#client: Client | undefined;
	#connecting: Promise<Client> | undefined;
	#followed = new Map<string, Set<() => void>>();
	#closed = false;
	// Whether somebody answers; those who want to know.
	#online = true;
	#watchers = new Set<(online: boolean) => void>();
	onSignedOut: () => void = () => {};

	constructor(private readonly config: Config, private readonly signIn: SignIn, private readonly ask: Ask) {
		addEventListener('offline', () => this.#says(false));
	}

	get online() { return this.#online; }
	watch(watcher: (online: boolean) => void) {
		this.#watchers.add(watcher);
		watcher(this.#online);
	}

	#says(online: boolean) {
		if (this.#closed || online === this.#online)
			return;
		this.#online = online;
		for (const watcher of this.#watchers)
			watcher(online);
	}

	// ---- Requests ----

	#connect(): Promise<Client> {
		this.#connecting ??= this.#open().catch(error => {
			this.#connecting = undefined;
			throw error;
		});
		return this.#connecting;
	}

	async #open(): Promise<Client> {
		// A deployment may bring new schemas, which is no reason to refuse what its tools answer.
		const client = new Client({ name: 'support-web', version: '1.0.0' }, {
			capabilities: { elicitation: { form: {} } }, versionNegotiation: { mode: { pin: REVISION } },
			inputRequired: { maxRounds: 50 },
			jsonSchemaValidator: { getValidator: () => data => ({ valid: true, data: data as never, errorMessage: undefined }) },
		});
		client.setRequestHandler('elicitation/create', request => this.ask(request.params as ElicitRequestFormParams));
		client.setNotificationHandler('notifications/resources/updated', ({ params }) => this.#changed(params.uri));
		await client.connect(new StreamableHTTPClientTransport(new URL(this.config.api), {
			fetch: watched, onInsufficientScope: 'throw',
			...!this.signIn.needless && { authProvider: this.signIn.key !== undefined ? { token: async () => this.signIn.key } : this.signIn },
		}));
		return this.#client = client;
	}

	// One that is cut off, by the network or by `signal`, ends: otherwise it would wait for its time to be over.
	async #request<Result>(options: RequestOptions, run: (client: Client, options: RequestOptions) => Promise<Result>): Promise<Result> {
		if (this.#closed)
			throw new SignedOut('closed');
		const cut = new AbortController(), abort = () => cut.abort();
		const signal = options.signal ? AbortSignal.any([options.signal, cut.signal]) : cut.signal;
		addEventListener('offline', abort);
		try {
			const result = await run(await this.#connect(), { ...options, signal, onRequestStreamEnd: () => setTimeout(abort) });
			this.#says(true);
			return result;
		} catch (error) {
			const kind = kindOf(error);
			this.#says(!(kind instanceof Unreachable));
			if (kind instanceof SignedOut)
				this.onSignedOut();
			throw this.#closed ? new SignedOut('closed') : kind;
		} finally {
			removeEventListener('offline', abort);
		}
	}

	async call<Result>(name: string, args: Record<string, unknown>, { told, signal }: { told?: (text: string, progress: number) => void; signal?: AbortSignal } = {}): Promise<Result> {
		const result = await this.#request({
			timeout: CALL_MS, resetTimeoutOnProgress: true,
			...signal && { signal }, ...told && { onprogress: ({ message, progress }) => message !== undefined && !OF_A_QUESTION.test(message) && told(message, progress) },
		}, (client, options) => client.callTool({ name, arguments: args }, options));
		if (result.isError) {
			const [first] = result.content;
			throw new Refused(first?.type === 'text' ? first.text : name);
		}
		return result.structuredContent as Result;
	}

	async read<Result>(uri: string): Promise<Result> {
		const { contents: [first] } = await this.#request({ timeout: READ_MS },
			(client, options) => client.readResource({ uri }, { ...options, cacheMode: 'bypass' }));
		return JSON.parse(first && 'text' in first ? first.text : 'null') as Result;
	}

	// What whoever signed in may do.
	async tools(): Promise<Set<string>> {
		const { tools } = await this.#request({ timeout: READ_MS }, (client, options) => client.listTools(undefined, { ...options, cacheMode: 'refresh' }));
		return new Set(tools.map(tool => tool.name));
	}

	// ---- Changes ----

	#changed(uri: string) {
		for (const changed of this.#followed.get(uri) ?? [])
			changed();
	}

	// `changed` is called whenever the resource may be another: also when following it begins, anew too. Gives what ends it.
	follow(uri: string, changed: () => void): () => void {
		const end = new AbortController(), all = this.#followed.get(uri) ?? new Set();
		this.#followed.set(uri, all.add(changed));
		void this.#followOn(uri, changed, end.signal);
		return () => {
			all.delete(changed);
			end.abort();
		};
	}

	async #followOn(uri: string, changed: () => void, signal: AbortSignal) {
		for (let attempt = 0, refused = 0; !signal.aborted && !this.#closed; attempt++) {
			const cut = new AbortController(), abort = () => cut.abort();
			addEventListener('offline', abort);
			try {
				const client = await this.#connect();
				const listening = await client.listen({ resourceSubscriptions: [uri] }, { signal: AbortSignal.any([signal, cut.signal]), timeout: READ_MS });
				attempt = refused = 0;
				this.#says(true);
				changed();
				const how = await listening.closed;
				if (how === 'remote' && !signal.aborted)
					this.#says(false);
			} catch (error) {
				const kind = kindOf(error);
				if (signal.aborted || this.#closed)
					return;
				if (kind instanceof SignedOut)
					return this.onSignedOut();
				if (kind instanceof Refused && ++refused === TRIES)
					return;
				this.#says(kind instanceof Refused);
			} finally {
				removeEventListener('offline', abort);
			}
			if (!signal.aborted)
				await pause(pauseBefore(attempt), signal);
		}
	}

	// Whoever tries again hears that nobody is signed in.
	close() {
		this.#closed = true;
		this.#followed.clear();
		void this.#client?.close();
	}
}
