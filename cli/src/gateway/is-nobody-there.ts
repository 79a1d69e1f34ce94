import { z } from 'zod';
import { ask } from './client.ts';

const FirstApproverAnswer = z.looseObject({
  is_needed: z.boolean(),
  damage: z.string().optional(),
  refused: z.string().optional(),
});

/**
 * Whether there is neither an approver nor a code; `damage`: because the approvers file is bad, in words for people;
 * `refused`: why there is no link of `approve-here`.
 *
 * @throws CliError where no gateway of this version answers
 */
export async function isNobodyThere(
  gateway: URL,
): Promise<{ isNobody: boolean; damage: string | undefined; refused: string | undefined }> {
  const question = { method: 'GET', path: 'ui/api/first-approver' } as const;
  const { is_needed: isNobody, damage, refused } = await ask(gateway, question, FirstApproverAnswer);
  return { isNobody, damage, refused };
}
