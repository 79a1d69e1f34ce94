import { fileURLToPath } from 'node:url';
import type { Command } from './raw-client.ts';

const PACKAGED = {
  everything: new URL(
    '../../../node_modules/@modelcontextprotocol/server-everything/dist/index.js',
    import.meta.url,
  ),
  filesystem: new URL(
    '../../../node_modules/@modelcontextprotocol/server-filesystem/dist/index.js',
    import.meta.url,
  ),
  memory: new URL('../../../node_modules/@modelcontextprotocol/server-memory/dist/index.js', import.meta.url),
};
const LAUNCHER = fileURLToPath(new URL('../../../cli/bin/aegis.js', import.meta.url));

/** A reference server as its package brings it, with the Node that runs the tests. */
export const referenceServer = (
  name: keyof typeof PACKAGED,
  args: string[],
  env: Record<string, string>,
): Command => ({
  command: process.execPath,
  args: [fileURLToPath(PACKAGED[name]), ...args],
  env,
});

/** The same server behind the firewall of this data directory, under this name. Its environment stays as it is. */
export const wrapped = (name: string, { command, args, env }: Command, dataDir: string): Command => ({
  command: process.execPath,
  args: [LAUNCHER, 'wrap', '--name', name, '--', command, ...args],
  env: { ...env, AEGIS_DATA_DIR: dataDir },
});
