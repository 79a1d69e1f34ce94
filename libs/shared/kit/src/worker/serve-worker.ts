import { setPriority } from 'node:os';
import { parentPort } from 'node:worker_threads';
import { toFault } from '../errors/faces.ts';
import type { WorkerWord } from './worker.ts';

/** Where decisions and this want the same core, decisions have it. */
const NICE = 10;

/** Answers, in a thread, what is asked of it by `createWorkerThread`. What it throws is thrown there. */
export function serveWorker(handle: (input: never) => unknown): void {
  const port = parentPort;
  if (port === null) throw new Error('This module runs in a worker thread.');
  // Linux has a priority for each thread; elsewhere this would be that of the whole process.
  if (process.platform === 'linux') setPriority(NICE);
  const answer = async (input: unknown): Promise<WorkerWord> => {
    try {
      return { value: await handle(input as never) };
    } catch (thrown) {
      return { fault: toFault(thrown) };
    }
  };
  port.on('message', (input: unknown) => {
    void answer(input).then((word) => port.postMessage(word));
  });
  port.postMessage('ready' satisfies WorkerWord);
}
