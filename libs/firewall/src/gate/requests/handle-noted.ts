import type { ClientInfo } from '@aegis/contracts/call';
import { errorResponse, INTERNAL_ERROR } from '../../wire/errors.ts';
import type { Request } from '../../wire/message.ts';
import { invalidParams } from '../answers.ts';
import type { Disposition, GateOptions } from '../api.ts';
import type { FirewallParts } from '../firewall-parts.ts';
import { ownTasks } from '../read/tasks.ts';
import { CANNOT_RECORD } from '../sentences.ts';

const TASKS = 'tasks/';

/** Whether requests of this method reach the server unjudged and on record. */
export const isNoted = (method: string): boolean =>
  method === 'completion/complete' || method.startsWith(TASKS);

/** Lets a request through that no rule names; of tasks only the principal's own. */
export function handleNoted(
  { recorder, tasks }: Pick<FirewallParts, 'recorder' | 'tasks'>,
  { server, principal }: Pick<GateOptions, 'server' | 'principal'>,
  request: Request,
  client: ClientInfo | undefined,
): Disposition {
  const { method, params, text, rawId } = request;
  if (method.startsWith(TASKS) && !tasks.isOwn(server, params?.['taskId'], principal)) {
    return { type: 'answer', text: invalidParams(request, 'params.taskId: there is no such task') };
  }
  if (!recorder.passed({ server, principal, client }, method)) {
    return { type: 'answer', text: errorResponse(rawId, INTERNAL_ERROR, CANNOT_RECORD) };
  }
  if (method !== 'tasks/list') return { type: 'forward', text };
  return {
    type: 'forward',
    text,
    ended: (end) =>
      end.type === 'response'
        ? ownTasks(tasks, end.response, server, principal)
        : errorResponse(rawId, INTERNAL_ERROR, `The server did not answer: ${end.because}.`),
  };
}
