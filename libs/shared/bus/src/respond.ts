import type { Rpc, RpcReply } from '@aegis/contracts/rpc';
import { rpcSubject } from '@aegis/contracts/subjects';
import { AppError, parseRequest, toAppError, toFault } from '@aegis/kit/errors';
import { MAX_DEPTH, parseStrictJson } from '@aegis/kit/json';
import type { Logger } from '@aegis/kit/logger';
import { parseTraceparent } from '@aegis/kit/trace';
import type { Msg } from '@nats-io/transport-node';
import { z } from 'zod';
import type { RequestContext } from './ask.ts';
import { isInbox } from './law/identities.ts';
import type { Link } from './link.ts';

export type Handler<Req extends z.ZodType, Rep extends z.ZodType> = (
  data: z.output<Req>,
  context: RequestContext,
) => Promise<z.input<Rep>> | z.input<Rep>;

/** One way in: the question and who answers it. */
export type Route = { rpc: Rpc; handle: (data: never, context: RequestContext) => unknown };

/** Pairs a question with its handler, types checked. */
export const route = <Req extends z.ZodType, Rep extends z.ZodType>(
  rpc: Rpc<Req, Rep>,
  handle: Handler<Req, Rep>,
): Route => ({ rpc, handle });

export type Responder = {
  /** Takes no new requests and waits for those in flight. */
  drain(): Promise<void>;
};

/** A call's arguments may nest as deep at the edge; on the bus they stand a few levels lower. */
const MAX_REQUEST_DEPTH = MAX_DEPTH + 8;
/** Nobody waits longer, whatever deadline a request names. */
const LONGEST_WAIT_MS = 30_000;

const Request = z.object({
  deadline_ms: z.number().transform((deadlineMs) => Math.min(deadlineMs, Date.now() + LONGEST_WAIT_MS)),
  traceparent: z.unknown().optional().transform(parseTraceparent),
  caller: z.object({ principal: z.string(), from: z.string().optional() }).optional().catch(undefined),
  data: z.unknown(),
});

const readRequest = (message: Msg): z.output<typeof Request> =>
  parseRequest(Request, parseStrictJson(message.string(), MAX_REQUEST_DEPTH));

async function answer(one: Route, message: Msg, log: Logger): Promise<RpcReply> {
  try {
    const request = readRequest(message);
    if (request.deadline_ms <= Date.now()) {
      throw new AppError('deadline_exceeded', 'The request came after its deadline.');
    }
    const { deadline_ms: deadlineMs, traceparent, caller } = request;
    const context = { deadlineMs, traceparent, caller };
    const data = parseRequest(one.rpc.request, request.data) as never;
    return { data: await one.handle(data, context) };
  } catch (thrown) {
    const error = toAppError(thrown);
    const level = error.code === 'internal' ? 'error' : 'debug';
    log[level]({ err: error.cause ?? error, code: error.code, verb: one.rpc.verb }, 'request refused');
    return { error: toFault(error) };
  }
}

/** Answers questions as one of a queue group named after the service: any replica may take any request. */
export async function respond(link: Link, routes: readonly Route[], log: Logger): Promise<Responder> {
  const inFlight = new Set<Promise<void>>();
  const serve = async (one: Route, message: Msg): Promise<void> => {
    const subject = message.reply as string;
    const reply = await answer(one, message, log);
    try {
      link.send({ subject, payload: JSON.stringify(reply) });
    } catch (thrown) {
      // The bus is away, and the asker knows; or the answer is too large, and the asker must hear that.
      if (link.isUp()) link.send({ subject, payload: JSON.stringify({ error: toFault(thrown) }) });
    }
  };
  const subscriptions = routes.map((one) =>
    link.nc.subscribe(rpcSubject(one.rpc.service, one.rpc.verb), {
      queue: one.rpc.service,
      callback: (error, message) => {
        // NATS lets a responder publish wherever a request points: to the log, to JetStream's API.
        if (error || !message.reply || !isInbox(message.reply)) return;
        const done = serve(one, message).finally(() => inFlight.delete(done));
        inFlight.add(done);
      },
    }),
  );
  await link.nc.flush();
  return {
    async drain() {
      if (!link.nc.isClosed()) await Promise.all(subscriptions.map((s) => s.drain()));
      await Promise.all(inFlight);
      await new Promise(setImmediate);
    },
  };
}
