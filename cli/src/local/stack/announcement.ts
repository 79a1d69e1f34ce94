import { existsSync } from 'node:fs';
import type { Env } from '@aegis/kit/env';
import { codeFilePath } from './approval-code-file.ts';
import { logFilePath } from './background.ts';
import type { Stack } from './stack-file.ts';

function codePlace(env: Env, dataDir: string): string {
  if (env['APPROVAL_CODE']) return 'the code of APPROVAL_CODE';
  return `the code in ${env['APPROVAL_CODE_FILE'] || codeFilePath(dataDir)}`;
}

/** What a person must know of a firewall that nobody started by hand: lines for stderr. */
export function announcement(stack: Stack, env: Env, dataDir: string): string[] {
  const { pid, gateway_url, policy_path } = stack;
  const lines = [
    `AegisMCP was started in the background (process ${pid}, log ${logFilePath(dataDir)}); to stop it: AEGIS_DATA_DIR=${dataDir} npx aegis down`,
    `What waits for a person: ${gateway_url}/ui/approvals, with ${codePlace(env, dataDir)}`,
  ];
  if (existsSync(policy_path)) return lines;
  return [
    ...lines,
    `WARNING: there is no policy at ${policy_path}, so EVERY TOOL IS ALLOWED unless an earlier policy is still in force. Write one there.`,
  ];
}
