import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { seedFile } from '@aegis/bus/law';
import type { Env } from '@aegis/kit/env';
import { localKey } from '@aegis/kit/keys';
import type { z } from 'zod';
import { bearer } from '../approver-credential.ts';
import type { Host } from '../host.ts';
import { dataDirOf, readStackFile } from '../local/stack/stack-file.ts';
import { agentKey } from './agent-key.ts';
import { ask, type Question } from './client.ts';

const OWN_SEED = 'gateway.nk';
const LOOPBACK = ['127.0.0.1', 'localhost', '[::1]'];

/** Where the very gateway that is asked has its key of the bus, if it runs here: no other gets what is made of that. */
async function seedOf(env: Env, base: URL): Promise<string | undefined> {
  const inContainer = env['NATS_NKEY_FILE'];
  if (inContainer !== undefined && basename(inContainer) === OWN_SEED)
    return LOOPBACK.includes(base.hostname) ? inContainer : undefined;
  const found = await readStackFile(dataDirOf(env));
  if (found.state !== 'running' || new URL(found.stack.gateway_url).origin !== base.origin) return undefined;
  return seedFile(found.stack.keys_dir, 'gateway');
}

/**
 * Who reads: the key in `AEGIS_KEY`; else whoever can read the gateway's own key on this machine, who could read all that it
 * knows anyway; else the approver in `AEGIS_APPROVER_KEY`.
 */
export async function readerKey(
  { env }: Pick<Host, 'env'>,
  base: URL,
): Promise<{ readonly authorization?: string }> {
  if (env['AEGIS_KEY']) return agentKey({ env });
  const seed = await seedOf(env, base);
  const text = seed && (await readFile(seed, 'utf8').catch(() => undefined));
  if (text) return { authorization: `Bearer ${localKey(text)}` };
  return env['AEGIS_APPROVER_KEY'] ? bearer(env['AEGIS_APPROVER_KEY']) : {};
}

/** Asks the gateway as whoever reads here. @throws CliError, as `ask` */
export const askAsReader = async <S extends z.ZodType>(
  host: Pick<Host, 'env'>,
  base: URL,
  question: Question,
  answer: S,
): Promise<z.output<S>> => ask(base, { ...question, headers: await readerKey(host, base) }, answer);
