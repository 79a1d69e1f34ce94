import { readFile } from 'node:fs/promises';
import { connect, nkeyAuthenticator } from '@nats-io/transport-node';

type Stack = { nats_url: string; keys_dir: string };
const dataDir = process.env['AEGIS_DATA_DIR'] ?? './data';
const stack = JSON.parse(await readFile(`${dataDir}/stack.json`, 'utf8')) as Stack;
const seed = (await readFile(`${stack.keys_dir}/reader.nk`, 'utf8')).trim();
const authenticator = nkeyAuthenticator(new TextEncoder().encode(seed));
const nc = await connect({ servers: stack.nats_url, authenticator, inboxPrefix: '_INBOX_reader' });

for await (const message of nc.subscribe('aegis.events.decision.>')) {
  console.log(message.subject, message.string());
}
