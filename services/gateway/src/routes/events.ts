import { parseRequest } from '@aegis/kit/errors';
import { z } from 'zod';
import type { App, HttpDeps } from '../http-deps.ts';
import { EventId, EventsHeaders, EventsQuery } from '../schemas/events.ts';
import { problems } from '../schemas/problem.ts';

const Position = z.object({ 'last-event-id': EventId.optional() });

const eventStream = {
  description:
    'Server-Sent Events: `id` is the place in the log, `event` the type, `data` the CloudEvent as JSON',
  content: { 'text/event-stream': { schema: z.string() as z.ZodType } },
};

/** Decisions and approvals as they are stored, for programs and for the page. */
export function eventRoutes(app: App, { feed }: HttpDeps): void {
  const schema = {
    tags: ['events'],
    operationId: 'streamEvents',
    summary: 'Decisions and approvals, live and resumable',
    description:
      'Only what is stored is sent. With `Last-Event-ID` (or `last_event_id`) first all that was stored after it, then ' +
      'live, without a gap or a repeat. A reader that is too slow is cut off and resumes by its last id.',
    querystring: EventsQuery,
    headers: EventsHeaders,
    response: { 200: eventStream, ...problems([422, 503]) },
  };
  app.get('/events', { schema, exposeHeadRoute: false }, async (request, reply) => {
    // A browser that reconnects sends the header and still has the query of its first connection.
    const header = parseRequest(Position, { 'last-event-id': request.headers['last-event-id'] });
    const afterSeq = header['last-event-id'] ?? request.query.last_event_id;
    const stream = await feed.open(request.query.types, afterSeq);
    return reply
      .header('cache-control', 'no-cache, no-transform')
      .header('x-accel-buffering', 'no')
      .type('text/event-stream; charset=utf-8')
      .send(stream);
  });
}
