import { homedir, userInfo } from 'node:os';
import type { Env } from './env.ts';
import { every, LINE_BREAKING } from './text/mod.ts';

const MAX_LENGTH = 200;

/** Who calls over stdio, or gives a command: the user that the system says this process runs as, not the environment. */
export function osUserPrincipal(): string {
  const name = ((): string => {
    try {
      return userInfo().username;
    } catch {
      // A container may run as a user that has no name.
      return `uid-${process.getuid?.() ?? 'unknown'}`;
    }
  })();
  return `os-user:${name.replace(every(LINE_BREAKING), '_')}`.slice(0, MAX_LENGTH);
}

/** The user's own folder: `HOME`, else what the system has; undefined for a user that it has no entry of. */
export function homeFolder(env: Env = process.env): string | undefined {
  if (env['HOME']) return env['HOME'];
  try {
    return homedir();
  } catch {
    return undefined;
  }
}
