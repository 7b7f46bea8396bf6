// attacks.mjs - tokens that must not be taken, one for each way in which somebody's verifier was once fooled: all
// are made for a real server with a real issuer's keys, of which the public halves are known to everybody.
import { createHmac, createPublicKey, sign } from 'node:crypto';
import { base64url, makeKey, signatureOf, tokenOf } from './keys.mjs';

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551n;        // of P-256

const bytesOf = (number, size = 32) => Buffer.from(number.toString(16).padStart(size * 2, '0'), 'hex');
const numberOf = bytes => BigInt(`0x${bytes.toString('hex')}`);
const hmac = (secret, hash = 'sha256') => text => createHmac(hash, secret).update(text).digest();
const nothing = () => Buffer.alloc(0);
const pemOf = (key, type) => createPublicKey(key.privateKey).export({ type, format: 'pem' });
const der = key => createPublicKey(key.privateKey).export({ type: 'spki', format: 'der' });
const duplicate = (payload, name, value) => JSON.stringify(payload).replace(/^\{/, `{${JSON.stringify(name)}:${JSON.stringify(value)},`);

// Changes bits of a part's last character that say nothing: another text of the same bytes.
function spareBits(part) {
	const last = letters.indexOf(part.at(-1));
	return part.slice(0, -1) + letters[last ^ 1];
}

// `listens`: the URL of somebody's own keys. Gives groups of [what it is, token].
export function attacksOn(issuer, { listens, secondRealm }) {
	const rsa = issuer.keyOf('RS256'), ec = issuer.keyOf('ES256'), ed = issuer.keyOf('EdDSA'), enc = issuer.others[0];
	const mine = makeKey('RS256', 'mine'), mineEc = makeKey('ES256', ec.kid);
	const claims = more => issuer.claims(more);
	const by = (key, header = {}, more = {}, alg = key.alg) =>
		tokenOf({ alg, kid: key.kid, ...header }, claims(more), text => signatureOf(key, text, alg));
	const raw = (header, payload, signature = text => signatureOf(rsa, text)) => tokenOf(header, payload, signature);
	const headed = (header, signature) => tokenOf(header, claims(), signature);
	const says = more => by(rsa, {}, more);
	const good = says({}), [head, body, signature] = good.split('.');
	const goodEc = by(ec), withSignature = (token, bytes) => `${token.split('.').slice(0, 2).join('.')}.${base64url(bytes)}`;
	const ecBytes = Buffer.from(goodEc.split('.')[2], 'base64url');
	const pem = type => pemOf(rsa, type);
	const now = Math.floor(Date.now() / 1000);

	const secrets = { 'its PEM': pem('spki'), 'its PEM of PKCS#1': pem('pkcs1'), 'its PEM without the last newline': pem('spki').trimEnd(),
		'its DER': der(rsa), 'its JWK': JSON.stringify(rsa.open), 'the key set': JSON.stringify(issuer.jwks),
		'its modulus': Buffer.from(rsa.open.n, 'base64url'), 'its modulus as text': rsa.open.n, 'nothing': '', 'one NUL': '\0',
		'its kid': rsa.kid, 'the word secret': 'secret' };

	return {
		'HMAC with what is public': [
			...Object.entries(secrets).map(([what, secret]) => [what, headed({ alg: 'HS256', kid: rsa.kid }, hmac(secret))]),
			['HS384', headed({ alg: 'HS384', kid: rsa.kid }, hmac(pem('spki'), 'sha384'))],
			['HS512', headed({ alg: 'HS512', kid: rsa.kid }, hmac(pem('spki'), 'sha512'))],
			['without kid', headed({ alg: 'HS256' }, hmac(pem('spki')))],
			['with the EC key', headed({ alg: 'HS256', kid: ec.kid }, hmac(Buffer.from(ec.open.x, 'base64url')))],
			['with the Ed25519 key', headed({ alg: 'HS256', kid: ed.kid }, hmac(Buffer.from(ed.open.x, 'base64url')))],
			['said to be RS256', headed({ alg: 'RS256', kid: rsa.kid }, hmac(pem('spki')))],
		],
		'no algorithm': [
			...['none', 'None', 'NONE', 'nOnE', 'none ', ' none', '', 'null', 'NULL'].flatMap(alg => [
				[`"${alg}"`, headed({ alg, kid: rsa.kid }, nothing)], [`"${alg}", signed`, headed({ alg, kid: rsa.kid },
					text => signatureOf(rsa, text))]]),
			...[['absent', undefined], ['a number', 1], ['null', null], ['a list', ['RS256']], ['an object', { RS256: 1 }], ['true', true]]
				.map(([what, alg]) => [what, headed({ alg, kid: rsa.kid }, text => signatureOf(rsa, text))]),
			...['rs256', 'RS256 ', 'RS256\0', 'RS1', 'RS255', 'RSA256', 'ES256K', 'ES521', 'Ed448', 'RSA-OAEP', 'dir', 'A128KW', 'RS256,none']
				.map(alg => [`"${alg}"`, headed({ alg, kid: rsa.kid }, text => signatureOf(rsa, text))]),
		],
		'a key from the header': [
			['jwk', by(mine, { jwk: mine.open })],
			['jwk of the issuer\'s kid', by(mine, { jwk: { ...mine.open, kid: rsa.kid }, kid: rsa.kid })],
			['jku', by(mine, { jku: `${listens}/jwks` })],
			['jku, with the issuer\'s kid', by(mine, { jku: `${listens}/jwks`, kid: rsa.kid })],
			['jku that begins as the issuer does', by(mine, { jku: `${issuer.url}@${new URL(listens).host}/jwks`, kid: rsa.kid })],
			['x5u', by(mine, { x5u: `${listens}/cert`, kid: rsa.kid })],
			['x5c', by(mine, { x5c: [der(mine).toString('base64')], kid: rsa.kid })],
			['kid that is a URL', by(mine, { kid: `${listens}/jwks` })],
			['kid that is a path', by(mine, { kid: '../../../../dev/null' })],
			['kid that is SQL', by(mine, { kid: `' or '1'='1` })],
		],
		'a wrong key': [
			['somebody else\'s of the same kid', by(mine, { kid: rsa.kid })],
			['somebody else\'s without kid', by(mine, { kid: undefined })],
			['EC, somebody else\'s', by(mineEc)],
			['the one for encryption', by(enc, {}, {}, 'RS256')],
			['RS256 by the EC key\'s kid', by(rsa, { kid: ec.kid })],
			['ES256 by the RSA key\'s kid', by(ec, { kid: rsa.kid })],
			['EdDSA by the RSA key\'s kid', by(ed, { kid: rsa.kid })],
			['ES256 with the P-256 key said to be ES384', by(ec, { alg: 'ES384' })],
			['PS256 of a key for RS256', by(rsa, {}, {}, 'PS256')],
			['RS512 of a key for RS256', by(rsa, {}, {}, 'RS512')],
			['PS256 that is a RS256', by(rsa, { alg: 'PS256' })],
			['a second realm, the same kid', secondRealm.mint({ iss: issuer.url }, { header: { kid: rsa.kid } })],
			['kid with a NUL', by(rsa, { kid: `${rsa.kid}\0x` })],
			['kid that is a number', by(rsa, { kid: 7 })],
			['kid that is null', by(rsa, { kid: null })],
			['kid of 4,000 letters', by(rsa, { kid: 'k'.repeat(4000) })],
			['kid in capitals', by(rsa, { kid: rsa.kid.toUpperCase() })],
		],
		'a wrong signature': [
			['r = s = 0', withSignature(goodEc, Buffer.alloc(64))],
			['r = s = n', withSignature(goodEc, Buffer.concat([bytesOf(order), bytesOf(order)]))],
			['r = 1, s = 1', withSignature(goodEc, Buffer.concat([bytesOf(1n), bytesOf(1n)]))],
			['r = 0', withSignature(goodEc, Buffer.concat([Buffer.alloc(32), ecBytes.subarray(32)]))],
			['s = 0', withSignature(goodEc, Buffer.concat([ecBytes.subarray(0, 32), Buffer.alloc(32)]))],
			['DER', headed({ alg: 'ES256', kid: ec.kid }, text => sign('sha256', Buffer.from(text), ec.privateKey))],
			['63 bytes', withSignature(goodEc, ecBytes.subarray(0, 63))],
			['65 bytes', withSignature(goodEc, Buffer.concat([ecBytes, Buffer.alloc(1)]))],
			['32 bytes', withSignature(goodEc, ecBytes.subarray(0, 32))],
			['a zero before it', headed({ alg: 'RS256', kid: rsa.kid }, text => Buffer.concat([Buffer.alloc(1), signatureOf(rsa, text)]))],
			['a byte short', headed({ alg: 'RS256', kid: rsa.kid }, text => signatureOf(rsa, text).subarray(1))],
			['all zeroes, RSA', withSignature(good, Buffer.alloc(256))],
			['one, RSA', withSignature(good, bytesOf(1n, 256))],
			['all ones, RSA', withSignature(good, Buffer.alloc(256, 255))],
			['all zeroes, Ed25519', withSignature(by(ed), Buffer.alloc(64))],
			['none', `${head}.${body}.`],
			['of another token', `${head}.${says({ sub: 'x' }).split('.')[1]}.${signature}`],
			['of another header', `${base64url(JSON.stringify({ alg: 'RS256', kid: rsa.kid, typ: 'JWT' }))}.${body}.${signature}`],
			['of the other algorithm', `${head}.${body}.${goodEc.split('.')[2]}`],
			['r plus n', withSignature(goodEc, Buffer.concat([bytesOf(numberOf(ecBytes.subarray(0, 32)) + order, 33), ecBytes.subarray(32)]))],
		],
		'a header that asks for more': [
			['crit: exp', by(rsa, { crit: ['exp'] })], ['crit: []', by(rsa, { crit: [] })], ['crit: null', by(rsa, { crit: null })],
			['b64: false', by(rsa, { b64: false, crit: ['b64'] })], ['crit of its own', by(rsa, { crit: ['x'], x: 1 })],
			['zip', by(rsa, { zip: 'DEF', crit: ['zip'] })],
			...['JWE', 'id_token', 'ID', 'Refresh', 'logout+jwt', 'dpop+jwt', 'secevent+jwt', 'oauth-authz-req+jwt', 'at+jwt+x', 7, {}, []]
				.map(typ => [`typ ${JSON.stringify(typ)}`, by(rsa, { typ })]),
			['alg twice', raw(`{"alg":"none","alg":"RS256","kid":"${rsa.kid}"}`, claims())],
			['alg twice, the other way', raw(`{"alg":"RS256","alg":"none","kid":"${rsa.kid}"}`, claims(), nothing)],
			['alg twice, one escaped', raw(`{"\\u0061lg":"none","alg":"RS256","kid":"${rsa.kid}"}`, claims())],
			['kid twice', raw(`{"alg":"RS256","kid":"x","kid":"${rsa.kid}"}`, claims())],
			['a list', raw('["RS256"]', claims())], ['text', raw('"RS256"', claims())], ['no JSON', raw('alg=RS256', claims())],
			['empty', raw('', claims())], ['{}', raw('{}', claims())], ['500 deep', raw(`{"alg":"RS256","kid":"${rsa.kid}","x":${'['.repeat(500)}${']'.repeat(500)}}`, claims())],
			['no UTF-8', raw(Buffer.from(`{"alg":"RS256","kid":"${rsa.kid}\xff"}`, 'latin1'), claims())],
			['more after it', raw(`{"alg":"RS256","kid":"${rsa.kid}"}{}`, claims())],
			['a comment', raw(`{"alg":"RS256","kid":"${rsa.kid}"/**/}`, claims())],
			['a byte order mark', raw(`\ufeff{"alg":"RS256","kid":"${rsa.kid}"}`, claims())],
			['2 KiB', by(rsa, { x: 'x'.repeat(2048) })],
		],
		'another text of the same token': [
			['spare bits of the signature', `${head}.${body}.${spareBits(signature)}`],
			['padding', `${good}==`], ['padding of the header', `${head}=.${body}.${signature}`], ['four parts', `${good}.x`],
			['four parts, the last empty', `${good}.`], ['two parts and a dot', `${head}.${body}`], ['JWE', `${head}.${body}.${signature}.${body}.${signature}`],
			['base64, not base64url', `${head}.${body}.${signature.replaceAll('-', '+').replaceAll('_', '/')}+/`],
			['only dots', '..'], ['10,000 dots', '.'.repeat(10000)], ['an empty header', `.${body}.${signature}`], ['an empty payload', `${head}..${signature}`],
			['a tilde', `${good}~`], ['JSON form', `{"payload":"${body}"}.x.y`], ['a token as SD-JWT', `${good}~${body}~`],
			['64 KiB', `${head}.${'A'.repeat(60000)}.${signature}`], ['9 KiB, signed', says({ x: 'x'.repeat(7000) })],
		],
		'somebody else\'s': [
			...[['another API', 'https://other.example/mcp'], ['the origin', 'https://shop.example'], ['with a slash', `${issuer.resources[0]}/`],
				['in capitals', issuer.resources[0].toUpperCase()], ['http', issuer.resources[0].replace('https', 'http')], ['none', undefined],
				['[]', []], ['""', ''], ['null', null], ['a number', 7], ['an object', { [issuer.resources[0]]: 1 }], ['a mixed list', [issuer.resources[0], 7]],
				['a list in a list', [[issuer.resources[0]]]], ['a list as text', `${issuer.resources[0]} https://other.example`],
				['a prefix', issuer.resources[0].slice(0, -1)], ['more behind', `${issuer.resources[0]}x`], ['with a NUL', `${issuer.resources[0]}\0x`],
				['the client', 'desktop'], ['*', '*']].map(([what, aud]) => [`aud: ${what}`, says({ aud })]),
			...[['with a slash', `${issuer.url}/`], ['in capitals', issuer.url.toUpperCase()], ['a prefix', issuer.url.slice(0, -1)], ['none', undefined],
				['a list', [issuer.url]], ['another tenant', `${issuer.url}/realms/other`], ['localhost', issuer.url.replace('127.0.0.1', 'localhost')],
				['with a blank', `${issuer.url} `], ['with a NUL', `${issuer.url}\0`], ['https', issuer.url.replace('http', 'https')], ['null', null], ['', '']]
				.map(([what, iss]) => [`iss: ${what}`, says({ iss })]),
			['a second realm', secondRealm.mint()],
			['two aud', raw({ alg: 'RS256', kid: rsa.kid }, duplicate(claims({ aud: 'https://other.example' }), 'aud', issuer.resources[0]))],
			['two iss', raw({ alg: 'RS256', kid: rsa.kid }, duplicate(claims({ iss: 'https://other.example' }), 'iss', issuer.url))],
			['two sub', raw({ alg: 'RS256', kid: rsa.kid }, duplicate(claims(), 'sub', 'staff'))],
		],
		'out of its time': [
			...[['a minute and a second ago', now - 61], ['long ago', 1], ['never', undefined], ['null', null], ['text', `${now + 600}`], ['a list', [now + 600]],
				['before the beginning', -1], ['true', true]].map(([what, exp]) => [`exp: ${what}`, says({ exp })]),
			['exp: too large a number', raw({ alg: 'RS256', kid: rsa.kid }, JSON.stringify(claims()).replace(/"exp":\d+/, '"exp":1e999'))],
			['exp: NaN', raw({ alg: 'RS256', kid: rsa.kid }, JSON.stringify(claims()).replace(/"exp":\d+/, '"exp":NaN'))],
			['two exp', raw({ alg: 'RS256', kid: rsa.kid }, duplicate(claims({ exp: 1 }), 'exp', now + 600))],
			...[['in two minutes', now + 120], ['text', 'soon'], ['far off', 1e300]].map(([what, nbf]) => [`nbf: ${what}`, says({ nbf })]),
			...[['in ten minutes', now + 600], ['text', 'now']].map(([what, iat]) => [`iat: ${what}`, says({ iat })]),
		],
		'of another kind': [
			...['id', 'refresh', 7, '', 'Access', null].map(token_use => [`token_use: ${token_use}`, says({ token_use })]),
			...['ID', 'Refresh', 'Offline', 'Logout', 'Serialized-ID', 7, null].map(typ => [`typ: ${typ}`, says({ typ })]),
			...['nonce', 'at_hash', 'c_hash', 'events'].map(name => [name, says({ [name]: 'x' })]),
			['cnf: a DPoP key', says({ cnf: { jkt: 'x' } })], ['cnf: a certificate', says({ cnf: { 'x5t#S256': 'x' } })], ['cnf: null', says({ cnf: null })],
			...[['none', undefined], ['empty', ''], ['a number', 7], ['a list', ['sam']], ['null', null], ['256 letters', 's'.repeat(256)]]
				.map(([what, sub]) => [`sub: ${what}`, says({ sub })]),
			...[['a number', 7], ['an object', { a: 'products:read' }], ['a list of numbers', [7]], ['a list with one', ['products:read', 7]], ['true', true]]
				.map(([what, scope]) => [`scope: ${what}`, says({ scope })]),
			['a payload that is a list', raw({ alg: 'RS256', kid: rsa.kid }, '[1]')], ['that is text', raw({ alg: 'RS256', kid: rsa.kid }, '"x"')],
			['that is no JSON', raw({ alg: 'RS256', kid: rsa.kid }, 'sub=sam')], ['that is empty', raw({ alg: 'RS256', kid: rsa.kid }, '')],
			['500 deep', raw({ alg: 'RS256', kid: rsa.kid }, JSON.stringify(claims()).replace('{', `{"x":${'['.repeat(500)}${']'.repeat(500)},`))],
			['no UTF-8', raw({ alg: 'RS256', kid: rsa.kid }, Buffer.from(JSON.stringify(claims({ x: '\xff' })), 'latin1'))],
		],
	};
}
