import type { Call } from '@aegis/contracts/call';
import { callDigest } from '@aegis/contracts/call-digest';
import { differing } from '../read/differing.ts';

/** Calls that a person was asked about; the oldest are forgotten first. */
const MOST = 1_000;
/** Characters of input that are kept to compare. */
const MAX_KEPT = 16_384;

/** What people were asked about lately, so that a call that differs in what it sends besides can say so. */
export type AskedCalls = ReturnType<typeof createAskedCalls>;

type Asked = { readonly approvalId: string; readonly input: Call['input'] };

/** The same tool and the same arguments, whatever is sent besides. */
const keyOf = ({ input: _input, definition_digest: _digest, ...call }: Call): string => callDigest(call);

export function createAskedCalls(most: number = MOST) {
  const asked = new Map<string, Asked>();
  return {
    /** Notes a call that waits; says in which members it differs from the one before it that was the same but for these. */
    note(call: Call, approvalId: string): string | undefined {
      const { input } = call;
      const key = keyOf(call);
      const before = asked.get(key);
      if (before?.approvalId === approvalId) return undefined;
      asked.delete(key);
      if (asked.size >= most) asked.delete(asked.keys().next().value as string);
      if (JSON.stringify(input ?? {}).length <= MAX_KEPT) asked.set(key, { approvalId, input });
      const where = before && differing(before.input, input);
      return (
        where &&
        `it differs from the call of approval ${before.approvalId} in ${where}, so it is another question`
      );
    },
  };
}
