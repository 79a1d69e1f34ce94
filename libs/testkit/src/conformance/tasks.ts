import { randomUUID } from 'node:crypto';
import type { CallToolResult, InputRequest } from '@modelcontextprotocol/server';

export const TASKS_EXTENSION = 'io.modelcontextprotocol/tasks';
const TTL_MS = 60_000;
const POLL_INTERVAL_MS = 100;

type Outcome =
  | { status: 'working' | 'cancelled' }
  | { status: 'input_required'; inputRequests: Record<string, InputRequest> }
  | { status: 'completed'; result: CallToolResult }
  | { status: 'failed'; error: { code: number; message: string } };

/** A task of SEP-2663, as `tasks/get` shows it. */
export type Task = { taskId: string; createdAt: string; lastUpdatedAt: string } & {
  ttlMs: number;
  pollIntervalMs: number;
} & Outcome;

/** What runs as a task: its result, or an exception, which is an error of the protocol. */
export type Work = (task: { ask: Ask; signal: AbortSignal }) => Promise<CallToolResult>;
type Ask = (requests: Record<string, InputRequest>) => Promise<Record<string, unknown>>;

type Entry = {
  task: Task;
  controller: AbortController;
  answer: (responses: Record<string, unknown>) => void;
};

export type Tasks = {
  /** Starts the work and gives the task as it is now. */
  create(work: Work): Task;
  get(taskId: string): Task | undefined;
  cancel(taskId: string): void;
  update(taskId: string, responses: Record<string, unknown>): void;
};

const isOver = ({ status }: Task): boolean => ['completed', 'failed', 'cancelled'].includes(status);

function change(entry: Entry, outcome: Outcome): void {
  if (isOver(entry.task)) return;
  const { taskId, createdAt, ttlMs, pollIntervalMs } = entry.task;
  const lastUpdatedAt = new Date().toISOString();
  entry.task = { taskId, createdAt, lastUpdatedAt, ttlMs, pollIntervalMs, ...outcome };
}

/** Asks the client and waits until each request is answered; what is answered is no longer asked. */
function askThrough(entry: Entry): Ask {
  return (inputRequests) =>
    new Promise((resolve) => {
      let left = inputRequests;
      const answers: Record<string, unknown> = {};
      change(entry, { status: 'input_required', inputRequests: left });
      entry.answer = (responses) => {
        Object.assign(answers, responses);
        left = Object.fromEntries(Object.entries(left).filter(([key]) => !(key in answers)));
        if (Object.keys(left).length > 0)
          return change(entry, { status: 'input_required', inputRequests: left });
        change(entry, { status: 'working' });
        resolve(answers);
      };
    });
}

/** The tasks of every session: in 2026-07-28 there are no sessions, and an id is all that a client has. */
export function createTasks(): Tasks {
  const entries = new Map<string, Entry>();
  return {
    create(work) {
      const at = new Date().toISOString();
      const times = { createdAt: at, lastUpdatedAt: at, ttlMs: TTL_MS, pollIntervalMs: POLL_INTERVAL_MS };
      const task: Task = { taskId: randomUUID(), ...times, status: 'working' };
      const entry: Entry = { task, controller: new AbortController(), answer: () => undefined };
      entries.set(task.taskId, entry);
      void work({ ask: askThrough(entry), signal: entry.controller.signal }).then(
        (result) => change(entry, { status: 'completed', result }),
        ({ message }: Error) => change(entry, { status: 'failed', error: { code: -32_603, message } }),
      );
      return task;
    },
    get: (taskId) => entries.get(taskId)?.task,
    cancel(taskId) {
      const entry = entries.get(taskId);
      if (entry === undefined) return;
      change(entry, { status: 'cancelled' });
      entry.controller.abort();
    },
    update: (taskId, responses) => entries.get(taskId)?.answer(responses),
  };
}
