import { hash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

/** The clients' files behind the firewall of one data directory, each with the digest of what was written there. */
const Registry = z.record(z.string(), z.strictObject({ written: z.string() }));
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

/** Remembers what was written into a client's file, or with `undefined` that nothing of ours is there any more. */
export async function remember(dataDir: string, path: string, written: string | undefined): Promise<void> {
  const { [path]: _, ...others } = await readRegistry(dataDir);
  const next = written === undefined ? others : { ...others, [path]: { written: digestOfText(written) } };
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  await writeFile(fileOf(dataDir), `${JSON.stringify(next, null, 2)}\n`, { mode: 0o600 });
}
