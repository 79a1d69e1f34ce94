import { parseFile, type ReadFile } from '@aegis/kit/files';
import { KeyName } from '@aegis/kit/keys';
import { z } from 'zod';
import { Digest } from './call.ts';

/** What a key of an MCP client begins with. */
export const CLIENT_KEY_PREFIX = 'aegis';

/** What stands in the file that says that there was a key once. */
export const KEYS_NEEDED =
  'There was a key of an MCP client: where mcp-keys.json is missing, nobody is let in over HTTP.\n';

/** The keys file: names and digests, never a key. The owner of a key is the principal `key:<name>`. */
export const KeysFile = z.strictObject({ keys: z.record(KeyName, Digest) });
export type KeysFile = z.infer<typeof KeysFile>;

/** Reads the text of a keys file. A problem is one sentence that names the field. */
export const parseKeys = (text: string): ReadFile<KeysFile> => parseFile(KeysFile, text);
