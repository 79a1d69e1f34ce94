import { type Route, textRoute } from '@aegis/bus';
import { policyMigrate, policyValidate } from '@aegis/contracts/policy';
import { createWorkerThread } from '@aegis/kit/worker';
import type { ActivePolicy } from '@aegis/replicas/policy';
import type { Trial } from './trial-worker.ts';

const MODULE = new URL('./trial-worker.ts', import.meta.url);
/** The most that trying one out may take, in milliseconds: nobody who asks waits longer. */
const WITHIN_MS = 5_000;

/**
 * Tries policies out beside the event loop, where decisions are made: from the reading of the request to the text of its
 * reply, a caller's document is looked at in a thread alone, until the caller's deadline.
 */
export function createTrying(active: () => ActivePolicy) {
  const worker = createWorkerThread(MODULE);
  let text = { digest: '', json: '' };
  const activeText = (): string => {
    const { digest, policy } = active().published;
    if (text.digest !== digest) text = { digest, json: JSON.stringify(policy) };
    return text.json;
  };
  const run = async (trial: Trial, deadlineMs: number): Promise<string> =>
    String(await worker.run(trial, Math.min(deadlineMs, Date.now() + WITHIN_MS)));
  const routes: Route[] = [
    textRoute(policyValidate, async (request, deadlineMs) =>
      run({ verb: 'validate', request, active: activeText() }, deadlineMs),
    ),
    textRoute(policyMigrate, (request, deadlineMs) =>
      run({ verb: 'migrate', request, active: '' }, deadlineMs),
    ),
  ];
  return { routes, stop: () => worker.stop() };
}
