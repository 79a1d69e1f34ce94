import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { ConfigError } from '@aegis/kit/env';
import { createOnce, takeOnChange } from '@aegis/kit/files';
import type { Logger } from '@aegis/kit/logger';

const BYTES = 32;
const FORM = /^[0-9a-f]{64}$/;

const isCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code;

async function read(path: string): Promise<Buffer> {
  const text = (await readFile(path, 'utf8')).trim();
  if (FORM.test(text)) return Buffer.from(text, 'hex');
  throw new ConfigError(
    `SESSION_SECRET_FILE: ${path} is damaged: delete it, and a new one is made; people sign in again`,
  );
}

async function readOrMake(path: string): Promise<Buffer> {
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

export type SessionSecret = {
  /** @throws ConfigError where the file can't be read or made */
  start(): Promise<void>;
  stop(): void;
  /** The 32 bytes that sessions are signed with now. */
  readonly current: Buffer;
  /** What is wrong with the file as it is now; undefined where nothing is. */
  readonly problem: string | undefined;
};

/**
 * The secret of the file, readable by the owner only, made where it is missing, so that people stay signed in over a
 * restart; another one in the file counts at once. Of a file that turns bad nobody's session is: until it is mended they
 * are signed with what nobody knows. Without a file that is so from the start.
 */
export function createSessionSecret(path: string | undefined, log: Logger): SessionSecret {
  let current: Buffer = randomBytes(BYTES);
  let problem: string | undefined;
  let isStarted = false;

  const take = async (at: string): Promise<void> => {
    try {
      current = await readOrMake(at);
      problem = undefined;
    } catch (error) {
      if (!(error instanceof ConfigError && isStarted)) throw error;
      current = randomBytes(BYTES);
      problem = error.message;
      log.warn({ problem }, 'session secret not in force; everybody is signed out');
    }
  };
  const taking =
    path === undefined
      ? undefined
      : takeOnChange(
          path,
          () => take(path),
          (err) => log.error({ err }, 'session secret not taken; will be tried again'),
        );
  return {
    async start() {
      await taking?.start();
      isStarted = true;
    },
    stop: () => taking?.stop(),
    get current() {
      return current;
    },
    get problem() {
      return problem;
    },
  };
}
