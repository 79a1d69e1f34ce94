import { ANONYMOUS } from '@aegis/contracts/call';
import type { Allowance, Caller } from '@aegis/kit/allowance';
import { type Arrival, createArrivals } from '@aegis/kit/arrivals';
import { AppError } from '@aegis/kit/errors';
import { partsOf, restFor } from '@aegis/kit/json';
import { createLateRefusals } from '@aegis/kit/late-refusals';
import { createTurns, type EndTurn, type Turns } from '@aegis/kit/turns';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Holder } from '../places/places.ts';

/** So many connections one honest program uses at once without a wait. */
const AT_ONCE = 64;
/** Of these, one caller's while others are about: few, since what is under way is before the next one's. */
const SHARED = 4;
/** What costs by its size, or by what there is to search: few at a time, of one caller one. */
const WIDE_AT_ONCE = 4;
const WIDE_SHARED = 1;
/** Of those that wait for a decision, what looks again: as much may wait for that as may wait at all, and longer. */
const LOOKS_WAITING = 60_000;
const LOOKS_WITHIN_MS = 20_000;
/** Large bodies that come in, or wait for their turn. */
const LARGE_BODIES = 64;

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

/** Asked by whoever keeps the firewall running. */
const HEALTH = '/health';

/** A stream costs by what comes of it: its begin, and its share of what happens. */
const STREAM_REST_MS = 100;

/** What says who asks. */
export type Asked = Pick<FastifyRequest, 'headers' | 'ip' | 'principal'>;

/**
 * Who asks: a principal that was proved, wherever they connect from; an address, for whatever it sends that proves nothing
 * here; else the connection.
 */
export const callerOf = ({ headers, ip, principal, raw }: Asked & Pick<FastifyRequest, 'raw'>): unknown => {
  if (principal !== ANONYMOUS) return principal;
  return headers.authorization === undefined ? raw.socket : `at ${ip}`;
};

/** Whose places these are: a principal's, or those of a session or a key that is not known here, among its address's. */
export const holderOf = ({ headers, ip, principal }: Asked): Holder =>
  principal === ANONYMOUS
    ? { name: headers.authorization ?? headers.cookie ?? ip, group: ip }
    : { name: principal, group: principal };

/** Whose requests are counted: a principal's, or those of an address. */
const senderOf = ({ ip: from, principal }: FastifyRequest): Caller => ({ principal, from });

/** A request that is served: the turns that it has, and its body until it has one. */
type Served = { readonly ends: EndTurn[]; restMs: number; arrival?: Arrival };

const gone = (): AppError => new AppError('deadline_exceeded', 'Nobody waits for the answer any more.');

const isWide = ({ method, routeOptions: { url } }: FastifyRequest): boolean =>
  WIDE.has(url ?? '') && (method === 'GET' || method === 'HEAD' || url?.startsWith('/policy/') === true);

/** Goes on at once where there is nothing to wait for. */
function orDone(waiting: Promise<void> | undefined, done: () => void): Promise<void> | undefined {
  if (waiting === undefined) done();
  return waiting;
}

/**
 * Has callers served in turn at the door: what is to be decided in one line, what is wide or large in another, where each
 * place rests by what it cost while others are about. `withinMs` is the longest wait, `requests` what each may send.
 */
export function createDoor(withinMs: number, requests: Allowance) {
  const refuseLate = createLateRefusals();
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
  const looks = createTurns({
    atOnce: WIDE_AT_ONCE,
    shared: WIDE_SHARED,
    waiting: LOOKS_WAITING,
    waitingInAll: LOOKS_WAITING,
    withinMs: LOOKS_WITHIN_MS,
  });
  const served = new WeakMap<object, Served>();
  const arrivals = createArrivals(LARGE_BODIES);

  const leave = (request: FastifyRequest, bytes: number): void => {
    const one = served.get(request.raw);
    if (one === undefined) return;
    served.delete(request.raw);
    one.arrival?.over();
    const restMs = one.restMs + restFor(bytes);
    for (const end of one.ends) end(restMs);
  };
  // A promise for each request costs as much as its turn: these give one where there is something to wait for.

  /** A turn, which nobody has for a request that is over by then. */
  const takeTurn = (request: FastifyRequest, one: Served, line: Turns): Promise<void> | undefined => {
    const taken = line.take(callerOf(request));
    if (!(taken instanceof Promise)) return void one.ends.push(taken);
    return taken.then((end) => {
      if (served.get(request.raw) === one) return void one.ends.push(end);
      end();
      throw gone();
    });
  };
  const enter = (request: FastifyRequest): Promise<void> | undefined => {
    const one = served.get(request.raw);
    if (one === undefined) throw gone();
    if (one.ends.length > 0) return undefined;
    one.arrival?.isWhole();
    const waiting = takeTurn(request, one, isWide(request) ? wide : decisions);
    if (waiting !== undefined) return waiting.then(() => one.arrival?.over());
    one.arrival?.over();
    return undefined;
  };
  const takeFor = (sender: Caller): Promise<never> | undefined => {
    try {
      requests.take(sender);
      return undefined;
    } catch (thrown) {
      return refuseLate(thrown);
    }
  };
  const come = (request: FastifyRequest, reply: FastifyReply): Promise<void> | undefined => {
    const { raw, method, routeOptions } = request;
    const sender = senderOf(request);
    if (routeOptions.url !== HEALTH) {
      const late = takeFor(sender);
      if (late !== undefined) return late;
      const little = requests.nearly(sender);
      if (little) reply.headers(little);
    }
    const one: Served = { ends: [], restMs: routeOptions.url === '/events' ? STREAM_REST_MS : 0 };
    served.set(raw, one);
    // An answer may never come about where nobody waits for it; what was asked on the way ends by its deadline.
    reply.raw.once('close', () => {
      if (one.ends.length === 0) leave(request, 0);
      else if (served.has(raw)) setTimeout(() => leave(request, 0), withinMs).unref();
    });
    // Who begins to send a body and does not go on takes nobody's turn.
    if (method === 'GET' || method === 'HEAD') return enter(request);
    one.arrival = arrivals.begin(raw);
    return undefined;
  };
  const weighWhole = (request: FastifyRequest, body: Buffer): Promise<void> | undefined => {
    const one = served.get(request.raw);
    if (one === undefined) throw gone();
    requests.charge(senderOf(request), body.length, 0);
    const readsElsewhere = isWide(request);
    one.restMs = restFor(body.length, readsElsewhere ? 0 : partsOf(body));
    return one.restMs > 0 && !readsElsewhere ? takeTurn(request, one, wide) : undefined;
  };
  const weigh = (request: FastifyRequest, body: Buffer): Promise<void> | undefined => {
    const waiting = enter(request);
    return waiting === undefined ? weighWhole(request, body) : waiting.then(() => weighWhole(request, body));
  };
  return {
    /** Takes turns for each request that is answered here, once its body is there; `HEAD` and unknown paths among them. */
    guard(app: Pick<FastifyInstance, 'addHook'>): void {
      app.addHook('onRequest', (request, reply, done) => orDone(come(request, reply), done));
      app.addHook('preValidation', (request, _reply, done) => orDone(enter(request), done));
      app.addHook('onSend', (request, _reply, payload, done) => {
        const isText = typeof payload === 'string' || Buffer.isBuffer(payload);
        leave(request, isText ? payload.length : 0);
        done();
      });
    },
    /** Counts a request whose sender another part has to prove, among those of its address, and refuses what is beyond. */
    unproved: async ({ ip: from }: FastifyRequest): Promise<void> =>
      await takeFor({ principal: ANONYMOUS, from }),
    /** The wait for the turn of a body, before it is read; undefined where there is none. */
    weigh,
    /** Ends the turns of a request that will wait for somebody: what it does from now on is done in turns of its own. */
    stepAside: (request: FastifyRequest): void => leave(request, 0),
    /** Turns of what is wide, for the parts of a read that goes on. */
    wide,
    /** Turns of those that stepped aside, in which each looks whether there is something to say. */
    looks,
  };
}

export type Door = ReturnType<typeof createDoor>;
