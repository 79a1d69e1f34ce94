import type { Approval } from '@aegis/contracts/approvals';
import type { FormerCode } from '@aegis/contracts/drawn-code';
import { approvalIdFor } from '../domain/identity.ts';
import type { Ground } from '../ground.ts';
import { compareOneTimeCode } from '../people/one-time-code.ts';

type Pending = Extract<Approval, { status: 'pending' }>;

/** Questions before this one under its key whose codes somebody may still have in mind. */
const EARLIER = 3;

/** What a word is to an approval that waits: its code, one that counts no more, or neither. */
export type Spoken = { isRight: boolean; former?: FormerCode | undefined };

const formerIn = async (
  { approval_id, former_codes = [] }: Approval,
  word: string,
): Promise<FormerCode | undefined> => {
  if (former_codes.length === 0) return undefined;
  const isOf = await compareOneTimeCode(approval_id, word);
  return former_codes.findLast(({ digest }) => isOf(digest));
};

/** A code of what was asked under the same key before: whoever asks again may still give it. */
async function earlierCode(
  { store }: Pick<Ground, 'store'>,
  { call, dry_run_id, generation }: Pending,
  word: string,
  deadlineMs: number,
): Promise<FormerCode | undefined> {
  for (let before = generation - 1; before > 0 && before >= generation - EARLIER; before--) {
    const earlier = await store.load(approvalIdFor(call.principal, dry_run_id, before), deadlineMs);
    const found = earlier && (await formerIn(earlier.state, word));
    if (found) return found;
  }
  return undefined;
}

/** Whether a word that is not its code can have been one. */
export const hadCodes = ({ former_codes, generation }: Approval): boolean =>
  former_codes !== undefined || generation > 1;

export async function spokenTo(
  ground: Pick<Ground, 'store'>,
  approval: Pending,
  word: string,
  deadlineMs: number,
): Promise<Spoken> {
  const { approval_id, code, former_codes = [] } = approval;
  const isOf = await compareOneTimeCode(approval_id, word);
  if (code !== undefined && isOf(code.digest)) return { isRight: true };
  const former = former_codes.findLast(({ digest }) => isOf(digest));
  return { isRight: false, former: former ?? (await earlierCode(ground, approval, word, deadlineMs)) };
}
