import type { Bus } from '@aegis/bus';
import { createEvent, newTraceId } from '@aegis/contracts/create-event';
import { POLICY_LOG } from '@aegis/contracts/subjects';
import { AppError } from '@aegis/kit/errors';
import type { PolicyReplica } from '@aegis/replicas/policy';
import { type Candidate, decide } from './domain/policy-log.ts';

const TRIES = 5;
const WITHIN_MS = 5_000;

/**
 * Offers what stands at the policy's path to the log, compare-and-set: of replicas that read the same change one appends it, and the others
 * find it there. Resolves when this replica has activated what the log says.
 */
export async function offer(
  bus: Bus,
  replica: PolicyReplica,
  read: () => Promise<Candidate>,
  now: () => Date,
): Promise<void> {
  for (let tries = 1; ; tries++) {
    const deadlineMs = Date.now() + WITHIN_MS;
    await replica.caughtUp(deadlineMs);
    // Read again at each try: whoever was first may have had a newer file.
    const [event] = decide(await read(), replica.state);
    if (!event) return;
    const envelope = createEvent({
      type: event.type,
      source: 'policy',
      time: now().toISOString(),
      traceId: newTraceId(),
      data: event.data,
    });
    try {
      await bus.append.one({ subject: POLICY_LOG, event: envelope, expect: replica.seq }, deadlineMs);
    } catch (thrown) {
      const lostRace = thrown instanceof AppError && thrown.code === 'version_conflict';
      if (!lostRace || tries >= TRIES) throw thrown;
    }
  }
}
