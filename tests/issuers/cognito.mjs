// cognito.mjs - a user pool of moto's Cognito, made by the calls that terraform/modules/sign-in makes, and the address
// of AWS under which our servers find it: they are told of a proxy that knows no other.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import net from 'node:net';
import { delimiter, join } from 'node:path';
import { startMoto } from '../deploy/moto.mjs';
import { root, temporary } from '../e2e/support.mjs';
import { certificate, listen } from '../e2e/tls.mjs';

const REGION = 'us-east-1', HOST = `cognito-idp.${REGION}.amazonaws.com`;
const bin = join(root, 'build/issuers/moto/bin');

export class Cognito {
	given = [];

	async start() {
		const env = { PATH: `${bin}${delimiter}${process.env.PATH}`, HOME: process.env.HOME ?? '/' };
		this.moto = await startMoto(env);
		process.on('exit', () => this.moto.kill('SIGKILL'));
		this.url = env.AWS_ENDPOINT_URL;
		const tls = certificate(temporary(), HOST);
		this.aws = await listen((request, response) => this.#pass(request, response), tls);
		this.proxy = http.createServer((_, response) => response.writeHead(403).end());
		this.proxy.on('connect', (request, socket) => this.#tunnel(request, socket));
		this.proxy.listen(0, '127.0.0.1');
		await once(this.proxy, 'listening');
		this.settings = { https_proxy: `http://127.0.0.1:${this.proxy.address().port}`, CURL_CA_BUNDLE: tls.file };
		return this;
	}

	async stop() {
		this.proxy?.close();
		this.proxy?.closeAllConnections();
		await this.aws?.close();
		this.moto?.kill();
	}

	#tunnel(request, socket) {
		socket.on('error', () => {});
		if (request.url !== `${HOST}:443`)
			return socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
		const far = net.connect(this.aws.port, '127.0.0.1', () => {
			socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
			socket.pipe(far).pipe(socket);
		});
		far.on('error', () => socket.destroy());
		socket.on('close', () => far.destroy());
	}

	// moto speaks http, and names its keys' address so.
	async #pass(request, response) {
		const { body } = await this.#get(request.url, request.headers.host);
		response.writeHead(200, { 'Content-Type': 'application/json' }).end(body.replaceAll(`http://${HOST}`, `https://${HOST}`));
	}

	#get(path, host) {
		return new Promise((resolve, reject) => http.get(`${this.url}${path}`, { headers: { Host: host } }, answer => {
			let body = '';
			answer.setEncoding('utf8').on('data', text => { body += text; }).on('end', () => resolve({ body }));
		}).on('error', reject));
	}

	// One call, as AWS's SDKs make it; moto looks at the service in the credential, and at no signature.
	async call(action, body) {
		const answer = await fetch(this.url, { method: 'POST', body: JSON.stringify(body), headers: {
			'Content-Type': 'application/x-amz-json-1.1', 'X-Amz-Target': `AWSCognitoIdentityProviderService.${action}`,
			Authorization: `AWS4-HMAC-SHA256 Credential=of/20260101/${REGION}/cognito-idp/aws4_request, SignedHeaders=host, Signature=tests` } });
		const text = await answer.text();
		assert.equal(answer.status, 200, `${action}: ${text}`);
		return text ? JSON.parse(text) : {};
	}

	// ---- What terraform/modules/sign-in makes ----

	// `services`: by name the URL and the scopes of each; `scopes`: what everybody has.
	async pool({ services, scopes }) {
		const { UserPool: { Id } } = await this.call('CreateUserPool', { PoolName: 'shop-dev', UserPoolTier: 'ESSENTIALS',
			DeletionProtection: 'ACTIVE', AliasAttributes: ['email'], AutoVerifiedAttributes: ['email'],
			UsernameConfiguration: { CaseSensitive: false }, AdminCreateUserConfig: { AllowAdminCreateUserOnly: true },
			Policies: { PasswordPolicy: { MinimumLength: 12, RequireLowercase: true, RequireNumbers: true, RequireSymbols: true,
				RequireUppercase: true, TemporaryPasswordValidityDays: 3 } } });
		this.id = Id;
		this.issuer = `https://${HOST}/${Id}`;
		await this.call('CreateUserPoolDomain', { Domain: 'shop-dev-1a2b3c4d', UserPoolId: Id, ManagedLoginVersion: 2 });
		const all = Object.values(services).flatMap(({ url, scopes: own }) => own.map(scope => ({ name: `${url}/${scope}`, scope })));
		for (const [service, { url, scopes: own }] of Object.entries(services))
			await this.call('CreateResourceServer', { UserPoolId: Id, Identifier: url, Name: `shop-dev-${service}`,
				Scopes: own.map(ScopeName => ({ ScopeName, ScopeDescription: ScopeName })) });
		for (const { scope } of all.filter(each => !scopes.includes(each.scope)))
			await this.call('CreateGroup', { UserPoolId: Id, GroupName: scope });
		this.people = await this.#client('people', { AllowedOAuthFlows: ['code'], ExplicitAuthFlows: ['ALLOW_USER_SRP_AUTH'],
			AllowedOAuthScopes: all.filter(each => scopes.includes(each.scope)).map(each => each.name) });
		this.machine = await this.#client('nightly', { AllowedOAuthFlows: ['client_credentials'], GenerateSecret: true,
			AllowedOAuthScopes: [all[0].name], ExplicitAuthFlows: ['ALLOW_REFRESH_TOKEN_AUTH'] });
	}

	async #client(name, settings) {
		const { UserPoolClient } = await this.call('CreateUserPoolClient', { UserPoolId: this.id, ClientName: `shop-dev-${name}`,
			AllowedOAuthFlowsUserPoolClient: true, PreventUserExistenceErrors: 'ENABLED', EnableTokenRevocation: true,
			AccessTokenValidity: 60, TokenValidityUnits: { AccessToken: 'minutes' }, ...settings });
		return UserPoolClient.ClientId;
	}

	// ---- People, as docs/operate.md lets them in ----

	async person(Username, groups) {
		const who = { UserPoolId: this.id, Username };
		await this.call('AdminCreateUser', { ...who, UserAttributes: [{ Name: 'email', Value: `${Username}@example.com` },
			{ Name: 'email_verified', Value: 'true' }] });
		await this.call('AdminSetUserPassword', { ...who, Password: `${Username}'s Passw0rd!`, Permanent: true });
		for (const GroupName of groups)
			await this.call('AdminAddUserToGroup', { ...who, GroupName });
	}

	// The tokens of a person by the client's one flow besides the pages, which moto has none of; nor does it look at the proof.
	async signIn(USERNAME, ClientId = this.people) {
		const { ChallengeName, ChallengeParameters } = await this.call('InitiateAuth', { ClientId, AuthFlow: 'USER_SRP_AUTH',
			AuthParameters: { USERNAME, SRP_A: 'aa' } });
		return this.#result(await this.call('RespondToAuthChallenge', { ClientId, ChallengeName, ChallengeResponses: { USERNAME,
			PASSWORD_CLAIM_SECRET_BLOCK: ChallengeParameters.SECRET_BLOCK, PASSWORD_CLAIM_SIGNATURE: 'c2ln', TIMESTAMP: 'Fri Nov 27 12:00:00 UTC 2026' } }));
	}

	async refresh(tokens) {
		return this.#result(await this.call('InitiateAuth', { ClientId: this.people, AuthFlow: 'REFRESH_TOKEN_AUTH',
			AuthParameters: { REFRESH_TOKEN: tokens.RefreshToken } }));
	}

	#result({ AuthenticationResult }) {
		this.given.push(AuthenticationResult.AccessToken);
		return AuthenticationResult;
	}
}
