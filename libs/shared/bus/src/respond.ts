import type { Rpc } from '@aegis/contracts/rpc';
import { rpcSubject } from '@aegis/contracts/subjects';
import { toFault } from '@aegis/kit/errors';
import type { Logger } from '@aegis/kit/logger';
import type { Msg } from '@nats-io/transport-node';
import type { z } from 'zod';
import { answerText, deadlineOf, type Handler, type RequestContext } from './answer.ts';
import { isInbox } from './law/identities.ts';
import type { Link } from './link.ts';

/** One way in: the question and who answers it. */
export type Route =
  | { rpc: Rpc; handle: (data: never, context: RequestContext) => unknown }
  | { rpc: Rpc; answer: (request: string, deadlineMs: number) => Promise<string> };

/** Pairs a question with its handler, types checked. */
export const route = <Req extends z.ZodType, Rep extends z.ZodType>(
  rpc: Rpc<Req, Rep>,
  handle: Handler<Req, Rep>,
): Route => ({ rpc, handle });

/**
 * Pairs a question with whoever answers its text with a text, such as a worker by {@link answerText}: reading it is work
 * too.
 */
export const textRoute = (
  rpc: Rpc,
  answer: (request: string, deadlineMs: number) => Promise<string>,
): Route => ({ rpc, answer });

export type Responder = {
  /** Takes no new requests and waits for those in flight. */
  drain(): Promise<void>;
};

async function replyTo(one: Route, text: string, log: Logger): Promise<string> {
  if ('answer' in one) return await one.answer(text, deadlineOf(text));
  return JSON.stringify(
    await answerText(one.rpc, text, one.handle as Handler<z.ZodType, z.ZodType>, (error) => {
      const level = error.code === 'internal' ? 'error' : 'debug';
      log[level]({ err: error.cause ?? error, code: error.code, verb: one.rpc.verb }, 'request refused');
    }),
  );
}

/** Answers questions as one of a queue group named after the service: any replica may take any request. */
export async function respond(link: Link, routes: readonly Route[], log: Logger): Promise<Responder> {
  const inFlight = new Set<Promise<void>>();
  const serve = async (one: Route, message: Msg): Promise<void> => {
    const subject = message.reply as string;
    try {
      const payload = await replyTo(one, message.string(), log);
      link.send({ subject, payload });
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
