// question.ts - a question of the server's (elicitation) as a form in a dialog.
import type { ElicitRequestFormParams, ElicitResult } from '@modelcontextprotocol/client';
import { button, h } from './dom';
import { words } from './words';

type Field = ElicitRequestFormParams['requestedSchema']['properties'][string];
type Value = string | number | boolean | string[];
interface Control { element: HTMLElement; value: () => Value | undefined }

const choices = (field: Field): { const: string; title: string }[] | undefined => {
	if ('oneOf' in field && field.oneOf)
		return field.oneOf as { const: string; title: string }[];
	if ('enum' in field && field.enum)
		return field.enum.map((value, at) => ({ const: value, title: ('enumNames' in field && field.enumNames?.[at]) || value }));
	return undefined;
};

function input(field: Field, id: string, name: string, required: boolean): Control {
	const label = (field.title ?? field.description ?? name) + (required ? ` (${words.required})` : '');
	const hint = field.title && field.description ? h('small', { id: `${id}-hint` }, field.description) : undefined;
	const common = { id, name, required, 'aria-describedby': hint && `${id}-hint` };
	if (field.type === 'boolean') {
		const box = h('input', { ...common, required: false, type: 'checkbox', checked: field.default === true });
		return { element: h('p', { class: 'check' }, box, h('label', { for: id }, field.title ?? field.description ?? name), hint), value: () => box.checked };
	}
	if (field.type === 'array') {
		const items = 'anyOf' in field.items ? field.items.anyOf : field.items.enum.map(value => ({ const: value, title: value }));
		const boxes = items.map((item, at) => h('input', { type: 'checkbox', id: `${id}-${at}`, value: item.const }));
		return {
			element: h('fieldset', {}, h('legend', {}, label), ...boxes.map((box, at) => h('p', { class: 'check' }, box, h('label', { for: box.id }, items[at]!.title)))),
			value: () => boxes.filter(box => box.checked).map(box => box.value),
		};
	}
	const of = choices(field);
	if (of) {
		const select = h('select', common, !required && h('option', { value: '' }, '–'),
			...of.map(({ const: value, title }) => h('option', { value, selected: 'default' in field && field.default === value }, title)));
		return { element: h('p', {}, h('label', { for: id }, label), select, hint), value: () => select.value || undefined };
	}
	const number = field.type === 'number' || field.type === 'integer';
	const formats: Record<string, string> = { email: 'email', uri: 'url', date: 'date', 'date-time': 'datetime-local' };
	const box = h('input', {
		...common, type: number ? 'number' : formats[('format' in field && field.format) || ''] ?? 'text',
		value: 'default' in field ? field.default as string | number | undefined : undefined,
		...number ? { min: 'minimum' in field ? field.minimum : undefined, max: 'maximum' in field ? field.maximum : undefined, step: field.type === 'integer' ? 1 : 'any' }
			: { minlength: 'minLength' in field ? field.minLength : undefined, maxlength: 'maxLength' in field ? field.maxLength : undefined },
	});
	return { element: h('p', {}, h('label', { for: id }, label), box, hint), value: () => box.value === '' ? undefined : number ? Number(box.value) : box.value };
}

let current: HTMLDialogElement | undefined;

export const endQuestion = () => current?.close();

// One at a time: what is asked anew, after a lost connection, takes the place of what was asked before.
export function ask({ message, requestedSchema }: ElicitRequestFormParams): Promise<ElicitResult> {
	endQuestion();
	const fields = Object.entries(requestedSchema.properties), required = requestedSchema.required ?? [];
	const [only] = fields, sure = fields.length === 1 && only![1].type === 'boolean';
	const controls = fields.map(([name, field], at): [string, Control] => [name, input(field, `question-${at}`, name, required.includes(name))]);

	return new Promise(resolve => {
		const end = (result: ElicitResult) => {
			resolve(result);
			dialog.close();
		};
		const accept = () => end({ action: 'accept', content: sure ? { [only![0]]: true }
			: Object.fromEntries(controls.map(([name, control]) => [name, control.value()] as const).filter((pair): pair is [string, Value] => pair[1] !== undefined)) });
		// Yes or no needs no box to tick: the button says what is done, which the description does.
		const yes = sure ? only![1].description ?? only![1].title ?? words.yes : words.confirm;
		// The heading has the focus, and no button: it may come while somebody writes, whose next key would answer it.
		const form = h('form', { method: 'dialog', submit: event => {
			event.preventDefault();
			accept();
		} }, h('h2', { id: 'question-title', tabindex: -1, autofocus: true }, words.question), h('p', { id: 'question-message', class: 'words' }, message),
		...sure ? [] : controls.map(([, control]) => control.element),
		h('p', { class: 'actions' }, h('button', { type: 'submit', class: 'main' }, yes), button(sure ? words.no : words.decline, () => end({ action: 'decline' }))));
		const dialog = h('dialog', { 'aria-labelledby': 'question-title', 'aria-describedby': 'question-message', close: () => {
			resolve({ action: 'cancel' });
			dialog.remove();
			if (current === dialog)
				current = undefined;
		} }, form);
		document.body.append(dialog);
		current = dialog;
		dialog.showModal();
	});
}
