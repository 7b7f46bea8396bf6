// serve.mjs - the identity provider on a port, for ./dev run --sign-in: serve.mjs PORT URL... (of the endpoints whose
// tokens it gives). Whoever presses a person's button is that person.
import { Issuer, people } from './issuer.mjs';

const [port, ...resources] = process.argv.slice(2);
const issuer = new Issuer({ resources, port: Number(port) });
issuer.ttl = 3600;
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'])
	process.on(signal, () => process.exit(0));
await issuer.start();
console.log(`${issuer.url}: ${Object.values(people).map(person => `${person.title}: ${person.scopes.join(' ')}`).join('; ')}`);
