// dom.ts - elements, in as few words as there are; text is always text.

type Child = Node | string | null | undefined | false;
type Attributes = Record<string, string | number | boolean | null | undefined | ((event: Event) => void)>;

// A function is a listener of that name; true is an attribute without a value, false, null and undefined are none.
export function h<Name extends keyof HTMLElementTagNameMap>(name: Name, attributes: Attributes = {}, ...children: Child[]): HTMLElementTagNameMap[Name] {
	const element = document.createElement(name);
	for (const [key, value] of Object.entries(attributes))
		if (typeof value === 'function')
			element.addEventListener(key, value);
		else if (value !== false && value != null)
			element.setAttribute(key, value === true ? '' : String(value));
	element.append(...children.filter((child): child is Node | string => child != null && child !== false));
	return element;
}

export const button = (text: string, click: () => void, attributes: Attributes = {}) =>
	h('button', { type: 'button', click, ...attributes }, text);

// What it has stays in place where it is the same, so that focus and what a screen reader is at stay too.
export function fill(element: Element, ...children: Child[]): void {
	const nodes = children.filter(child => child != null && child !== false).map(child => typeof child === 'string' ? document.createTextNode(child) : child as Node);
	if (nodes.length !== element.childNodes.length || nodes.some((node, at) => node !== element.childNodes[at]))
		element.replaceChildren(...nodes);
}

// Told apart by a key: those that are there already are kept, and only what has changed is made anew.
export class Rows<Item> {
	#rows = new Map<string, { element: HTMLElement; state: string }>();

	constructor(private readonly parent: Element, private readonly key: (item: Item) => string, private readonly make: (item: Item) => HTMLElement) {}

	show(items: readonly Item[], state: (item: Item) => string = item => JSON.stringify(item)): void {
		const rows = new Map<string, { element: HTMLElement; state: string }>();
		for (const item of items) {
			const key = this.key(item), now = state(item), before = this.#rows.get(key);
			rows.set(key, before?.state === now ? before : { element: this.make(item), state: now });
		}
		this.#rows = rows;
		const wanted = [...rows.values()].map(row => row.element);
		for (const child of [...this.parent.children])
			if (!wanted.includes(child as HTMLElement))
				child.remove();
		wanted.forEach((element, at) => {
			if (this.parent.children[at] !== element)
				this.parent.insertBefore(element, this.parent.children[at] ?? null);
		});
	}
}
