import { CLIENT_KEY_PREFIX, parseKeys } from '@aegis/contracts/keys-file';
import type { Host } from '../host.ts';
import { dataDirOf } from '../local/stack/stack-file.ts';
import type { HoldersFile } from './holders-file.ts';
import { keysFiles } from './keys-files.ts';

/** The file of keys of MCP clients. */
export const mcpKeys = ({ env }: Pick<Host, 'env'>): HoldersFile<string> => ({
  noun: 'key',
  command: 'keys',
  prefix: CLIENT_KEY_PREFIX,
  path: keysFiles(env, dataDirOf(env)).MCP_KEYS_FILE,
  parse: (text) => {
    const read = parseKeys(text);
    return 'file' in read ? { file: read.file.keys } : read;
  },
  toDocument: (keys) => ({ keys }),
});
