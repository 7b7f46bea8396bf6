// measure.ts - CloudWatch RUM: how long the page took in a browser, and what failed there, which servers don't see. main.ts loads it for the
// part of all visits that config.json says.
//
// Whatever anybody said, typed or is called stays in the page: see clean(). Nothing stays in the browser, no cookie and no storage.
import { BeaconHttpHandler } from '@aws-rum/web-core/dispatch/BeaconHttpHandler';
import { DataPlaneClient } from '@aws-rum/web-core/dispatch/DataPlaneClient';
import type { PutRumEventsRequest } from '@aws-rum/web-core/dispatch/dataplane';
import { FetchHttpHandler } from '@aws-rum/web-core/dispatch/FetchHttpHandler';
import { RetryHttpHandler } from '@aws-rum/web-core/dispatch/RetryHttpHandler';
import { createSigningConfig } from '@aws-rum/web-core/dispatch/signing';
import { AwsRum, FetchPlugin, JsErrorPlugin, NavigationPlugin, WebVitalsPlugin } from '@aws-rum/web-slim';
import type { Rum } from './config';

// ---- What is told ----

// Words that the browser or the library chose, by name; what else is a text is somebody's: a title, an element, a message.
const WORDS = new Set(['deviceType', 'initiatorType', 'interactionType', 'loadState', 'method', 'navigationType', 'nextHopProtocol', 'pageId', 'version']);
const WORD = /^[\w./-]{1,60}$/;
const ADDRESSES = new Set(['filename', 'targetUrl', 'url']);

// Without a query, in which a sign-in has its code, and without what is behind #, a conversation.
const address = (text: string) => /^[^?#]{0,300}/.exec(text)![0];
// Where in our files, without the message that stands before.
const frames = (text: string) => [...text.matchAll(/[\w:/.-]+\/[\w.-]+\.js:\d+:\d+/g)].map(([at]) => at).join('\n');
const kind = (text: unknown) => typeof text === 'string' && WORD.test(text) ? text : 'Error';

function kept(this: { type?: unknown }, name: string, value: unknown): unknown {
	if (typeof value !== 'string' || WORDS.has(name) && WORD.test(value))
		return value;
	return ADDRESSES.has(name) ? address(value) : name === 'stack' ? frames(value) : name === 'type' ? kind(value)
		: name === 'message' ? kind(this.type) : undefined;     // it has to be there
}

const cleanText = (json: string) => JSON.stringify(JSON.parse(json), kept);
const isLeaving = (json: string) => JSON.parse(json).error?.type === 'AbortError';      // the page itself ended it

const clean = (request: PutRumEventsRequest): PutRumEventsRequest => ({ ...request, RumEvents: request.RumEvents
	.filter(({ details }) => !isLeaving(details))
	.map(event => ({ ...event, details: cleanText(event.details), ...event.metadata !== undefined && { metadata: cleanText(event.metadata) } })) });

// ---- Who tells it ----

type Ask = typeof fetch;

// A guest's, whose role may tell this monitor and nothing else; another each time the page is opened.
function guest({ identity, pool }: Rum, ask: Ask) {
	const call = async (what: string, input: object) => {
		const answer = await ask(identity, { method: 'POST', body: JSON.stringify(input),
			headers: { 'Content-Type': 'application/x-amz-json-1.1', 'X-Amz-Target': `AWSCognitoIdentityService.${what}` } });
		if (!answer.ok)
			throw new Error(`${what}: ${answer.status}`);
		return answer.json();
	};
	const begin = async () => {
		const { Credentials: given } = await call('GetCredentialsForIdentity', await call('GetId', { IdentityPoolId: pool }));
		return { accessKeyId: given.AccessKeyId, secretAccessKey: given.SecretKey, sessionToken: given.SessionToken, expiration: new Date(given.Expiration * 1000) };
	};
	let last: ReturnType<typeof begin> | undefined, until = 0;
	return async () => {
		if (!last || Date.now() > until) {
			until = Infinity;
			last = begin();
			last.then(({ expiration }) => { until = expiration.getTime() - 60000; }, () => { last = undefined; });
		}
		return last;
	};
}

// ---- All of it ----

export function measure(rum: Rum) {
	const ask: Ask = fetch.bind(window);            // not the one that is measured
	const region = rum.pool.split(':')[0]!, credentials = guest(rum, ask);
	const client = new AwsRum(rum.monitor, '1.0.0', region, {
		endpoint: rum.endpoint, allowCookies: false, signing: true,
		eventPluginsToLoad: [new NavigationPlugin(), new WebVitalsPlugin(), new JsErrorPlugin(), new FetchPlugin({ stackTraceLength: 0 })],
		clientBuilder: (endpoint, _region, _credentials, compressionStrategy) => {
			const sender = new DataPlaneClient({ endpoint, region, credentials, ...compressionStrategy && { compressionStrategy },
				fetchRequestHandler: new RetryHttpHandler(new FetchHttpHandler({ fetchFunction: ask }), 1), beaconRequestHandler: new BeaconHttpHandler() },
			createSigningConfig(credentials, region));
			const { sendFetch, sendBeacon } = sender;
			return Object.assign(sender, { sendFetch: (all: PutRumEventsRequest) => sendFetch(clean(all)), sendBeacon: (all: PutRumEventsRequest) => sendBeacon(clean(all)) });
		},
	});
	client.setAwsCredentials(credentials);
}
