// serve.mjs - the page on this machine as it is deployed: its files with the headers of headers.json, and support's endpoint on the same name.
//
//     node serve.mjs PORT ENDPOINT [ISSUER]       # http://127.0.0.1:8084/mcp, and the origin at which people sign in, where they do
//
// It needs what was built (dist/ beside it, or what DIST names) and nothing of npm's. Only this machine reaches it.
import { createReadStream, readFileSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import http from 'node:http';
import { extname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { pathToFileURL } from 'node:url';

const types = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml', '.json': 'application/json', '.md': 'text/markdown; charset=utf-8' };
const { every, cache } = JSON.parse(readFileSync(new URL('headers.json', import.meta.url), 'utf8'));

// Of a file. The page asks nobody but its own origin, and those where people sign in.
export function headersOf(path, connects = []) {
	const policy = every['Content-Security-Policy'].replace("connect-src 'self'", ["connect-src 'self'", ...connects].join(' '));
	return { ...every, 'Content-Security-Policy': policy, 'Content-Type': types[extname(path)],
		'Cache-Control': cache[Object.keys(cache).find(start => path.startsWith(start))] };
}

// As it comes, both ways; what is cut on one side is cut on the other.
function pass(request, response, { hostname, port }) {
	const onward = http.request({ hostname, port, method: request.method, path: request.url, headers: request.headers }, answer => {
		response.writeHead(answer.statusCode, answer.headers);
		answer.pipe(response);
		answer.on('close', () => answer.complete || response.destroy());
	});
	onward.on('error', () => response.headersSent ? response.destroy() : response.writeHead(502).end());
	response.on('close', () => onward.destroy());
	request.pipe(onward);
}

// `dist`: what was built. `server()`: where the endpoint is just now, a URL. `config`: what config.json says beside what was built in.
// `connects`: origins beside its own. `seen(request)`: each, as it comes.
export function site({ dist, server, config = {}, connects = [], seen = () => {} }) {
	const answer = async (request, response) => {
		const [pathname] = request.url.split('?'), path = pathname === '/' ? 'index.html' : /^\/(\w[\w.-]*(?:\/\w[\w.-]*)*)$/.exec(pathname)?.[1];
		if (pathname === '/mcp' || pathname.startsWith('/.well-known/'))
			return pass(request, response, new URL(server()));
		const file = path && types[extname(path)] && join(dist, path), is = file && await stat(file).catch(() => undefined);
		if (!is?.isFile())
			return response.writeHead(404).end();
		response.writeHead(200, headersOf(path, connects));
		if (path === 'config.json')
			response.end(JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), ...config }));
		else
			await pipeline(createReadStream(file), response);
	};
	// What can't be read, or is not waited for, is cut off: it is one request's trouble.
	return http.createServer((request, response) => {
		seen(request);
		answer(request, response).catch(() => response.destroy());
	});
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
	const [port, server, ...connects] = process.argv.slice(2), dist = process.env.DIST ?? new URL('dist', import.meta.url).pathname;
	const listener = site({ dist, server: () => server, connects, config: { resource: server, keys: connects.length === 0 } });
	for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'])
		process.on(signal, () => process.exit(0));
	listener.listen(Number(port), '127.0.0.1', () =>
		console.log(`Talk with the shop: http://127.0.0.1:${port}/    and answer at its desk: http://127.0.0.1:${port}/?desk`
			+ (process.env.MODELS ? '' : '\nNo model is set, so people at the desk answer; what MODELS may be is in docs/support.md.')));
}
