// app.js - what every MCP Apps page needs: talking with its host, and looking like it.
//
// app.connect({ input, result, cancelled }) greets the host and calls these with what it sends.
// Nothing that came from outside is ever read as HTML: element() takes text only.
'use strict'; // or the functions within the blocks below would be in place of a page's own of the same names

const app = { can: {}, context: {} };

// ---- JSON-RPC with the window around this one ----

{
	const waiting = new Map();
	let lastId = 0;

	const send = message => window.parent.postMessage({ jsonrpc: '2.0', ...message }, '*');

	app.notify = (method, params = {}) => send({ method, params });

	app.request = (method, params = {}) => new Promise((resolve, reject) => {
		const id = ++lastId;
		waiting.set(id, { resolve, reject });
		send({ id, method, params });
	});

	// A tool's result, by way of the host; a failure in the tool's own words is an Error.
	app.call = async (name, args) => {
		const result = await app.request('tools/call', { name, arguments: args });
		if (result.isError)
			throw new Error(app.words(result));
		return app.data(result);
	};

	const handlers = { __proto__: null, 'ui/notifications/host-context-changed': context => adopt(context) };

	function answer({ id, method }) {
		if (method === 'ping' || method === 'ui/resource-teardown')
			send({ id, result: {} });
		else
			send({ id, error: { code: -32601, message: `There is no method ${method} here.` } });
	}

	window.addEventListener('message', ({ source, data }) => {
		if (source !== window.parent || data?.jsonrpc !== '2.0')
			return;
		if (data.method)
			return 'id' in data ? answer(data) : handlers[data.method]?.(data.params ?? {});
		const request = waiting.get(data.id);
		waiting.delete(data.id);
		if (data.error)
			request?.reject(new Error(data.error.message));
		else
			request?.resolve(data.result ?? {});
	});

	app.connect = async ({ input, result, cancelled }) => {
		handlers['ui/notifications/tool-input'] = ({ arguments: args }) => input?.(args ?? {});
		handlers['ui/notifications/tool-result'] = result;
		handlers['ui/notifications/tool-cancelled'] = cancelled;
		const welcome = await app.request('ui/initialize', {
			protocolVersion: '2026-01-26', appInfo: { name: document.title, version: '1.0.0' },
			appCapabilities: { availableDisplayModes: ['inline', 'fullscreen'] },
		});
		app.can = welcome.hostCapabilities ?? {};
		adopt(welcome.hostContext ?? {});
		app.notify('ui/notifications/initialized');
		watchSize();
	};

	// ---- Looks ----

	function adopt(context) {
		const { style, dataset } = document.documentElement;
		Object.assign(app.context, context);
		if (context.theme === 'light' || context.theme === 'dark')
			dataset.theme = context.theme;
		for (const [name, value] of Object.entries(context.styles?.variables ?? {}))
			if (name.startsWith('--') && typeof value === 'string')
				style.setProperty(name, value);
		for (const [side, pixels] of Object.entries(context.safeAreaInsets ?? {}))
			style.setProperty(`--inset-${side}`, `${Number(pixels) || 0}px`);
	}

	function watchSize() {
		let told = '';
		const tell = () => {
			const size = {
				width: Math.ceil(window.innerWidth),
				height: Math.ceil(document.body.getBoundingClientRect().height),
			};
			if (told !== (told = `${size.width} ${size.height}`))
				app.notify('ui/notifications/size-changed', size);
		};
		new ResizeObserver(() => requestAnimationFrame(tell)).observe(document.body);
		tell();
	}
}

// ---- What a tool answered ----

app.words = result => (result.content ?? []).filter(block => block.type === 'text')
	.map(block => block.text).join('\n') || 'It failed, and nobody said why.';

// Its structured content; hosts that drop that leave the same in the text.
app.data = result => {
	if (result.structuredContent)
		return result.structuredContent;
	try {
		return JSON.parse(app.words(result));
	} catch {
		throw new Error(app.words(result));
	}
};

// ---- Words ----

// A language the browser does not know must not cost the page.
function format(make) {
	try {
		return make(app.context.locale);
	} catch {
		return make('en');
	}
}

// ISO 4217's digits, from the list the servers have: Intl shows IQD and others without any.
const digits = {};
for (const [, count, codes] of `@currencies.def@`.matchAll(/CURRENCIES\((\d), "(.*)"\)/g))
	for (const code of codes.split(' '))
		digits[code] = Number(count);

app.price = ({ amount, currency }) => format(language => {
	const shown = digits[currency] ?? 2;
	return new Intl.NumberFormat(language, { style: 'currency', currency,
		minimumFractionDigits: shown, maximumFractionDigits: shown }).format(amount / 10 ** shown);
});

app.number = number => format(language => new Intl.NumberFormat(language).format(number));

app.time = text => format(language => new Intl.DateTimeFormat(language, {
	dateStyle: 'medium', timeStyle: 'short', timeZone: app.context.timeZone,
}).format(new Date(text)));

// ---- Elements ----

// element('p', { class: 'note' }, 'text', another): properties that are functions are listeners.
function element(name, properties = {}, ...children) {
	const made = document.createElement(name);
	for (const [key, value] of Object.entries(properties))
		if (typeof value === 'function')
			made.addEventListener(key, value);
		else if (value !== undefined && value !== false)
			made.setAttribute(key, value === true ? '' : value);
	made.append(...children.filter(child => child !== undefined && child !== null));
	return made;
}
