import { resolve } from 'node:path';
import type { Env } from '@aegis/kit/env';
import type { StdioUpstream } from './entry.ts';
import { expandUpstream } from './expand.ts';

const MOST = 16;

/**
 * The folders that a server's relative paths may be meant from: the one that it runs in, and what its command line names,
 * as file servers are told what they serve. A relay says the same of the server behind it.
 */
export function serverFolders(written: StdioUpstream, env: Env): string[] {
  const expanded = expandUpstream(written, env);
  const { args, cwd = '' } = 'problem' in expanded ? written : expanded.upstream;
  const named = args.map((arg) => arg.replace(/^-[^=]*=?/, '')).filter((arg) => arg !== '');
  return [...new Set(['', ...named].map((path) => resolve(cwd, path)))].slice(0, MOST);
}
