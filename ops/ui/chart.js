// chart.js - what pages with charts share: SVG elements, steps of an axis, a tip under the pointer, notes of what is missing.

const at = id => document.getElementById(id);
const colour = i => `var(--series-${Math.min(i, 5)})`;

function svg(name, attributes = {}, ...children) {
	const made = document.createElementNS('http://www.w3.org/2000/svg', name);
	for (const [key, value] of Object.entries(attributes))
		made.setAttribute(key, value);
	made.append(...children);
	return made;
}

// Round numbers from 0, or from below, to at least `most`.
function steps(least, most) {
	const span = most - least || Math.abs(most) || 1, rough = span / 4, power = 10 ** Math.floor(Math.log10(rough));
	const step = [1, 2, 2.5, 5, 10].map(factor => factor * power).find(size => size >= rough);
	const first = Math.floor(least / step), last = Math.max(Math.ceil(most / step), first + 1);
	return Array.from({ length: last - first + 1 }, (_, i) => (first + i) * step);
}

const short = number => format(language => new Intl.NumberFormat(language,
	{ notation: 'compact', maximumSignificantDigits: 3 }).format(number));

// Draws now, and whenever there is more or less room.
function drawn(box, draw) {
	let width = 0;
	const again = () => {
		const room = Math.floor(box.getBoundingClientRect().width);
		if (room > 0 && room !== width)
			draw(width = room);
	};
	new ResizeObserver(() => requestAnimationFrame(again)).observe(box);
	again();
	return box;
}

// Lines across with their numbers; gives where a value is, and how much room the numbers take.
function axis(chart, { width, height, least, most, say = short }) {
	const marks = steps(least, most), low = marks[0], high = marks.at(-1);
	const left = 8 + 7 * Math.max(...marks.map(mark => say(mark).length)), place = value => height - (value - low) / (high - low) * height;
	for (const mark of marks)
		chart.append(svg('line', { class: 'grid', x1: left, x2: width, y1: place(mark), y2: place(mark) }),
			svg('text', { x: left - 6, y: place(mark) + 4, 'text-anchor': 'end' }, say(mark)));
	return { left, place };
}

// A tip beside the pointer: `find(x)` gives { x, lines } or nothing.
function tip(box, find) {
	const shown = element('div', { class: 'tip', hidden: true });
	box.append(shown);
	box.addEventListener('pointermove', ({ clientX }) => {
		const { left, width } = box.getBoundingClientRect(), found = find(clientX - left);
		shown.hidden = !found;
		if (!found)
			return;
		shown.replaceChildren(...found.lines.map((line, i) => element('div', {}, i ? line : element('b', {}, line))));
		const beyond = found.x + 12 + shown.offsetWidth > width;
		shown.style.left = `${Math.max(0, beyond ? found.x - 12 - shown.offsetWidth : found.x + 12)}px`;
	});
	box.addEventListener('pointerleave', () => { shown.hidden = true; });
}

const swatch = i => {
	const made = element('span', { class: 'swatch', 'aria-hidden': 'true' });
	made.style.background = colour(i);
	return made;
};

const named = (i, ...words) => element('span', { class: 'named' }, swatch(i), element('span', {}, ...words));

function notes(id, items) {
	at(id).hidden = items.length === 0;
	at(id).querySelector('ul').replaceChildren(...items.map(item => element('li', {}, item)));
}

const gapNotes = gaps => notes('gaps', (gaps ?? []).map(({ what, why }) => `${what}: ${why}`));

function trouble(text) {
	at('trouble').textContent = text ?? '';
	at('trouble').hidden = !text;
}

// Buttons of which one is pressed; each asks anew by way of the host.
function choices(id, words, chosen, choose) {
	at(id).hidden = !app.can.serverTools;
	at(id).replaceChildren(...Object.entries(words).map(([value, label]) => element('button', {
		type: 'button', 'aria-pressed': String(value === chosen), click: () => choose(value),
	}, label)));
}

// Asks for what was chosen, one at a time.
async function askFor(tool, args, show) {
	if (document.body.getAttribute('aria-busy') === 'true')
		return;
	document.body.setAttribute('aria-busy', 'true');
	at('status').textContent = 'Looking it up…';
	try {
		show(await app.call(tool, args));
	} catch (error) {
		at('status').textContent = 'It could not be looked up.';
		trouble(error.message);
	}
	document.body.setAttribute('aria-busy', 'false');
}

// What the host sends, for a page that shows one tool's answers.
function follow({ input, show }) {
	app.connect({
		input,
		result(result) {
			try {
				if (result.isError)
					throw new Error(app.words(result));
				show(app.data(result));
			} catch (error) {
				at('status').textContent = 'It could not be looked up.';
				trouble(error.message);
			}
		},
		cancelled({ reason }) {
			at('status').textContent = reason ? `It was cancelled: ${reason}` : 'It was cancelled.';
		},
	}).catch(error => trouble(error.message));
}
