import type { Rpc, RpcRequest } from '@aegis/contracts/rpc';
import { rpcSubject } from '@aegis/contracts/subjects';
import { tolerant } from '@aegis/contracts/tolerant';
import type { Caller } from '@aegis/kit/allowance';
import { AppError, type ErrorCode, type Fault, fromFault } from '@aegis/kit/errors';
import { parseJson } from '@aegis/kit/json';
import type { z } from 'zod';
import type { Mux } from './mux.ts';

/**
 * What a request carries besides its data. The deadline is absolute: milliseconds since the epoch. `caller` is on whose
 * behalf it is asked.
 */
export type RequestContext = {
  deadlineMs: number;
  traceparent?: string | undefined;
  caller?: Caller | undefined;
};

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
export function createAsk(mux: Mux): Ask {
  return async (rpc, data, { deadlineMs, traceparent, caller }) => {
    const request: RpcRequest = { deadline_ms: deadlineMs, data };
    if (traceparent !== undefined) request.traceparent = traceparent;
    if (caller !== undefined) request.caller = caller;
    const subject = rpcSubject(rpc.service, rpc.verb);
    const payload = JSON.stringify(request);
    const message = await mux.exchange(
      (inbox) => [{ subject, payload, options: { reply: inbox } }],
      deadlineMs,
      () => unavailable(rpc, `The ${rpc.service} service did not answer in time.`),
    );
    if (message.headers?.code === 503) throw unavailable(rpc, `The ${rpc.service} service is not running.`);
    return readReply(rpc, message.string());
  };
}
