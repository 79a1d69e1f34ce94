import { type Bus, retryOnConflict } from '@aegis/bus';
import { createEvent } from '@aegis/contracts/create-event';
import { POLICY_LOG } from '@aegis/contracts/subjects';
import { newTraceId } from '@aegis/kit/trace';
import type { PolicyReplica } from '@aegis/replicas/policy';
import { type Candidate, decide } from './domain/policy-log.ts';

const WITHIN_MS = 5_000;

/**
 * Offers what stands at the policy's path to the log, compare-and-set: of replicas that read the same change one appends it,
 * and the others find it there. Resolves when this replica has activated what the log says.
 */
export async function offer(
  bus: Bus,
  replica: PolicyReplica,
  read: () => Promise<Candidate>,
  now: () => Date,
): Promise<void> {
  /** True once the log says what is to be said. Read again each time: whoever was first may have had a newer file. */
  const isSaid = async (): Promise<boolean> => {
    const deadlineMs = Date.now() + WITHIN_MS;
    await replica.caughtUp(deadlineMs);
    const [event] = decide(await read(), replica.state);
    if (!event) return true;
    const { type, data } = event;
    const made = { source: 'policy', time: now().toISOString(), traceId: newTraceId() };
    const fact = { subject: POLICY_LOG, event: createEvent({ ...made, type, data }), expect: replica.seq };
    await bus.append.one(fact, deadlineMs);
    return false;
  };
  await retryOnConflict(async () => {
    while (!(await isSaid()));
  });
}
