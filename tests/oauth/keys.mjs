// keys.mjs - keys of an issuer, and tokens signed with them: right ones, and whatever a test writes.
import { createPublicKey, generateKeyPairSync, sign } from 'node:crypto';

const kinds = {
	RS256: () => generateKeyPairSync('rsa', { modulusLength: 2048 }),
	ES256: () => generateKeyPairSync('ec', { namedCurve: 'P-256' }),
	ES384: () => generateKeyPairSync('ec', { namedCurve: 'P-384' }),
	EdDSA: () => generateKeyPairSync('ed25519'),
};

export const base64url = text => Buffer.from(text).toString('base64url');

// A key as JWK (RFC 7517); what holds `d` stays with who signs.
export function makeKey(alg, kid, more = {}) {
	const { privateKey } = (kinds[alg] ?? kinds.RS256)();
	const names = { alg, use: 'sig', kid, ...more };
	return { alg, kid, privateKey, secret: { ...privateKey.export({ format: 'jwk' }), ...names },
		open: { ...createPublicKey(privateKey).export({ format: 'jwk' }), ...names } };
}

// The signature of a text as JWS has it (RFC 7515, RFC 7518 3.3 to 3.5, RFC 8037).
export function signatureOf(key, text, alg = key.alg) {
	const { privateKey } = key, hash = `sha${/\d+/.exec(alg)?.[0] ?? 256}`;
	if (alg === 'EdDSA')
		return sign(null, Buffer.from(text), privateKey);
	if (alg.startsWith('ES'))
		return sign(hash, Buffer.from(text), { key: privateKey, dsaEncoding: 'ieee-p1363' });
	if (alg.startsWith('PS'))
		return sign(hash, Buffer.from(text), { key: privateKey, padding: 6, saltLength: Number(hash.slice(3)) / 8 });
	return sign(hash, Buffer.from(text), privateKey);
}

// A token of parts: texts are taken as they are, so that they may be wrong; `signature` is bytes, or makes
// them of the text that is signed.
export function tokenOf(header, payload, signature) {
	const json = part => base64url(typeof part === 'string' || Buffer.isBuffer(part) ? part : JSON.stringify(part));
	const text = `${json(header)}.${json(payload)}`;
	return `${text}.${base64url(typeof signature === 'function' ? signature(text) : signature)}`;
}
