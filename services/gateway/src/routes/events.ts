import { approvalsGet } from '@aegis/contracts/approvals';
import { parseRequest } from '@aegis/kit/errors';
import { z } from 'zod';
import { KINDS, type Kind, type Wanted } from '../events/live-event.ts';
import { permitOf, watchCaller } from '../http/callers.ts';
import { onlyOf, readsArguments } from '../http/rights.ts';
import { callerOf, holderOf } from '../http/turns.ts';
import type { App, HttpDeps } from '../http-deps.ts';
import { CREDENTIAL_FAULTS, problems } from '../schemas/problem.ts';

const isKind = (text: string): text is Kind => (KINDS as readonly string[]).includes(text);
const expected = `expected a comma-separated list of ${KINDS.join(', ')}`;

const Kinds = z
  .string(expected)
  .transform((list) => [...new Set(list.split(',').map((kind) => kind.trim()))])
  .refine((kinds): kinds is Kind[] => kinds.every(isKind), expected);

const EventId = z
  .string()
  .regex(/^[0-9]{1,16}$/, 'expected the id of an event: a whole number')
  .transform(Number)
  .refine(Number.isSafeInteger, 'expected the id of an event: a whole number');

export const EventsQuery = z.strictObject({
  types: Kinds.default([...KINDS]),
  /** Either id names an approval. */
  approval_id: z.string().min(1).max(200).optional(),
  last_event_id: EventId.optional(),
});

const EventsHeaders = z.object({ 'last-event-id': z.string().optional() });

const Position = z.object({ 'last-event-id': EventId.optional() });

const eventStream = {
  description:
    'Server-Sent Events: `id` is the place in the log, `event` the type, `data` the CloudEvent as JSON',
  content: { 'text/event-stream': { schema: z.string() as z.ZodType } },
};

/** Decisions and approvals as they are stored, for programs and for the page. */
export function eventRoutes(app: App, { feed, ask, endings, limitOf, callers }: HttpDeps): void {
  const schema = {
    tags: ['events'],
    operationId: 'streamEvents',
    summary: 'Decisions and approvals, live and resumable',
    description:
      'Only what is stored is sent. With `approval_id`, only what is about that approval, which may be named by its run key ' +
      'too. With `Last-Event-ID` (or `last_event_id`) first all that was stored after it, then ' +
      'live, without a gap or a repeat. A reader that is too slow is cut off and resumes by its last id; so is, where there are 100, ' +
      'the oldest of whoever has the most.',
    querystring: EventsQuery,
    headers: EventsHeaders,
    response: { 200: eventStream, ...problems([...CREDENTIAL_FAULTS, 404, 409, 422, 503]) },
  };
  app.get('/events', { schema, exposeHeadRoute: false }, async (request, reply) => {
    // A browser that reconnects sends the header and still has the query of its first connection.
    const header = parseRequest(Position, { 'last-event-id': request.headers['last-event-id'] });
    const { last_event_id } = request.query;
    const inQuery = last_event_id === undefined ? undefined : { seq: last_event_id, field: 'last_event_id' };
    const seq = header['last-event-id'];
    const after = seq === undefined ? inQuery : { seq, field: 'Last-Event-ID' };
    const most = limitOf(request.principal, 'streams');
    const reader = { ...holderOf(request), most, caller: callerOf(request) };
    const { types: kinds, approval_id: id } = request.query;
    const permit = permitOf(request);
    const principal = onlyOf(permit, request.caller);
    const approvalId =
      id === undefined
        ? undefined
        : (await ask(approvalsGet, { id, principal }, request)).approval.approval_id;
    const reads: Wanted['reads'] = (about) => readsArguments(permit, request.caller, about);
    const stream = await feed.open(reader, { kinds, approvalId, principal, reads }, after);
    stream.once(
      'close',
      endings.add(request.principal, () => stream.destroy()),
    );
    try {
      stream.once('close', await watchCaller(callers, request, () => stream.destroy()));
    } catch (thrown) {
      stream.destroy();
      throw thrown;
    }
    return reply
      .header('cache-control', 'no-cache, no-transform')
      .header('x-accel-buffering', 'no')
      .type('text/event-stream; charset=utf-8')
      .send(stream);
  });
}
