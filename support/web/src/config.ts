// config.ts - config.json, which stands beside the page and is whoever's who runs it: the page is built once, for all.

export interface Config {
	api: string;                    // of support, as this page reaches it: /mcp, or https://…/mcp
	resource?: string;              // its name as the server has it (PUBLIC_URL), where that is another: what tokens are asked for
	issuer?: string;                // at which people sign in; else the API says which (RFC 9728)
	client_id: string;              // of this page, at the issuer; "": it registers itself
	scope: string;                  // what it asks for; "": what the API says
	keys: boolean;                  // a key may be typed in; for trying, as with vite's own server
	rum?: Rum;                      // not there: nothing is measured in browsers
}

// CloudWatch RUM's.
export interface Rum {
	monitor: string;                // its id
	pool: string;                   // of identities for guests, REGION:ID
	part: number;                   // of all visits that are measured, 0 to 1
	endpoint: string;               // origins: of what is told, https://dataplane.rum.REGION.amazonaws.com,
	identity: string;               // and of who tells it, https://cognito-identity.REGION.amazonaws.com
}

export async function readConfig(): Promise<Config> {
	const answer = await fetch(new URL('config.json', document.baseURI), { cache: 'no-cache' });
	if (!answer.ok)
		throw new Error(`config.json: ${answer.status}`);
	const given = await answer.json() as Partial<Config>;
	return { client_id: '', scope: '', ...given, keys: given.keys ?? import.meta.env.DEV, api: new URL(given.api ?? 'mcp', document.baseURI).href };
}
