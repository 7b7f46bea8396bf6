// page.mjs - what the identity provider shows: for whom a client asks, for what, and a button for each person; or that
// nobody asks any more.
const escape = text => String(text).replace(/[&<>"']/g, letter => `&#${letter.charCodeAt(0)};`);

const around = body => `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Sign in</title>
<style>:root { color-scheme: light dark }
body { font: 16px/1.5 system-ui; max-width: 32em; margin: 4em auto; padding: 0 1em; overflow-wrap: anywhere }
button { font: inherit; display: block; width: 100%; margin: .5em 0; padding: .6em; cursor: pointer }</style>
<h1>Sign in</h1>
${body}
</html>
`;

// A client that registered itself has an id that says nothing, and mostly a name.
export const page = (params, people, client) => around(`<p>${escape(client?.clientName ?? params.client_id)} asks for <b>${
	escape(params.scope ?? 'nothing')}</b> ${params.resource ? `at ${escape(params.resource)}` : ''}. Who are you? No password is asked
for: this is a provider for tests, on this machine alone.</p>
<form method="post">${Object.entries(people).map(([name, person]) => `
<button name="person" value="${escape(name)}">${escape(person.title)}</button>`).join('')}
<button name="person" value="">Refuse</button></form>`);

export const over = around(`<p>This sign-in is over: it was finished, took longer than an hour, or began in another browser. Go back to
your program and have it begin again.</p>`);
