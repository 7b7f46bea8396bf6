// scale.mjs - how much the tests of many processes do: MANY=long is what `./dev test-many` runs, else
// a short form; and the dice, which MANY_SEED sets.
export const long = process.env.MANY === 'long';
export const seed = Number(process.env.MANY_SEED ?? Date.now() % 1000000);

// Mulberry32: the same numbers for the same seed.
export function dice(seed) {
	let state = seed >>> 0;
	const next = () => {
		state = (state + 0x6D2B79F5) >>> 0;
		let t = state;
		t = Math.imul(t ^ (t >>> 15), t | 1);
		t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
		return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
	};
	return {
		next,
		between: (least, most) => least + next() * (most - least),
		pick: list => list[Math.floor(next() * list.length)],
	};
}
