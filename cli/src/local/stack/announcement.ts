import { existsSync } from 'node:fs';
import type { Env } from '@aegis/kit/env';
import { formerData, program } from '../../../relay/data-directory.js';
import { askedNote } from '../../keys/who-is-asked.ts';
import { hasCode } from '../code-env.ts';
import { type WhoApproves, whoApproves } from '../who-approves.ts';
import { logFilePath } from './background.ts';
import type { Stack } from './stack-file.ts';

const BY: Readonly<Record<WhoApproves, string>> = {
  code: ', with the code of APPROVAL_CODE',
  people: ", with an approver's own key",
  nobody: '',
};

/** What a person must know of a firewall that nobody started by hand: lines for stderr. */
export async function announcement(stack: Stack, env: Env, dataDir: string): Promise<string[]> {
  const { pid, gateway_url, policy_path } = stack;
  const who = await whoApproves(hasCode(env), gateway_url);
  const inData = `AEGIS_DATA_DIR=${dataDir} ${program()}`;
  return [
    `AegisMCP was started in the background (process ${pid}, log ${logFilePath(dataDir)}); to stop it: ${inData} down`,
    `What waits for a person: ${gateway_url}/ui/approvals${BY[who]}`,
    ...(existsSync(policy_path)
      ? []
      : [
          `There is no policy at ${policy_path}, so a person is asked about every call unless an earlier policy is still in force. Write one there.`,
        ]),
    ...(who === 'nobody' ? [`Nobody can approve yet. In a terminal: ${inData} approve-here`] : []),
    ...[(await askedNote(env, dataDir)) ?? '', formerData(env).trim()].filter((sentence) => sentence !== ''),
  ];
}
