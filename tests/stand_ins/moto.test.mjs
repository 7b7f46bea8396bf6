// moto.test.mjs - every tool of ops at moto, which is nobody's double of ours.
import { after, before } from 'node:test';
import { askEverything } from './ask.mjs';
import { startFilledMoto, withoutMoto as skip } from './stand_in.mjs';

let moto;
before(async () => {
	if (!skip)
		moto = await startFilledMoto();
});
after(() => moto?.stop());

askEverything('moto', () => moto, { skip });
