import { existsSync } from 'node:fs';
import { notAsked, type WhoIsAsked } from '@aegis/contracts/asked-words';
import type { Env } from '@aegis/kit/env';
import { program } from '../../relay/data-directory.js';
import { dataDirOf } from '../local/stack/stack-file.ts';
import { keysFiles } from './keys-files.ts';
import { onLog } from './on-log.ts';

/** Whether the keys file closes `/mcp`, by itself or because it once did. */
export function isMcpClosed(env: Env, dataDir: string): boolean {
  const { MCP_KEYS_FILE: keys, MCP_KEYS_NEEDED_FILE: needed } = keysFiles(env, dataDir);
  return needed === undefined || existsSync(keys) || existsSync(needed);
}

/** Who needs a key at the firewall that runs here; undefined where nobody can say. */
export async function whoIsAsked(env: Env): Promise<WhoIsAsked | undefined> {
  const found = await onLog({ env }).catch(() => undefined);
  if (found === undefined || 'unknown' in found) return undefined;
  if (found.asked) return 'everybody';
  return isMcpClosed(env, dataDirOf(env)) ? 'at mcp' : 'nobody';
}

/** That callers need no name, in words; undefined where they do, and where nobody can say. */
export async function askedNote(env: Env, dataDir: string): Promise<string | undefined> {
  const who = await whoIsAsked(env);
  if (who === undefined || who === 'everybody') return undefined;
  return notAsked(who, `AEGIS_DATA_DIR=${dataDir} ${program()}`);
}
