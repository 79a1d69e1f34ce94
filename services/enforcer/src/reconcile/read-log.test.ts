import type { Bus, Followed } from '@aegis/bus';
import type { Envelope } from '@aegis/contracts/envelope';
import { CALLS_LOG } from '@aegis/contracts/subjects';
import { expect, it } from 'vitest';
import { endOf, startOf } from '../testkit/calls.ts';
import { createOpenCalls } from './open-calls.ts';
import { readLog } from './read-log.ts';

type Apply = (message: Followed) => Promise<void> | undefined | void;

const applied = (subject: string, event: Envelope): Followed => ({
  seq: 1,
  subject,
  storedAt: new Date(0),
  event,
});

it('few calls are in memory at a time, however many have ended since, also where the ends are read late', async () => {
  const MANY = 5;
  const ids = Array.from({ length: 60 }, (_, n) => `c${n}`);
  const applies = new Map<string | undefined, Apply>();
  // Reads nothing by itself: the ends come when somebody waits for them.
  const bus = {
    follow: async ({ filter, apply }: { filter: string; apply: Apply }) => {
      applies.set(filter, apply);
      const caughtUp = async () => {
        for (const id of ids) await apply(applied(`aegis.log.call.${id}`, endOf(id, 'i1')));
        return true;
      };
      return { caughtUp, position: () => 0, stop: async () => undefined };
    },
  } as unknown as Bus;

  const open = createOpenCalls();
  await readLog(
    bus,
    (call) => open.started(call, 0),
    (id) => open.ended(id),
    () => open.size,
    MANY,
  );
  const [starts] = [...applies].filter(([filter]) => filter !== CALLS_LOG).map(([, apply]) => apply);
  let most = 0;
  for (const id of ids) {
    await starts?.(applied('aegis.log.decision.enforce.allowed', startOf(id, 'i1')));
    most = Math.max(most, open.size);
  }
  expect(most).toBeLessThanOrEqual(MANY);
  expect(open.size).toBe(0);
});
