// flat.mjs - does a figure stay where it is? By the line through its samples, which a few of them that are off do not move (Theil-Sen).

const PAIRS_MAX = 40000, WARM_UP = 1 / 3;       // what is warmed up by then may have grown until then

const median = list => list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)];

// `samples`: [when, how much]. The slope of the line.
export function slope(samples) {
	const step = Math.max(1, Math.ceil(samples.length / Math.sqrt(2 * PAIRS_MAX))), some = samples.filter((_, i) => i % step === 0);
	return median(some.flatMap(([x, y], i) => some.slice(i + 1).filter(([later]) => later > x).map(([later, more]) => (more - y) / (later - x))));
}

// Whether it grew, from the end of the warm-up on, by no more than `share` of what it is, or by `least`, where that is more.
export function judge(samples, { share = 0, least = 0 }) {
	const span = samples.at(-1)[0] - samples[0][0], rest = samples.filter(([when]) => when >= samples[0][0] + span * WARM_UP);
	const grew = slope(rest) * (rest.at(-1)[0] - rest[0][0]), may = Math.max(least, share * median(rest.map(([, value]) => value)));
	return { begin: samples[0][1], middle: samples[Math.floor(samples.length / 2)][1], end: samples.at(-1)[1], grew, may, flat: grew <= may };
}
