import { fileURLToPath } from 'node:url';
import type { Target } from '@aegis/testkit/mcp-clients';
import type { Stack } from '../stack.ts';

const LAUNCHER = fileURLToPath(new URL('../../../cli/bin/aegis.js', import.meta.url));

/** A server as a command, in front of which the firewall is put. */
export type ServerCommand = { name: string; command: string; args: string[]; options?: string[] };

/** What an MCP client starts: the server behind `aegis wrap`, for this stack. */
export function wrappedBy(stack: Stack, { name, command, args, options = [] }: ServerCommand): Target {
  return {
    url: '',
    command: process.execPath,
    args: [LAUNCHER, 'wrap', '--name', name, ...options, '--', command, ...args],
    env: { AEGIS_DATA_DIR: stack.dataDir, PATH: process.env['PATH'] ?? '' },
  };
}

const packaged = (name: string): string =>
  fileURLToPath(
    new URL(`../../../node_modules/@modelcontextprotocol/${name}/dist/index.js`, import.meta.url),
  );

/** A reference server from npm, started by the Node that runs the tests. */
export const reference = (name: string, args: string[]): Pick<ServerCommand, 'command' | 'args'> => ({
  command: process.execPath,
  args: [packaged(name), ...args],
});
