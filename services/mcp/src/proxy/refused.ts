import type { IncomingMessage } from 'node:http';
import { errorResponse, INVALID_REQUEST, MAX_LINE_BYTES } from '@aegis/firewall/wire';
import { whyNotJson } from '@aegis/kit/json';
import { readBody } from '../http-body.ts';

/** JSON-RPC has no code for what HTTP refuses; the SDK uses this one (-32000 to -32099 are the server's own). */
export const HTTP_REFUSAL = -32_000;

/** An HTTP request that goes no further: its status, and a JSON-RPC error for who sent it. */
export class Refused extends Error {
  readonly status: number;
  readonly answer: string;

  constructor(status: number, sentence: string, code: number = HTTP_REFUSAL, answer?: string) {
    super(sentence);
    this.status = status;
    this.answer = answer ?? errorResponse('null', code, sentence);
  }
}

/** The bytes of a POSTed message: other encodings than UTF-8 hide what a server would read. @throws Refused */
export async function readMessageBytes(request: IncomingMessage): Promise<Buffer> {
  const { headers } = request;
  const because = whyNotJson(headers);
  if (because !== undefined) throw new Refused(415, because);
  const body = await readBody(request, MAX_LINE_BYTES);
  if (body !== undefined) return body;
  throw new Refused(413, `A message may have at most ${MAX_LINE_BYTES} bytes.`, INVALID_REQUEST);
}

/** @throws Refused where a GET or DELETE brings a body: nobody would look into it */
export function requireNoBody({ method, headers }: IncomingMessage): void {
  const { 'content-length': length, 'transfer-encoding': encoding } = headers;
  if (encoding === undefined && (length === undefined || length === '0')) return;
  throw new Refused(400, `A ${method} request has no body.`);
}
