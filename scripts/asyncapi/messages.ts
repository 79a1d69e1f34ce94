import { Envelope } from '@aegis/contracts/envelope';
import { EVENT_TYPES, type EventType } from '@aegis/contracts/events';
import { type Json, type Rpc, refTo } from './schemas.ts';

export const capital = (text: string): string => `${text[0]?.toUpperCase() ?? ''}${text.slice(1)}`;

/** `aegis.approval.requested.v1` → `approvalRequestedV1`: a key that AsyncAPI allows. */
export const eventKey = (type: string): string =>
  type
    .split(/[._]/)
    .slice(1)
    .map((word, index) => (index === 0 ? word : capital(word)))
    .join('');

/** `notifier.webhook-save` → `notifierWebhookSave` */
export const rpcKey = ({ service, verb }: Rpc): string => service + verb.split('-').map(capital).join('');

/** An event: the envelope, with this type and this data. */
export function eventMessage(type: EventType): [string, Json] {
  const { schema, sentence } = EVENT_TYPES[type];
  const properties = { type: { const: type }, data: refTo(schema) };
  const payload = { allOf: [refTo(Envelope), { type: 'object', properties }] };
  return [eventKey(type), { name: type, summary: sentence, payload }];
}

const DEADLINE = { type: 'integer', description: 'Milliseconds since the epoch; nobody acts past it.' };
const TRACEPARENT = { type: 'string', description: 'https://www.w3.org/TR/trace-context/' };

const FAULT = {
  type: 'object',
  properties: { code: { type: 'string' }, detail: { type: 'string' } },
  required: ['code', 'detail'],
};

const holding = (name: string, schema: Json): Json => ({
  type: 'object',
  properties: { [name]: schema },
  required: [name],
});

/** A question with its absolute deadline, and its answer or the fault. */
export function rpcMessages(rpc: Rpc): [string, Json][] {
  const asked = {
    type: 'object',
    properties: { deadline_ms: DEADLINE, traceparent: TRACEPARENT, data: refTo(rpc.request) },
    required: ['deadline_ms', 'data'],
  };
  const answered = { oneOf: [holding('data', refTo(rpc.reply)), holding('error', FAULT)] };
  return [
    [`${rpcKey(rpc)}Request`, { payload: asked }],
    [`${rpcKey(rpc)}Reply`, { payload: answered }],
  ];
}
