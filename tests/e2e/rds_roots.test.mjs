// rds_roots.test.mjs - the roots of RDS that the images hold, and a database that shows who it is as RDS does: by a certificate for its
// name, signed by a subordinate that it sends along, signed by a root.
import assert from 'node:assert/strict';
import { createHash, X509Certificate } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { chownSync, copyFileSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { query, startIfThere } from './postgres.mjs';
import { root, run, temporary } from './support.mjs';

// Before any test: one that is over before the next is known of would end the file.
const server = await startIfThere();
after(() => server?.stop());

const file = join(root, 'docker/image/rds-roots.pem');
const text = readFileSync(file, 'utf8');
const blocks = [...text.matchAll(/^# (\S+)\n(-----BEGIN CERTIFICATE-----\n[\s\S]*?-----END CERTIFICATE-----\n)/gm)];
const openssl = (...words) => execFileSync('openssl', words, { stdio: 'pipe' });

test('each region\'s root is there once, signs for itself, and is good for years', () => {
	assert.equal(blocks.length, text.match(/BEGIN CERTIFICATE/g).length);
	assert.deepEqual(blocks.map(([, region]) => region), [...new Set(blocks.map(([, region]) => region))].sort());
	for (const [, region, pem] of blocks) {
		const certificate = new X509Certificate(pem);
		assert.match(certificate.subject, new RegExp(`^CN=Amazon RDS ${region} Root CA RSA2048 G1$`, 'm'));
		assert.match(certificate.subject, /^O=Amazon Web Services\\?, Inc\.$/m);
		assert.ok(certificate.ca && certificate.verify(certificate.publicKey), region);
		assert.ok(Date.parse(certificate.validTo) > Date.now() + 3 * 365 * 86400e3, `${region} ends ${certificate.validTo}`);
	}
	// The list as AWS publishes it; docker/image/rds-roots.sh makes the file anew, and then this line changes.
	assert.equal(createHash('sha256').update(text).digest('hex'), '7983d0f106c2dc2e2dca52c966e9f7286fbdc44bcc3b6ea801588b3e4d856837');
});

test('the examples\' regions are among them', () => {
	const folder = join(root, 'terraform/environments');
	const regions = readdirSync(folder).map(name => /^region\s*= "(.*)"$/m.exec(readFileSync(join(folder, name), 'utf8'))[1]);
	assert.deepEqual(regions.filter(region => !blocks.some(([, known]) => known === region)), []);
});

// A root, a subordinate, and a server's certificate, as files in a folder.
function authority(folder) {
	const at = name => join(folder, name);
	const key = name => ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', at(`${name}.key`)];
	const signed = (name, by, extension) => {
		openssl('req', ...key(name), '-subj', `/CN=${name}`, '-out', at('request'));
		writeFileSync(at('extension'), extension);
		openssl('x509', '-req', '-in', at('request'), '-CA', at(`${by}.pem`), '-CAkey', at(`${by}.key`), '-CAcreateserial', '-days', '2',
			'-extfile', at('extension'), '-out', at(`${name}.pem`));
	};
	openssl('req', '-x509', ...key('root'), '-days', '2', '-subj', '/CN=Amazon RDS xx-test-1 Root CA RSA2048 G1', '-out', at('root.pem'));
	signed('subordinate', 'root', 'basicConstraints=critical,CA:true,pathlen:0');
	signed('server', 'subordinate', 'subjectAltName=DNS:localhost');
	return Object.fromEntries(['root.pem', 'subordinate.pem', 'server.pem', 'server.key'].map(name => [name, readFileSync(at(name), 'utf8')]));
}

test('of a list of all that AWS has the regions\' roots are taken', () => {
	const folder = temporary();
	const made = authority(folder);
	const list = join(folder, 'list.pem');
	const two = [blocks.at(-1), blocks[0]].map(([, , pem]) => pem).join('');
	writeFileSync(list, [made['subordinate.pem'], two, made['root.pem'], made['server.pem']].join(''));
	const taken = execFileSync(join(root, 'docker/image/rds-roots.sh'), [list], { encoding: 'utf8' });
	const regions = [...taken.matchAll(/^# (\S+-\d)$/gm)].map(([, region]) => region);
	assert.deepEqual(regions, [blocks[0][1], blocks.at(-1)[1], 'xx-test-1']);
	assert.ok(taken.includes(createHash('sha256').update(readFileSync(list)).digest('hex')));
	assert.ok(taken.includes(blocks[0][0]) && taken.includes(blocks.at(-1)[0]));
});

test('a database is spoken to only if one of the roots vouches for its name', { skip: !server && 'there is no PostgreSQL' }, async () => {
	const folder = temporary();
	const made = authority(folder);
	const data = await query(server.url, 'show data_directory');
	for (const [name, content] of [['server.crt', made['server.pem'] + made['subordinate.pem']], ['server.key', made['server.key']]]) {
		const { uid, gid } = statSync(join(data, 'PG_VERSION'));
		writeFileSync(join(data, name), content, { mode: 0o600 });
		chownSync(join(data, name), uid, gid);
	}
	await query(server.url, "alter system set ssl = 'on'");
	await query(server.url, 'select pg_reload_conf()');
	const trusted = join(folder, 'trusted.pem');
	writeFileSync(trusted, text + made['root.pem']);
	copyFileSync(file, join(folder, 'rds.pem'));
	const port = /port=(\d+)/.exec(server.url)[1];
	const setup = (host, roots) => run('products', ['setup'], { env: {
		DATABASE_URL: `postgresql://${host}:${port}/products?sslmode=verify-full&sslrootcert=${roots}`, DATABASE_USER: 'products', DATABASE_PASSWORD: 'ours',
		SETUP_USER: 'postgres', SETUP_PASSWORD: 'secret',
	} });

	const stranger = await setup('localhost', join(folder, 'rds.pem'));
	assert.notEqual(stranger.status, 0);
	assert.match(stranger.stderr, /certificate verify failed/);
	const another = await setup('127.0.0.1', trusted);
	assert.notEqual(another.status, 0);
	assert.match(another.stderr, /does not match host name/);
	const known = await setup('localhost', trusted);
	assert.equal(known.status, 0, known.stderr);
});
