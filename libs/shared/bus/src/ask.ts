import type { Rpc } from '@aegis/contracts/rpc';
import { rpcSubject } from '@aegis/contracts/subjects';
import { tolerant } from '@aegis/contracts/tolerant';
import { AppError, type ErrorCode, type Fault, fromFault } from '@aegis/kit/errors';
import { parseJson } from '@aegis/kit/json';
import type { z } from 'zod';
import { type RequestContext, requestText } from './answer.ts';
import type { Mux } from './mux.ts';

/** Asks with data that is JSON text already, so that nobody reads and writes it once more. */
export type AskText = <Req extends z.ZodType, Rep extends z.ZodType>(
  rpc: Rpc<Req, Rep>,
  data: string,
  context: RequestContext,
) => Promise<z.output<Rep>>;

export type Ask = <Req extends z.ZodType, Rep extends z.ZodType>(
  rpc: Rpc<Req, Rep>,
  data: z.input<Req>,
  context: RequestContext,
) => Promise<z.output<Rep>>;

const unavailable = (rpc: Rpc, detail: string, cause?: unknown): AppError =>
  new AppError(`${rpc.service}_unavailable` satisfies ErrorCode, detail, { cause });

/**
 * Reads a reply, or throws: an error reply, an answer that is not one, or one that breaks the contract. What only a newer
 * service knows is dropped: the asker puts what it hears into commands and events of its own, which take nothing unknown.
 */
function readReply<Rep extends z.ZodType>(rpc: Rpc<z.ZodType, Rep>, text: string): z.output<Rep> {
  let reply: Partial<{ data: unknown; error: Fault }>;
  try {
    reply = Object(parseJson(text)) as typeof reply;
  } catch (cause) {
    throw unavailable(rpc, `The ${rpc.service} service answered with something that is not JSON.`, cause);
  }
  if (reply.error) throw fromFault(reply.error);
  const parsed = tolerant(rpc.reply, 'dropped').safeParse(reply.data);
  if (parsed.success) return parsed.data;
  throw unavailable(rpc, `The ${rpc.service} service gave an answer that breaks its contract.`, parsed.error);
}

/**
 * Asks a service and waits until the deadline.
 *
 * @throws AppError the service's own error, or `<service>_unavailable` where nobody answers, in time or in contract
 */
export const createAskText =
  (mux: Mux): AskText =>
  async (rpc, data, context) => {
    const subject = rpcSubject(rpc.service, rpc.verb);
    const payload = requestText(data, context);
    const message = await mux.exchange(
      (inbox) => [{ subject, payload, options: { reply: inbox } }],
      context.deadlineMs,
      () => unavailable(rpc, `The ${rpc.service} service did not answer in time.`),
    );
    if (message.headers?.code === 503) throw unavailable(rpc, `The ${rpc.service} service is not running.`);
    return readReply(rpc, message.string());
  };

/** The same for data that is no text yet. @throws AppError as {@link createAskText} */
export const createAsk =
  (askText: AskText): Ask =>
  (rpc, data, context) =>
    askText(rpc, JSON.stringify(data), context);
