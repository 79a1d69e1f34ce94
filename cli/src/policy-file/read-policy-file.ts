import { readFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { codeOf, whyNoFile } from '@aegis/kit/errors';
import { failure } from '../cli-error.ts';
import type { Host } from '../host.ts';

/** The name that means standard input. */
export const STDIN = '-';

/** How a file is named in a sentence. */
export const nameOf = (file: string): string => (file === STDIN ? 'standard input' : file);

/** The text of a policy file, or of standard input for `-`. @throws CliError `file_unreadable` */
export async function readPolicyFile(host: Host, file: string): Promise<string> {
  try {
    const bytes = await (file === STDIN ? buffer(host.stdin) : readFile(file));
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    const isNoText = codeOf(error) === 'ERR_ENCODING_INVALID_ENCODED_DATA';
    const name = nameOf(file);
    const detail = isNoText
      ? `${name} is not UTF-8 text: save it as UTF-8.`
      : `${name} can't be read: ${whyNoFile(error)}.`;
    throw failure('file_unreadable', 'The file is not read', detail, error);
  }
}
