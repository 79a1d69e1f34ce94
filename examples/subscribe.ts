import { readFile } from 'node:fs/promises';
import { connect, nkeyAuthenticator } from '@nats-io/transport-node';
import { dataDirOf, readStackFile } from '../cli/src/local/stack/stack-file.ts';

const found = await readStackFile(dataDirOf(process.env));
if (found.state !== 'running') throw new Error('No AegisMCP runs: start it with "npm start".');
const { nats_url, keys_dir } = found.stack;
const seed = (await readFile(`${keys_dir}/reader.nk`, 'utf8')).trim();
const authenticator = nkeyAuthenticator(new TextEncoder().encode(seed));
const nc = await connect({ servers: nats_url, authenticator, inboxPrefix: '_INBOX_reader' });

for await (const message of nc.subscribe('aegis.events.decision.>')) {
  console.log(message.subject, message.string());
}
