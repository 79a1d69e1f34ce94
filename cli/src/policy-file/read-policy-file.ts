import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { whyNoFile } from '@aegis/kit/errors';
import { failure } from '../cli-error.ts';
import type { Host } from '../host.ts';

/** The name that means standard input. */
export const STDIN = '-';

/** The text of a policy file, or of standard input for `-`. @throws CliError `file_unreadable` */
export async function readPolicyFile(host: Host, file: string): Promise<string> {
  if (file === STDIN) return text(host.stdin);
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const detail = `${file} can't be read: ${whyNoFile(error)}.`;
    throw failure('file_unreadable', 'The file is not read', detail, error);
  }
}
