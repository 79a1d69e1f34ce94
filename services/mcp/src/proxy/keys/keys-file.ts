import { createHash, randomBytes } from 'node:crypto';
import { Digest } from '@aegis/shared/contracts/call';
import { toAppError } from '@aegis/shared/errors/app-error';
import { describeIssues } from '@aegis/shared/errors/invalid';
import { parseStrictJson } from '@aegis/shared/json/strict';
import { z } from 'zod';

const KEY_BYTES = 32;

/** A key's name: its owner is the principal `key:<name>`. */
export const KeyName = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9_.@-]{0,63}$/,
    'expected 1 to 64 characters of A-Z a-z 0-9 _ . @ -, the first a letter or a digit',
  );

/** The keys file: names and digests, never a key. */
export const KeysFile = z.strictObject({ keys: z.record(KeyName, Digest) });
export type KeysFile = z.infer<typeof KeysFile>;

/** A new key: 256 bits of chance, so its plain SHA-256 can be kept. */
export const makeKey = (): string => `aegis_${randomBytes(KEY_BYTES).toString('base64url')}`;

export const keyDigest = (key: string): string => `sha256:${createHash('sha256').update(key).digest('hex')}`;

/** Reads the text of a keys file. A problem is one sentence that names the field. */
export function parseKeys(text: string): { readonly file: KeysFile } | { readonly problem: string } {
  try {
    const parsed = KeysFile.safeParse(parseStrictJson(text), { reportInput: true });
    return parsed.success ? { file: parsed.data } : { problem: describeIssues(parsed.error) };
  } catch (thrown) {
    return {
      problem: toAppError(thrown)
        .message.replace(/^The body is/, 'it is')
        .replace(/\.$/, ''),
    };
  }
}
