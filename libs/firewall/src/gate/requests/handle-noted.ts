import type { ClientInfo } from '@aegis/contracts/call';
import { errorResponse, INTERNAL_ERROR } from '../../wire/errors.ts';
import type { Request } from '../../wire/message.ts';
import { invalidParams } from '../answers.ts';
import type { Disposition, GateOptions } from '../api.ts';
import type { FirewallParts } from '../firewall-parts.ts';
import { recordedParams } from '../read/recorded-value.ts';
import { ownTasks } from '../read/tasks.ts';
import { CANNOT_RECORD } from '../sentences.ts';

/** What `params` has of these methods beside `_meta`; what else stood there would reach the server unjudged. */
const MEMBERS: ReadonlyMap<string, readonly string[]> = new Map([
  ['tasks/get', ['taskId', 'requestState']],
  ['tasks/result', ['taskId']],
  ['tasks/cancel', ['taskId']],
  ['tasks/list', ['cursor']],
]);
const strangerIn = ({ method, params }: Request): string | undefined => {
  const known = MEMBERS.get(method);
  return known && Object.keys(params ?? {}).find((key) => key !== '_meta' && !known.includes(key));
};

/** Lets a request about a task through, on record; of tasks only the principal's own. */
export function handleNoted(
  { recorder, tasks }: Pick<FirewallParts, 'recorder' | 'tasks'>,
  { server, principal, record }: Pick<GateOptions, 'server' | 'principal' | 'record'>,
  request: Request,
  client: ClientInfo | undefined,
): Disposition {
  const { method, params, text, rawId } = request;
  if (!tasks.isOwn(server, params?.['taskId'], principal)) {
    return { type: 'answer', text: invalidParams(request, 'params.taskId: there is no such task') };
  }
  const stranger = strangerIn(request);
  if (stranger !== undefined) {
    const because = `params: ${method} has no ${JSON.stringify(stranger.slice(0, 80))}, and no rule could look at it`;
    recorder.refused({ server, principal, client }, because, Buffer.from(text));
    return { type: 'answer', text: invalidParams(request, because) };
  }
  if (!recorder.passed({ server, principal, client }, method, recordedParams(request, record))) {
    return { type: 'answer', text: errorResponse(rawId, INTERNAL_ERROR, CANNOT_RECORD) };
  }
  if (method !== 'tasks/list') return { type: 'forward', text };
  return {
    type: 'forward',
    text,
    ended: (end) =>
      end.type === 'response'
        ? ownTasks(tasks, end.response, server, principal)
        : errorResponse(rawId, INTERNAL_ERROR, `The server did not answer: ${end.because}.`, end.http),
  };
}
