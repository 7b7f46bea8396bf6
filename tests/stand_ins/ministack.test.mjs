// ministack.test.mjs - every tool of ops at MiniStack, which runs tasks and keeps what was called.
import { after, before } from 'node:test';
import { askEverything } from './ask.mjs';
import { startFilledMinistack, withoutMinistack as skip } from './stand_in.mjs';

let ministack;
before(async () => {
	if (!skip)
		ministack = await startFilledMinistack();
});
after(() => ministack?.stop());

askEverything('MiniStack', () => ministack, { skip });
