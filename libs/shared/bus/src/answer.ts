import type { Rpc, RpcReply } from '@aegis/contracts/rpc';
import type { Caller } from '@aegis/kit/allowance';
import { AppError, parseRequest, toAppError, toFault } from '@aegis/kit/errors';
import { MAX_DEPTH, parseStrictJson } from '@aegis/kit/json';
import { parseTraceparent } from '@aegis/kit/trace';
import { z } from 'zod';

/**
 * What a request carries besides its data. The deadline is absolute: milliseconds since the epoch. `caller` is on whose
 * behalf it is asked.
 */
export type RequestContext = {
  deadlineMs: number;
  traceparent?: string | undefined;
  caller?: Caller | undefined;
};

export type Handler<Req extends z.ZodType, Rep extends z.ZodType> = (
  data: z.output<Req>,
  context: RequestContext,
) => Promise<z.input<Rep>> | z.input<Rep>;

/** A call's arguments may nest as deep at the edge; on the bus they stand a few levels lower. */
const MAX_REQUEST_DEPTH = MAX_DEPTH + 8;
/** Nobody waits longer, whatever deadline a request names. */
const LONGEST_WAIT_MS = 30_000;

const notLonger = (deadlineMs: number): number => Math.min(deadlineMs, Date.now() + LONGEST_WAIT_MS);

const Request = z.object({
  deadline_ms: z.number().transform(notLonger),
  traceparent: z.unknown().optional().transform(parseTraceparent),
  caller: z.object({ principal: z.string(), from: z.string().optional() }).optional().catch(undefined),
  data: z.unknown(),
});

/** Reads a request's text and has it answered; what is thrown is the reply's fault, and told to `refused`. */
export async function answerText<Req extends z.ZodType, Rep extends z.ZodType>(
  rpc: Rpc<Req, Rep>,
  text: string,
  handle: Handler<Req, Rep>,
  refused: (error: AppError) => void = () => undefined,
): Promise<RpcReply> {
  try {
    const request = parseRequest(Request, parseStrictJson(text, MAX_REQUEST_DEPTH));
    if (request.deadline_ms <= Date.now()) {
      throw new AppError('deadline_exceeded', 'The request came after its deadline.');
    }
    const { deadline_ms: deadlineMs, traceparent, caller } = request;
    const context = { deadlineMs, traceparent, caller };
    return { data: await handle(parseRequest(rpc.request, request.data), context) };
  } catch (thrown) {
    const error = toAppError(thrown);
    refused(error);
    return { error: toFault(error) };
  }
}

/** The deadline of a request that {@link requestText} wrote, without reading the rest of it. */
export function deadlineOf(text: string): number {
  const [, deadlineMs] = /^\{"deadline_ms":(\d{1,15})[,}]/.exec(text.slice(0, 40)) ?? [];
  return deadlineMs === undefined ? 0 : notLonger(Number(deadlineMs));
}

/**
 * A request as it travels; `data` is JSON already. Nobody appends past its deadline; `caller` is whoever asks the service
 * that asks, as that one knows them.
 */
export function requestText(data: string, { deadlineMs, traceparent, caller }: RequestContext): string {
  const trace = traceparent === undefined ? '' : `,"traceparent":${JSON.stringify(traceparent)}`;
  const asker = caller === undefined ? '' : `,"caller":${JSON.stringify(caller)}`;
  return `{"deadline_ms":${deadlineMs}${trace}${asker},"data":${data}}`;
}
