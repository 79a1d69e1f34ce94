import { textRoute } from '@aegis/bus';
import { auditPast, auditQuery } from '@aegis/contracts/audit';
import { AppError } from '@aegis/kit/errors';
import { createWorkerThread } from '@aegis/kit/worker';
import type { Recorder } from '../projections/recorder.ts';
import type { Search } from './query-worker.ts';

const MODULE = new URL('./query-worker.ts', import.meta.url);
const READ_OWN_WRITES_MS = 500;

/** Searches the file beside the event loop: the record grows, and a search reads as much of it as it has to. */
export type Searching = ReturnType<typeof createSearching>;

export function createSearching(recorder: Pick<Recorder, 'caughtUp' | 'file'>) {
  // A page of the console waits for a search, and not for long: nobody who asks for the record is before it.
  const workers = { query: createWorkerThread(MODULE), past: createWorkerThread(MODULE) };
  for (const worker of Object.values(workers)) worker.start();
  const search = (asked: Search['asked']) => async (request: string, deadlineMs: number) => {
    if (!(await recorder.caughtUp(Math.min(deadlineMs, Date.now() + READ_OWN_WRITES_MS)))) {
      throw new AppError('audit_unavailable', 'The audit file is behind the log; try again in a moment.');
    }
    const file = recorder.file();
    const { ino, dev } = await file.handle.stat();
    const found: Search = { asked, request, path: file.path, length: file.length(), ino, dev };
    return String(await workers[asked].run(found, deadlineMs));
  };
  const routes = [textRoute(auditQuery, search('query')), textRoute(auditPast, search('past'))];
  const stop = (): void => {
    for (const worker of Object.values(workers)) worker.stop();
  };
  return { routes, stop };
}
