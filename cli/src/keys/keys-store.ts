import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type KeysFile, parseKeys } from '@aegis/mcp/keys';
import { failure } from '../cli-error.ts';
import type { Host } from '../host.ts';
import { dataDirOf } from '../stack-file.ts';

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : String(error);

/** `MCP_KEYS_FILE`, else `mcp-keys.json` in the data directory. */
export const keysPath = ({ env }: Pick<Host, 'env'>): string =>
  env['MCP_KEYS_FILE'] || join(dataDirOf(env), 'mcp-keys.json');

/** The keys of a file; none where it is not there. @throws CliError where it can't be read, or is no keys file */
export async function readKeys(path: string): Promise<KeysFile['keys']> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return {};
    throw failure(
      'file_unreadable',
      'The file is not read',
      `${path} can't be read (${codeOf(error)}).`,
      error,
    );
  }
  const read = parseKeys(text);
  if ('file' in read) return read.file.keys;
  throw failure('keys_invalid', 'This is no keys file', `${path} is no keys file: ${read.problem}.`);
}

/** Writes a whole file, readable by its owner only; a reader sees the old or the new one. @throws CliError */
export async function writeKeys(path: string, keys: KeysFile['keys']): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await writeFile(temporary, `${JSON.stringify({ keys }, null, 2)}\n`, { mode: 0o600 });
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    const detail = `${path} can't be written (${codeOf(error)}) and is as it was.`;
    throw failure('file_unwritable', 'The file is not written', detail, error);
  }
}
