import { membersOf } from '@aegis/kit/json';
import type { Response } from '../../wire/message.ts';
import { removeElements } from '../../wire/splice.ts';

/** Tasks whose owner is known; the oldest are forgotten first. */
const MAX_TASKS = 10_000;

/** The call that made a task: what a client adds to the task later is judged as part of it. */
export type TaskCall = {
  readonly tool: string;
  readonly name: string | undefined;
  readonly args: Record<string, unknown> | undefined;
};
type Owner = { readonly principal: string; readonly call: TaskCall | undefined };

/** Whose tasks are whose: a task belongs to the principal whose call made it. */
export type TaskOwners = ReturnType<typeof createTaskOwners>;

const TASKS = ['result', 'tasks'];
/** The principals that one upstream credential may have to keep apart. */
const HAS_KEY = /^key:/;

/** The id of the task that a call was answered with, where it was: 2026-07-28 (SEP-2663) has it in the result itself. */
export function taskIn({ result }: Response): string | undefined {
  const members = membersOf(result);
  const { taskId } = members['resultType'] === 'task' ? members : membersOf(members['task']);
  return typeof taskId === 'string' ? taskId : undefined;
}

/** The tasks that a client of the 2026-07-28 era listens to (SEP-2663); undefined where that is no list of ids. */
export function tasksListenedTo(params: Readonly<Record<string, unknown>> | undefined): string[] | undefined {
  const taskIds = membersOf(params?.['notifications'])['taskIds'] ?? [];
  return Array.isArray(taskIds) && taskIds.every((id) => typeof id === 'string') ? taskIds : undefined;
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

export function createTaskOwners(max: number = MAX_TASKS) {
  const owners = new Map<string, Owner>();
  return {
    made(server: string, taskId: string, principal: string, call?: TaskCall): void {
      const key = keyOf(server, taskId);
      // The first owner stays: a server that gives an id again must not hand one principal's task to another.
      if (owners.has(key)) return;
      if (owners.size >= max) owners.delete(owners.keys().next().value as string);
      owners.set(key, { principal, call });
    },
    /** The call that made the task, where it is remembered. */
    callOf: (server: string, taskId: string): TaskCall | undefined => owners.get(keyOf(server, taskId))?.call,
    /**
     * False where the task is another principal's, or may be: nobody remembers who made it, and keys tell people apart.
     * Without an id it is about no task.
     */
    isOwn(server: string, taskId: unknown, principal: string): boolean {
      if (taskId === undefined) return true;
      // A lenient server could take it for the text that is written in it.
      if (typeof taskId !== 'string') return false;
      const owner = owners.get(keyOf(server, taskId));
      return owner === undefined ? !HAS_KEY.test(principal) : owner.principal === principal;
    },
  };
}
