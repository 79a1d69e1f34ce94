import type { IncomingHttpHeaders } from 'node:http';
import { partsOf, restFor } from '@aegis/kit/json';
import { createTurns, type EndTurn } from '@aegis/kit/turns';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

/** So many connections one honest program uses at once without a wait. */
const AT_ONCE = 64;
/** Of these, one caller's while others are about: few, since what is under way is before the next one's. */
const SHARED = 4;
/** What costs by its size, or by what there is to search: few at a time, of one caller one. */
const WIDE_AT_ONCE = 4;
const WIDE_SHARED = 1;

/** Reads and trials whose work grows with the policy, the record or what was asked. */
const WIDE: ReadonlySet<string> = new Set([
  '/policy',
  '/policy/effective',
  '/policy/validate',
  '/policy/migrate',
  '/audit',
  '/approvals',
  '/approvals/:id',
  '/grants',
  '/tools',
  '/webhooks',
  '/webhooks/:id/deliveries',
  '/events',
]);

/** A stream costs by what comes of it: its begin, and its share of what happens. */
const STREAM_REST_MS = 100;

/** Who asks: whoever has a key, wherever they connect from; else the connection. */
export const callerOf = ({ headers, raw }: Pick<FastifyRequest, 'headers' | 'raw'>): unknown =>
  headers.authorization ?? raw.socket;

/** Whose streams these are: of a key, of a session, or of everybody without one at an address. */
export const readerOf = ({ headers, ip }: { headers: IncomingHttpHeaders; ip: string }): string =>
  headers.authorization ?? headers.cookie ?? ip;

/** The turn that a request took at the door, and one more where its body is large. */
type Turn = { readonly ends: EndTurn[]; restMs: number };

const isWide = ({ method, routeOptions: { url } }: FastifyRequest): boolean =>
  WIDE.has(url ?? '') && (method === 'GET' || method === 'HEAD' || url?.startsWith('/policy/') === true);

/**
 * Has callers served in turn at the door: what is to be decided in one line, what is wide or large in another, where each
 * place rests by what it cost while others are about. `withinMs` is the longest wait.
 */
export function createDoor(withinMs: number) {
  const decisions = createTurns({
    atOnce: AT_ONCE,
    shared: SHARED,
    waiting: 256,
    waitingInAll: 2048,
    withinMs,
  });
  const wide = createTurns({
    atOnce: WIDE_AT_ONCE,
    shared: WIDE_SHARED,
    waiting: 32,
    waitingInAll: 256,
    withinMs,
  });
  const turns = new WeakMap<object, Turn>();

  const leave = (request: FastifyRequest, bytes: number): void => {
    const turn = turns.get(request.raw);
    if (turn === undefined) return;
    turns.delete(request.raw);
    const restMs = turn.restMs + restFor(bytes);
    for (const end of turn.ends) end(restMs);
  };
  const enter = async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const line = isWide(request) ? wide : decisions;
    const taken = line.take(callerOf(request));
    const end = taken instanceof Promise ? await taken : taken;
    turns.set(request.raw, {
      ends: [end],
      restMs: request.routeOptions.url === '/events' ? STREAM_REST_MS : 0,
    });
    // An answer may never come about where nobody waits for it; what was asked on the way ends by its deadline.
    reply.raw.once('close', () => {
      if (turns.has(request.raw)) setTimeout(() => leave(request, 0), withinMs).unref();
    });
  };
  const weigh = async (request: FastifyRequest, body: Buffer): Promise<void> => {
    const turn = turns.get(request.raw);
    if (turn === undefined) return;
    const readsElsewhere = isWide(request);
    turn.restMs = restFor(body.length, readsElsewhere ? 0 : partsOf(body));
    if (turn.restMs > 0 && !readsElsewhere) turn.ends.push(await wide.take(callerOf(request)));
  };
  return {
    /** Takes turns for each request that is answered here; `HEAD` and unknown paths among them. */
    guard(app: Pick<FastifyInstance, 'addHook'>): void {
      app.addHook('onRequest', enter);
      app.addHook('onSend', (request, _reply, payload, done) => {
        const isText = typeof payload === 'string' || Buffer.isBuffer(payload);
        leave(request, isText ? payload.length : 0);
        done();
      });
    },
    /** Waits for the turn of a large body, before it is read. */
    weigh,
    /** Turns of what is wide, for the parts of a read that goes on. */
    wide,
  };
}

export type Door = ReturnType<typeof createDoor>;
