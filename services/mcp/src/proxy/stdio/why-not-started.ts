import { statSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import type { StdioUpstream } from '@aegis/firewall/servers';
import { codeOf, whyNoFile } from '@aegis/kit/errors';

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;

/** Why a server's process can't be started, and what helps, as part of a sentence: the system says one code for several. */
export function whyNotStarted(
  error: unknown,
  { command, cwd }: Pick<StdioUpstream, 'command' | 'cwd'>,
): string {
  const code = codeOf(error);
  if (cwd !== undefined && !isFolder(cwd)) return `can't be started: its cwd ${cwd} is no folder`;
  if (code === 'ENOENT') {
    const where = isAbsolute(command) ? 'there' : 'on the PATH of the firewall';
    return `can't be started: ${command} is not found ${where}: install it, or correct its command in the servers file`;
  }
  return `can't be started: ${command} can't be run, because ${whyNoFile(error)}: check its command in the servers file`;
}
