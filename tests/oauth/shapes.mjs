// shapes.mjs - what access tokens of known issuers look like, made of one of RFC 9068. Which header and which
// claims each has is what their documents say, and what was seen of those that can be run.

// oidc-provider insists on an audience; this one is not written.
const absent = { toJSON: () => undefined };
const rename = (payload, from, to, value = payload[from]) => {
	delete payload[from];
	payload[to] = value;
};

export const shapes = {
	// Amazon Cognito: no aud, and scopes that begin with the resource server's identifier.
	cognito(header, payload) {
		delete header.typ;
		Object.assign(payload, { aud: absent, token_use: 'access', version: 2, username: payload.sub,
			auth_time: payload.iat, 'cognito:groups': ['staff'] });
	},
	// Microsoft Entra ID, v2.0: scopes without the prefix by which they are asked for.
	entra(header, payload, { prefix = '' }) {
		header.typ = 'JWT';
		rename(payload, 'scope', 'scp', payload.scope?.split(' ').map(scope => scope.replace(prefix, '')).join(' '));
		rename(payload, 'client_id', 'azp');
		Object.assign(payload, { ver: '2.0', tid: '72f988bf-0000-0000-0000-2d7cd011db47', oid: payload.sub, azpacr: '0' });
	},
	okta(header, payload) {
		delete header.typ;
		rename(payload, 'scope', 'scp', payload.scope?.split(' ') ?? []);
		rename(payload, 'client_id', 'cid');
		Object.assign(payload, { ver: 1, uid: payload.sub });
	},
	auth0(header, payload) {
		header.typ = 'JWT';
		payload.aud = [payload.aud, `${payload.iss}/userinfo`];
		rename(payload, 'client_id', 'azp');
		payload.permissions = payload.scope?.split(' ') ?? [];
	},
	keycloak(header, payload) {
		header.typ = 'JWT';
		payload.aud = [payload.aud, 'account'];
		rename(payload, 'client_id', 'azp');
		Object.assign(payload, { typ: 'Bearer', acr: '1', realm_access: { roles: ['staff'] } });
	},
	// Ory Hydra.
	hydra(header, payload) {
		header.typ = 'JWT';
		payload.aud = [payload.aud];
		rename(payload, 'scope', 'scp', payload.scope?.split(' ') ?? []);
		Object.assign(payload, { nbf: payload.iat, ext: {} });
	},
};
