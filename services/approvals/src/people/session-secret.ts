import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { ConfigError } from '@aegis/kit/env';
import { createOnce } from '@aegis/kit/files';

const BYTES = 32;
const FORM = /^[0-9a-f]{64}$/;

const isCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code;

async function read(path: string): Promise<Buffer> {
  const text = (await readFile(path, 'utf8')).trim();
  if (FORM.test(text)) return Buffer.from(text, 'hex');
  throw new ConfigError(
    `SESSION_SECRET_FILE: ${path} is damaged: delete it, and a new one is made; people sign in again.`,
  );
}

/**
 * The 32 bytes that sessions are signed with: those in the file, readable by the owner only, made where it is missing, so
 * that people stay signed in over a restart. Without a file they are new for each process.
 *
 * @throws ConfigError where the file can't be read or made
 */
export async function sessionSecret(path: string | undefined): Promise<Buffer> {
  if (path === undefined) return randomBytes(BYTES);
  try {
    return await read(path);
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    if (!isCode(error, 'ENOENT'))
      throw new ConfigError(`SESSION_SECRET_FILE: ${path} can not be read`, { cause: error });
  }
  try {
    await createOnce(path, `${randomBytes(BYTES).toString('hex')}\n`);
  } catch (cause) {
    throw new ConfigError(`SESSION_SECRET_FILE: ${path} can not be made`, { cause });
  }
  return read(path);
}
