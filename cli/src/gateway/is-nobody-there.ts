import { z } from 'zod';
import { ask } from './client.ts';

const FirstApproverAnswer = z.looseObject({ is_needed: z.boolean() });

/** Whether there is neither an approver nor a code. @throws CliError where no gateway of this version answers */
export async function isNobodyThere(gateway: URL): Promise<boolean> {
  const question = { method: 'GET', path: 'ui/api/first-approver' } as const;
  return (await ask(gateway, question, FirstApproverAnswer)).is_needed;
}
