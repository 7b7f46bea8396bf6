// tls.mjs - certificates of our own, and servers that use them.
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
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

const P256 = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
const openssl = (folder, ...args) => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });

// Signs others' certificates: `file` is what a client has to trust.
export function authority(folder, name) {
	const at = mkdtempSync(join(folder, 'authority-'));
	openssl(at, 'req', '-x509', ...P256, '-keyout', 'key.pem', '-out', 'authority.pem', '-days', '2', '-subj', `/CN=${name}`);
	writeFileSync(join(at, 'index'), '');
	writeFileSync(join(at, 'settings'), `[ca]\ndefault_ca = its\n[its]\ndatabase = ${at}/index\nrand_serial = yes\n`
		+ `new_certs_dir = ${at}\ndefault_md = sha256\nunique_subject = no\npolicy = any\ncopy_extensions = copy\n`
		+ '[any]\ncommonName = supplied\n');
	return { folder: at, file: join(at, 'authority.pem') };
}

// For some names (DNS:localhost, IP:::1), good from one day (YYYYMMDD) to another; what https.Server takes.
export function certified({ folder }, names, [from, to] = ['20200101', '20990101']) {
	openssl(folder, 'req', ...P256, '-keyout', 'its.key', '-out', 'its.csr', '-subj', '/CN=issuer',
		'-addext', `subjectAltName=${names}`);
	openssl(folder, 'ca', '-batch', '-config', 'settings', '-cert', 'authority.pem', '-keyfile', 'key.pem', '-notext',
		'-in', 'its.csr', '-out', 'its.pem', '-startdate', `${from}000000Z`, '-enddate', `${to}000000Z`);
	return { cert: readFileSync(join(folder, 'its.pem')), key: readFileSync(join(folder, 'its.key')) };
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
