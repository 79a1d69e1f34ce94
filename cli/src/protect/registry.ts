import { hash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { replaceFile } from '../policy-file/replace-file.ts';

/** What was done with a client's file: digests of what was written there and of the copy, and the paths that were. */
const Protected = z.strictObject({
  written: z.string(),
  /** Absent where an older AegisMCP wrote this, as the two below. */
  copy: z.string().optional(),
  policy_path: z.string().optional(),
  servers_path: z.string().optional(),
});
export type Protected = z.infer<typeof Protected>;
/** The clients' files behind the firewall of one data directory. */
const Registry = z.record(z.string(), Protected);
export type Registry = z.infer<typeof Registry>;

const fileOf = (dataDir: string): string => join(dataDir, 'clients.json');

export const digestOfText = (text: string): string => `sha256:${hash('sha256', text, 'hex')}`;

/** What is not readable is nothing: the files themselves say what is behind the firewall. */
export async function readRegistry(dataDir: string): Promise<Registry> {
  try {
    return Registry.parse(JSON.parse(await readFile(fileOf(dataDir), 'utf8')));
  } catch {
    return {};
  }
}

/** Remembers what was done with a client's file, or with `undefined` that nothing of ours is there any more. */
export async function remember(dataDir: string, path: string, done: Protected | undefined): Promise<void> {
  const { [path]: _, ...others } = await readRegistry(dataDir);
  const next = done === undefined ? others : { ...others, [path]: done };
  await replaceFile(fileOf(dataDir), `${JSON.stringify(next, null, 2)}\n`, 'owner');
}

/** Digests of copies whose files were changed before they were taken out of the firewall: they are kept for their owner. */
const Copies = z.record(z.string(), z.string());
const copiesOf = (dataDir: string): string => join(dataDir, 'client-copies.json');

async function readCopies(dataDir: string): Promise<z.infer<typeof Copies>> {
  try {
    return Copies.parse(JSON.parse(await readFile(copiesOf(dataDir), 'utf8')));
  } catch {
    return {};
  }
}

/** What is known of a copy that was left when a file was taken out; undefined where none was. */
export async function leftCopy(dataDir: string, path: string): Promise<Protected | undefined> {
  const copies = await readCopies(dataDir);
  return Object.hasOwn(copies, path) ? { written: '', copy: copies[path] } : undefined;
}

/** Remembers a copy that stays, so that the next one may take its place. */
export async function rememberCopy(dataDir: string, path: string, text: string): Promise<void> {
  const next = { ...(await readCopies(dataDir)), [path]: digestOfText(text) };
  await replaceFile(copiesOf(dataDir), `${JSON.stringify(next, null, 2)}\n`, 'owner');
}
