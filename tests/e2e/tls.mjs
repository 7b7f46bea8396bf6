// tls.mjs - a certificate of our own, and servers that use it.
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import { join } from 'node:path';

// Signed by itself, for localhost alone: `file` is what a client has to trust.
export function certificate(folder, name = 'localhost') {
	const file = join(folder, 'certificate.pem'), key = join(folder, 'key.pem');
	execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes',
		'-keyout', key, '-out', file, '-days', '2', '-subj', `/CN=${name}`,
		'-addext', `subjectAltName=DNS:${name}`], { stdio: 'pipe' });
	return { file, cert: readFileSync(file), key: readFileSync(key) };
}

// Listens on any free port of loopback; with a certificate by https. close() cuts what is open.
export async function listen(handler, tls) {
	const server = tls ? https.createServer({ cert: tls.cert, key: tls.key }, handler)
		: http.createServer(handler);
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	const { port } = server.address();
	return {
		port, url: `${tls ? 'https' : 'http'}://localhost:${port}`,
		async close() {
			server.closeAllConnections();
			server.close();
			await once(server, 'close');
		},
	};
}
