import type { Response } from '../wire/message.ts';
import { removeElements } from '../wire/splice.ts';
import { membersOf } from './era.ts';

/** Tasks whose owner is known; the oldest are forgotten first. */
const MAX_TASKS = 10_000;

/** Whose tasks are whose: a task belongs to the principal whose call made it. */
export type TaskOwners = {
  made(server: string, taskId: string, principal: string): void;
  /** False where the task is known to be another principal's. */
  isOwn(server: string, taskId: unknown, principal: string): boolean;
};

const TASKS = ['result', 'tasks'];

/** The id of the task that a call was answered with, where it was. */
export function taskIn({ result }: Response): string | undefined {
  const { taskId } = membersOf(membersOf(result)['task']);
  return typeof taskId === 'string' ? taskId : undefined;
}

/** Takes other principals' tasks out of a list of tasks, by splicing. */
export function ownTasks(
  owners: TaskOwners,
  { text, result }: Response,
  server: string,
  principal: string,
): string {
  const { tasks } = membersOf(result);
  if (!Array.isArray(tasks)) return text;
  const others = tasks.flatMap((task: unknown, index) =>
    owners.isOwn(server, membersOf(task)['taskId'], principal) ? [] : [index],
  );
  return others.length === 0 ? text : removeElements(text, TASKS, others);
}

const keyOf = (server: string, taskId: string): string => `${server}\0${taskId}`;

export function createTaskOwners(max: number = MAX_TASKS): TaskOwners {
  const owners = new Map<string, string>();
  return {
    made(server, taskId, principal) {
      const key = keyOf(server, taskId);
      // The first owner stays: a server that gives an id again must not hand one principal's task to another.
      if (owners.has(key)) return;
      if (owners.size >= max) owners.delete(owners.keys().next().value as string);
      owners.set(key, principal);
    },
    isOwn(server, taskId, principal) {
      const owner = typeof taskId === 'string' ? owners.get(keyOf(server, taskId)) : undefined;
      return owner === undefined || owner === principal;
    },
  };
}
