import type { CallFailed, CallOutcomeUnknown, CallSucceeded } from '@aegis/contracts/proxied-call';
import { clientText, type Flat, type Flatten } from './flat.ts';

type Ended = CallSucceeded | CallFailed | CallOutcomeUnknown;

/** The end of a call; its decision has a line of its own with the same `call_id`. */
const ended = (
  action: string,
  ok: boolean | null,
  { call_id, server, tool, principal }: Ended,
  note: string,
): Flat => ({ action, ok, tool, status: action.replace('call.', ''), note, principal, call_id, server });

const took = (ms: number): string => `${Math.round(ms * 10) / 10} ms`;

/** `ok` is null where it is not known how a call went, and where nobody judged it. */
export const FLATTEN_CALLS: Flatten<
  | 'aegis.call.succeeded.v1'
  | 'aegis.call.failed.v1'
  | 'aegis.call.outcome_unknown.v1'
  | 'aegis.call.passed.v1'
  | 'aegis.call.refused.v1'
> = {
  'aegis.call.succeeded.v1': (data) => {
    const cost = `after ${took(data.duration_ms)}, ${data.result_bytes} bytes`;
    if (!data.accepted) return ended('call.succeeded', true, data, `a result ${cost}`);
    // A task: the server took the call and gave a handle; how the work went is not known yet.
    return { ...ended('call.succeeded', null, data, `a task's handle ${cost}`), status: 'accepted' };
  },
  'aegis.call.failed.v1': (data) =>
    ended('call.failed', false, data, `${data.error} (after ${took(data.duration_ms)})`),
  'aegis.call.outcome_unknown.v1': (data) => ended('call.outcome_unknown', null, data, data.because),
  'aegis.call.passed.v1': ({ call_id, server, principal, client, method }) => ({
    action: 'call.passed',
    status: 'passed',
    note: `${method} reached the server; no rule judges it`,
    principal,
    call_id,
    server,
    client: clientText(client),
  }),
  'aegis.call.refused.v1': ({ call_id, server, principal, because, message_bytes }) => ({
    action: 'call.refused',
    ok: false,
    status: 'refused',
    note: `${because} (a message of ${message_bytes} bytes)`,
    principal,
    call_id,
    server,
  }),
};
