// again.ts - what is tried again until it works: at first soon, then seldom, at once when the network is back.

// Where somebody answers, but with no: is it so for good?
export const TRIES = 4;

const FIRST_MS = 400, MOST_MS = 15000;

// Not at the same moment as all others whom a restart cut off.
export const pauseBefore = (attempt: number) => Math.min(MOST_MS, FIRST_MS * 2 ** attempt) * (0.5 + Math.random() / 2);

export function pause(ms: number, signal?: AbortSignal): Promise<void> {
	return new Promise(resolve => {
		const done = () => {
			clearTimeout(timer);
			removeEventListener('online', done);
			signal?.removeEventListener('abort', done);
			resolve();
		};
		const timer = setTimeout(done, ms);
		addEventListener('online', done);
		signal?.addEventListener('abort', done);
	});
}
