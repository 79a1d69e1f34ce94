import { Worker } from 'node:worker_threads';
import { AppError } from '../errors/app-error.ts';
import { type Fault, fromFault } from '../errors/faces.ts';
import { concurrent } from '../rate-limit.ts';

/** More tasks than this don't wait. */
const MAX_WAITING = 64;
const MAX_HEAP_MB = 256;

/** What a thread says: first that it takes tasks, then what came of each. */
export type WorkerWord = 'ready' | { readonly value: unknown } | { readonly fault: Fault };

type Task = {
  readonly input: unknown;
  readonly timer: NodeJS.Timeout;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: AppError) => void;
};

/** A thread for work that would keep the event loop from everybody else. */
export type WorkerThread = ReturnType<typeof createWorkerThread>;

const late = (): AppError => new AppError('deadline_exceeded', 'This took too long, and was given up.');

/**
 * A thread beside the event loop that does one task after the other, each until its deadline: then the thread is ended, and
 * the next task gets a new one. `module` calls {@link serveWorker}; the thread begins with the first task.
 */
export function createWorkerThread(module: URL) {
  const waiting: Task[] = [];
  let thread: { readonly worker: Worker; isReady: boolean } | undefined;
  let running: Task | undefined;

  const end = (): void => {
    void thread?.worker.terminate();
    thread = undefined;
  };
  const finish = (settle: (task: Task) => void): void => {
    const done = running;
    running = undefined;
    if (done) {
      clearTimeout(done.timer);
      settle(done);
    }
    next();
  };
  const open = (): void => {
    const worker = new Worker(module, { resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MB } });
    const opened = { worker, isReady: false };
    const lost = (cause: unknown): void => {
      if (thread !== opened) return;
      thread = undefined;
      running ??= waiting.shift();
      finish(({ reject }) => reject(new AppError('internal', 'A worker could not do this.', { cause })));
    };
    worker.unref();
    worker.on('message', (word: WorkerWord) => {
      if (thread !== opened) return;
      if (word === 'ready') {
        opened.isReady = true;
        return next();
      }
      finish(({ resolve, reject }) =>
        'fault' in word ? reject(fromFault(word.fault)) : resolve(word.value),
      );
    });
    worker.on('error', lost);
    worker.on('exit', lost);
    thread = opened;
  };
  const next = (): void => {
    if (running !== undefined || waiting.length === 0) return;
    if (thread === undefined) open();
    if (thread?.isReady !== true) return;
    running = waiting.shift();
    thread.worker.postMessage(running?.input, []);
  };
  const giveUp = (task: Task): void => {
    if (task === running) {
      end();
      return finish(({ reject }) => reject(late()));
    }
    waiting.splice(waiting.indexOf(task), 1);
    task.reject(late());
  };

  return {
    /** Begins before the first task, where that one should not wait for it. */
    start: open,
    /**
     * Does one task there; `deadlineMs` is in milliseconds since the epoch.
     *
     * @throws AppError what the task throws; `deadline_exceeded`; `too_many_requests` where too many tasks wait
     */
    run(input: unknown, deadlineMs: number): Promise<unknown> {
      if (waiting.length >= MAX_WAITING) {
        const detail = 'Too much of this waits: try again later.';
        return Promise.reject(
          new AppError('too_many_requests', detail, {
            retryAfterS: 1,
            limit: concurrent('searches', MAX_WAITING),
          }),
        );
      }
      const { promise, resolve, reject } = Promise.withResolvers<unknown>();
      const timer = setTimeout(() => giveUp(task), deadlineMs - Date.now());
      const task: Task = { input, timer, resolve, reject };
      waiting.push(task);
      next();
      return promise;
    },
    /** Ends the thread; what is under way or waits is given up. */
    stop(): void {
      end();
      const left = running === undefined ? waiting.splice(0) : [running, ...waiting.splice(0)];
      running = undefined;
      for (const { timer, reject } of left) {
        clearTimeout(timer);
        reject(late());
      }
    },
  };
}
