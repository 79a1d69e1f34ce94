import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { makeApprovalCode } from '@aegis/approvals/config';
import { ensureIdentities, moveStreamsScript, natsConf } from '@aegis/bus/law';
import { createOnce } from '@aegis/kit/files';

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

/** The code that a person approves with, where nobody chose one: 128 bits, made once. */
async function ensureApprovalCode(path: string): Promise<string | undefined> {
  const code = makeApprovalCode();
  await mkdir(dirname(path), { recursive: true });
  return (await createOnce(path, `${code}\n`)) ? code : undefined;
}

/** Webhooks of before are taken over once, so that nobody stops being told. */
async function takeOverWebhooks({ file, before }: Places['webhooks']): Promise<void> {
  const found = await readFile(before, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return;
    throw error;
  });
  if (found !== undefined) await createOnce(file, found);
}

/**
 * Prepares a deployment in containers: nats.conf, what takes earlier streams along, a seed for each identity, and an
 * approval code where the environment has none. What is there stays, so it may run before every start.
 *
 * @returns the approval code where it was made now
 * @throws BrokerError where a seed file is damaged
 */
export async function configure(
  { conf, keysDir, storeDir, webhooks }: Places,
  env: Readonly<Record<string, string | undefined>>,
): Promise<string | undefined> {
  const identities = await ensureIdentities((identity) => join(keysDir, identity));
  const listening = { host: '0.0.0.0', port: NATS_PORT, httpPort: MONITORING_PORT };
  await mkdir(dirname(conf), { recursive: true });
  await writeFile(conf, natsConf({ ...listening, storeDir, identities }));
  await writeFile(join(dirname(conf), 'move-streams.sh'), moveStreamsScript(storeDir));
  await takeOverWebhooks(webhooks);
  return env['APPROVAL_CODE'] ? undefined : ensureApprovalCode(join(keysDir, 'approval-code', 'code'));
}
