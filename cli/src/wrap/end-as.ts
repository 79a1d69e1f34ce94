import { constants } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';

const SIGNAL_OFFSET = 128;
const DIES_WITHIN_MS = 1_000;

/** Ends this process by a signal, as the process that it stood in for ended, so that the parent sees the same. */
export async function endBySignal(signal: NodeJS.Signals): Promise<never> {
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
  await sleep(DIES_WITHIN_MS);
  // Not every signal ends a process; a shell would say it so.
  process.exit(SIGNAL_OFFSET + constants.signals[signal]);
}
