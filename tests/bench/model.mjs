// model.mjs - models for the benchmark, in a process of their own: each answers in `pieces`, the first after `first` ms, one every `every`
// ms. Whoever began it says how, and asks when what was said: of each request the number in its latest message, by the clock of the machine.
import { startModels } from '../models/double.mjs';

const models = await startModels(), now = (at) => performance.timeOrigin + at;
const last = ({ messages }) => Number(/q(\d+)\b[^q]*$/.exec(messages.at(-1).content)[1]);

process.on('message', (asked) => {
  if (asked.pieces) {
    const { pieces, first, every } = asked, steps = [first, 'piece 0 '];
    for (let i = 1; i < pieces; i++) steps.push(every, `piece ${i} `);
    models.requests.length = 0;
    models.script('bench', steps);
    process.send({ url: models.openai });
  } else {
    process.send({ requests: models.requests.map(({ at, said, body }) => ({ number: last(body), at: now(at), said: said.map(([, at]) => now(at)) })) });
  }
});
process.on('disconnect', () => process.exit());
