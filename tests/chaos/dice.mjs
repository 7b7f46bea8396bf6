// dice.mjs - decisions from a seed: the same seed decides the same, whatever happens meanwhile.
import { dice } from '../many/scale.mjs';

// Names of rows that are left out, to narrow down what a run found: CHAOS_WITHOUT=garbage,notice
const without = new Set((process.env.CHAOS_WITHOUT ?? '').split(','));

export class Dice {
	constructor(seed) {
		this.next = dice(seed).next;
	}

	// From 0 to most - 1.
	below(most) {
		return Math.floor(this.next() * most);
	}

	between(least, most) {
		return least + this.below(most - least + 1);
	}

	chance(share) {
		return this.next() < share;
	}

	pick(list) {
		return list[this.below(list.length)];
	}

	// One of the last that were added: what is new is more likely to be going on still.
	recent(list, count = 12) {
		const from = Math.max(0, list.length - count);
		const roll = this.next();
		return list[from + Math.floor(roll * (list.length - from))];
	}

	// A row of a table whose rows begin with their weight.
	weighted(table) {
		table.rows ??= table.filter(row => !without.has(row[1]));
		table.sum ??= table.rows.reduce((sum, [weight]) => sum + weight, 0);
		let roll = this.next() * table.sum;
		for (const row of table.rows)
			if ((roll -= row[0]) < 0)
				return row;
		return table.rows.at(-1);
	}
}
