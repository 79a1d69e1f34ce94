import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { StdioUpstream } from '@aegis/firewall/servers';
import type { Env } from '@aegis/kit/env';
import { expandUpstream } from './expand.ts';

const MOST = 16;

/** @returns false also for what can't be looked at */
function isFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/**
 * The folders that a server's relative paths may be meant from: the one that it runs in, and what its command line names
 * besides files, as file servers are told what they serve. A relay says the same of the server behind it.
 */
export function serverFolders(written: StdioUpstream, env: Env): string[] {
  const expanded = expandUpstream(written, env);
  const { args, cwd = '' } = 'problem' in expanded ? written : expanded.upstream;
  const named = args.map((arg) => arg.replace(/^-[^=]*=?/, '')).filter((arg) => arg !== '');
  const folders = ['', ...named].map((path) => resolve(cwd, path)).filter((path) => !isFile(path));
  return [...new Set(folders)].slice(0, MOST);
}
