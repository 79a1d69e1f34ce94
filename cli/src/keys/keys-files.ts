import { join } from 'node:path';

export type KeysFiles = {
  readonly MCP_KEYS_FILE: string;
  /** Says that there was a key once; none where the file is named, since nobody is let in without one then. */
  readonly MCP_KEYS_NEEDED_FILE: string | undefined;
};

/** Where keys of MCP clients are: the file that is named, else those of the data directory. */
export const keysFiles = (
  env: { readonly MCP_KEYS_FILE?: string | undefined },
  dataDir: string,
): KeysFiles =>
  env.MCP_KEYS_FILE
    ? { MCP_KEYS_FILE: env.MCP_KEYS_FILE, MCP_KEYS_NEEDED_FILE: undefined }
    : {
        MCP_KEYS_FILE: join(dataDir, 'mcp-keys.json'),
        MCP_KEYS_NEEDED_FILE: join(dataDir, 'mcp-keys-needed'),
      };
