#!/usr/bin/env node
// aws.mjs - stands in for the AWS CLI: plays the answers that a test wrote down, and notes what was asked.
//
// PLAY is a folder with script.json: for each operation ("ecs describe-services") a list of answers,
// one a call, the last one again and again. {"error": "ThrottlingException", "words": "…"} fails as the
// CLI does, {"text": "…"} is printed as it is, anything else as JSON. In all of them "$NOW" is this moment.
// One with {"until": "ecs continue-service-deployment"} is given again until that was asked.
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const words = process.argv.slice(2);
const flags = {};
const names = [];
for (let i = 0; i < words.length; i++) {
	if (!words[i].startsWith('--'))
		names.push(words[i]);
	else if (i + 1 < words.length && !words[i + 1].startsWith('--'))
		flags[words[i].slice(2)] = words[++i];
	else
		flags[words[i].slice(2)] = true;
}
const operation = names.slice(0, 2).join(' ');
const folder = process.env.PLAY;
appendFileSync(join(folder, 'calls.jsonl'), `${JSON.stringify({ operation, words, flags })}\n`);

const script = JSON.parse(readFileSync(join(folder, 'script.json'), 'utf8'));
const answers = script[operation];
if (!answers) {
	console.error(`the test has no answer to: aws ${words.join(' ')}`);
	process.exit(255);
}
const counter = join(folder, `${operation.replace(' ', '.')}.count`);
const count = existsSync(counter) ? Number(readFileSync(counter, 'utf8')) : 0;
const { until, ...answer } = answers[Math.min(count, answers.length - 1)];
const asked = readFileSync(join(folder, 'calls.jsonl'), 'utf8').trim().split('\n').map(line => JSON.parse(line).operation);
writeFileSync(counter, String(count + (!until || asked.includes(until) ? 1 : 0)));

if (answer.error) {
	console.error(`\nAn error occurred (${answer.error}) when calling the ${names[1]} operation: ${answer.words ?? ''}`);
	process.exit(254);
}
const text = answer.text ?? JSON.stringify(answer, null, 4);
console.log(text.replaceAll('$NOW', new Date().toISOString().replace('Z', '000+00:00')));
