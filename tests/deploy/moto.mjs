// moto.mjs - starts moto, which answers as AWS does.
import { spawn } from 'node:child_process';

// It says its port, once it listens. `env` is told of it.
export async function startMoto(env) {
	const moto = spawn('moto_server', ['--host', '127.0.0.1', '--port', '0'], { env, stdio: ['ignore', 'ignore', 'pipe'] });
	let words = '';
	env.AWS_ENDPOINT_URL = await new Promise((resolve, reject) => {
		moto.stderr.setEncoding('utf8').on('data', text => {
			words += text;
			const found = /Running on (http:\/\/127\.0\.0\.1:\d+)/.exec(words);
			if (found)
				resolve(found[1]);
		});
		moto.on('close', () => reject(new Error(`moto ended:\n${words}`)));
	});
	return moto;
}
