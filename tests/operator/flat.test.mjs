// flat.test.mjs - what grows is found by its line, and what only jumps about is not.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dice } from '../many/scale.mjs';
import { judge, slope } from './flat.mjs';

const { between } = dice(11);
const series = (count, value) => Array.from({ length: count }, (_, i) => [i * 5, value(i)]);
const bound = { share: 0.05, least: 2 };

test('the slope is that of the line, whatever is off it', () => {
	assert.equal(slope(series(60, i => 3 * i * 5 + 7)), 3);
	assert.equal(slope(series(60, i => i % 10 === 3 ? 10000 : 3 * i * 5 + 7)), 3);
	assert.equal(slope(series(2000, i => i * 5)), 1);
});

test('noise, a peak and a warm-up are flat', () => {
	assert.ok(judge(series(60, () => 100 + between(-20, 20)), bound).flat);
	assert.ok(judge(series(60, i => i === 50 ? 500 : 100), bound).flat);
	assert.ok(judge(series(60, i => Math.min(100, 10 * i)), bound).flat);
	assert.ok(judge(series(60, i => 200 - i), bound).flat);
	assert.ok(judge(series(60, i => i * 0.04), bound).flat, 'under the least that counts');
});

test('a leak is none, in noise and beside peaks too', () => {
	for (const value of [i => 100 + i * 0.3, i => 100 + i * 0.3 + between(-10, 10), i => i % 7 ? 100 + i * 0.3 : 300])
		assert.equal(judge(series(60, value), bound).flat, false);
	const { begin, middle, end, grew } = judge(series(61, i => 100 + i), bound);
	assert.deepEqual([begin, middle, end, grew], [100, 130, 160, 40]);
});
