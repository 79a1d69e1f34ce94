import { z } from 'zod';
import { CallId, ClientInfo, Digest, InstanceId, Principal, ServerName } from '../call.ts';
import { DecisionId } from '../decision.ts';
import { runLog } from '../subjects.ts';
import { type Channel, event } from './event.ts';

const CALLS: Channel<{ instance: string; call_id: string }> = {
  id: 'calls',
  title: 'Calls through the firewall in the path',
  about:
    'The firewall in the path stores one decision with a `dispatch` before the server sees a call, and one of the three ends after ' +
    'it. A call ends once: the first end that is stored stands. An end is not waited for, so a result may be there a moment before. ' +
    'All of one run of the firewall share a subject; where that run was fenced, and in versions before, each has its own.',
  subject: runLog,
  parameter: {
    description: "The run of the firewall, or the call, as its decision's dispatch names them.",
    of: ({ instance, call_id }) => [instance, call_id],
  },
};

/** Of versions before, each stands on a subject of its own, by its `call_id`. */
const NOTES: Channel = {
  id: 'callNotes',
  title: 'Messages that no rule judged',
  about: 'They end nothing, so all of one run of the firewall share a subject: none costs one for good.',
  subject: runLog,
  parameter: { description: 'The run of the firewall.' },
};

const FENCES: Channel<{ instance: string }> = {
  id: 'callFences',
  title: 'Runs of the firewall that are taken for gone',
  subject: runLog,
  parameter: { description: 'The run of the firewall.', of: ({ instance }) => instance },
};

/** The call that an end belongs to. */
const of = {
  call_id: CallId.describe('the call, as the `dispatch` of its decision names it'),
  decision_id: DecisionId.describe('the `id` of that decision'),
  instance: InstanceId.describe('the run of the firewall that sent it'),
  server: ServerName.describe('the MCP server, by its name behind the firewall'),
  tool: z.string().min(1).max(400).describe('as rules name it: `<server>.<tool>`'),
  principal: Principal.describe('who called'),
};
const timed = {
  duration_ms: z.number().min(0).describe('from the record of the decision to the answer, in milliseconds'),
  result_bytes: z.int().min(0).describe('bytes of its JSON text, as the server wrote it'),
  result_digest: Digest.optional().describe('SHA-256 of it'),
  recorded_result: z.unknown().optional().describe('the answer, where it is kept: whole or without secrets'),
};
const note = {
  call_id: CallId.describe('an id for this message'),
  instance: InstanceId.describe('the run of the firewall'),
  server: ServerName.describe('the MCP server, by its name behind the firewall'),
  principal: Principal.describe('whose client sent it'),
};

const took = (ms: number): string => `${Math.round(ms * 10) / 10} ms`;

/** `ok` is null where it is not known how a call went, and where nobody judged it. */
export const CALL_DEFINITIONS = {
  'aegis.call.succeeded.v1': event({
    schema: z.strictObject({
      ...of,
      ...timed,
      accepted: z.literal(true).optional().describe("a task's handle: how the work goes is not known yet"),
    }),
    channel: CALLS,
    sentence: 'The server answered with a result.',
    audit({ duration_ms, result_bytes, accepted }) {
      const cost = `after ${took(duration_ms)}, ${result_bytes} bytes`;
      if (!accepted) return { ok: true, status: 'succeeded', note: `a result ${cost}` };
      return { status: 'accepted', note: `a task's handle ${cost}` };
    },
  }),
  'aegis.call.failed.v1': event({
    schema: z.strictObject({
      ...of,
      ...timed,
      error: z.string().max(1_000).describe('as the server says it'),
    }),
    channel: CALLS,
    sentence: 'The server answered with an error, or with a result that says it is one.',
    audit: ({ error, duration_ms: ms }) => ({
      ok: false,
      status: 'failed',
      note: `${error} (after ${took(ms)})`,
    }),
  }),
  'aegis.call.outcome_unknown.v1': event({
    schema: z.strictObject({ ...of, because: z.string().max(1_000).describe('why nobody knows') }),
    channel: CALLS,
    sentence:
      'The server may have run the call; nobody knows. It is never sent again. Where the server dies, its firewall says so; where ' +
      'that went away, for longer than `RECONCILE_AFTER_MS`, the enforcer does, and what it records of the call later is refused.',
    audit: ({ because }) => ({ status: 'outcome_unknown', note: because }),
  }),
  'aegis.call.fenced.v1': event({
    schema: z.strictObject({
      instance: of.instance.describe('the run of the firewall'),
      after: z
        .string()
        .min(1)
        .max(200)
        .optional()
        .describe('the `id` of the last event before this one here'),
    }),
    channel: FENCES,
    sentence:
      'A run of the firewall that had let calls through answered nobody for longer than `RECONCILE_AFTER_MS`, so the enforcer says ' +
      'of those calls how they ended. What that run has to say of a call from here on stands where no end of it does.',
    audit: () => ({ status: 'fenced', note: 'a run of the firewall that answers nobody' }),
  }),
  'aegis.call.passed.v1': event({
    schema: z.strictObject({
      ...note,
      client: ClientInfo.optional().describe('what the MCP client says of itself'),
      method: z.string().min(1).max(200).describe('the MCP method'),
      params_digest: Digest.optional().describe('SHA-256 of its parameters'),
      recorded_params: z
        .unknown()
        .optional()
        .describe('its parameters, where kept: whole or without secrets'),
    }),
    channel: NOTES,
    sentence:
      'A request that no rule names, such as `completion/complete`, was forwarded. It is not waited for, and has no decision.',
    audit: ({ method }) => ({
      status: 'passed',
      note: `${method} reached the server; no rule judges it`,
    }),
  }),
  'aegis.call.refused.v1': event({
    schema: z.strictObject({
      ...note,
      because: z.string().max(1_000).describe('what is odd about it'),
      message_bytes: z.int().min(0).describe('how long it was'),
      message_digest: Digest.describe('SHA-256 of its bytes'),
    }),
    channel: NOTES,
    sentence: "A client's message was not forwarded, because readers could differ on what it says.",
    audit: ({ because, message_bytes }) => ({
      ok: false,
      status: 'refused',
      note: `${because} (a message of ${message_bytes} bytes)`,
    }),
  }),
};
