// tally.mjs - counts by group and name, and prints them.
export class Tally {
	constructor() {
		this.groups = new Map();
		this.total = 0;
	}

	add(group, name, more = 1) {
		if (!this.groups.has(group))
			this.groups.set(group, new Map());
		const counts = this.groups.get(group);
		counts.set(name, (counts.get(name) ?? 0) + more);
	}

	count(group, name) {
		const counts = this.groups.get(group) ?? new Map();
		return name === undefined ? [...counts.values()].reduce((sum, each) => sum + each, 0) : counts.get(name) ?? 0;
	}

	// One line a group, the most frequent first.
	toString() {
		return [...this.groups].map(([group, counts]) => `  ${group}: ${[...counts]
			.sort((a, b) => b[1] - a[1]).map(([name, count]) => `${name} ${count}`).join(', ')}`).join('\n');
	}
}
