import { readEnvelope } from '@aegis/bus';
import type { Envelope } from '@aegis/contracts/envelope';
import { readEvent } from '@aegis/contracts/read-event';
import { holdsState, POLICY_LOG } from '@aegis/contracts/subjects';
import { validatePolicy } from '@aegis/policy-engine';

/** A message of the log. */
export type StoredText = { readonly seq: number; readonly subject: string; readonly text: string };

/** What was found on a subject. `skipped` are the messages after the last good one; all where there is none. */
export type MendPlan = {
  readonly skipped: readonly number[];
  /** The last message of the subject, 0 where there is none. */
  readonly lastSeq: number;
  readonly good?: { readonly seq: number; readonly event: Envelope };
  /** Whether what happens next is decided on the subject's last message: only such a subject is written to. */
  readonly standsOnLast: boolean;
};

/** The event that a message is, where this version reads it as one of its subject, and could have it in force. */
function goodEvent({ subject, text }: StoredText): Envelope | undefined {
  const event = readEnvelope(text);
  const read = event && readEvent({ subject, event });
  if (!event || !read) return undefined;
  const isUnfit = read.type === 'aegis.policy.published.v1' && !validatePolicy(read.data.policy).ok;
  return subject === POLICY_LOG && isUnfit ? undefined : event;
}

/** Reads all messages of one subject, in the log's order. */
export async function planMend(subject: string, messages: AsyncIterable<StoredText>): Promise<MendPlan> {
  let skipped: number[] = [];
  let lastSeq = 0;
  let good: MendPlan['good'];
  for await (const message of messages) {
    const event = goodEvent(message);
    lastSeq = message.seq;
    if (event === undefined) skipped.push(message.seq);
    else [good, skipped] = [{ seq: message.seq, event }, []];
  }
  return { skipped, lastSeq, standsOnLast: holdsState(subject), ...(good && { good }) };
}
