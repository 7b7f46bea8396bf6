// vite.config.mjs - builds the page into dist/: everything a file of its own, named by what is in it, none of it within the HTML, so that a
// Content-Security-Policy needs no exception.
import { defineConfig } from 'vite';

const support = process.env.SUPPORT ?? 'http://127.0.0.1:8084';

export default defineConfig({
	base: './',
	build: {
		target: 'es2022',
		assetsInlineLimit: 0,
		modulePreload: { polyfill: false },
		license: { fileName: 'licenses.md' },           // of what is built in, which they ask for
	},
	// `npm run dev`: the page beside a server that runs; SUPPORT names another.
	server: { host: '127.0.0.1', proxy: { '/mcp': support, '/.well-known': support } },
});
