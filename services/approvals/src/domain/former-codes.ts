import type { Approval } from '@aegis/contracts/approvals';
import type { FormerCode } from '@aegis/contracts/drawn-code';

type Pending = Extract<Approval, { status: 'pending' }>;

/** More of one approval than anybody still has in mind; each is in all of its events from there on. */
const MOST_FORMER = 20;

/** What ends a code: when, and what happened then, for people; nothing where it was redeemed. */
export type CodeEnd = { now: Date; dropped?: string | undefined };

/** Without the code that waits to be spoken, which stays on record as one that counts no more. */
export function endCode(pending: Pending, { now, dropped }: CodeEnd): Omit<Pending, 'code'> {
  const { code, former_codes = [], ...state } = pending;
  const ended = code && {
    ...code,
    ended_at: now.toISOString(),
    ...(dropped === undefined ? {} : { dropped_because: dropped }),
  };
  const former = ended ? [...former_codes, ended].slice(-MOST_FORMER) : former_codes;
  return former.length === 0 ? state : { ...state, former_codes: former };
}

/** What is said to who gives a code that was right once. */
export function whyNoMore({ drawn_by, until, ended_at, dropped_because }: FormerCode): string {
  const became = (): string => {
    if (dropped_because === undefined) return `was redeemed at ${ended_at}, and works once`;
    return ended_at > until
      ? `was good until ${until}`
      : `was dropped at ${ended_at}, when ${dropped_because}`;
  };
  return `The code that ${drawn_by} drew ${became()}: ask for another`;
}
