import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ensureIdentities, moveStreamsScript, natsConf } from '@aegis/bus/law';
import { createOnce } from '@aegis/kit/files';
import { natsHealthScript } from './nats-health.ts';

export type Places = {
  readonly conf: string;
  /** Each identity's seed is `<keysDir>/<identity>/<identity>.nk`: each folder is mounted into one container only. */
  readonly keysDir: string;
  /** The folder of the server's data, inside the server's container. */
  readonly storeDir: string;
  /** The webhooks of today, and where they were when approvals told people. */
  readonly webhooks: { readonly file: string; readonly before: string };
};

const NATS_PORT = 4222;
const MONITORING_PORT = 8222;

/** Webhooks of before are taken over once, so that nobody stops being told. */
async function takeOverWebhooks({ file, before }: Places['webhooks']): Promise<void> {
  const found = await readFile(before, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return;
    throw error;
  });
  if (found !== undefined) await createOnce(file, found);
}

/**
 * Prepares a deployment in containers: nats.conf, what takes earlier streams along and what looks after the server, and a
 * seed for each identity. What is there stays, so it may run before every start.
 *
 * @throws BrokerError where a seed file is damaged
 */
export async function configure({ conf, keysDir, storeDir, webhooks }: Places): Promise<void> {
  const identities = await ensureIdentities((identity) => join(keysDir, identity));
  const listening = { host: '0.0.0.0', port: NATS_PORT, httpPort: MONITORING_PORT };
  await mkdir(dirname(conf), { recursive: true });
  await writeFile(conf, natsConf({ ...listening, storeDir, identities }));
  await writeFile(join(dirname(conf), 'move-streams.sh'), moveStreamsScript(storeDir));
  await writeFile(join(dirname(conf), 'nats-health.sh'), natsHealthScript(MONITORING_PORT, storeDir));
  await takeOverWebhooks(webhooks);
}
