import type { HttpSaid } from '@aegis/firewall/gate';
import { MAX_LINE_BYTES } from '@aegis/firewall/wire';
import { transferProblem } from '@aegis/kit/json';
import type { Budget, Share } from '../../relay/budget.ts';
import type { Fate } from '../no-answer.ts';
import { unfinished } from '../unfinished.ts';
import type { Reply } from './decoded.ts';
import { isType } from './headers.ts';
import { tooManyBytes } from './too-large.ts';

const OK = 200;
const REDIRECT = 300;
const CLIENT_ERROR = 400;
/** What says that the operator's own credentials are wrong: a client that saw it would look for some of its own. */
const CREDENTIALS = new Set([401, 407]);
/**
 * By these a server says that it did not begin with a request (RFC 9110, RFC 6585): who asks, where, how, and how often, is
 * looked at before what is asked. By others it may have stopped in the middle.
 */
const REFUSING = new Set([307, 308, 401, 403, 404, 405, 406, 407, 411, 413, 414, 415, 421, 426, 429, 431]);

/** What a server's answer to a request is, before its body is read. */
export type ReplyKind =
  | { readonly type: 'events' }
  /** JSON, or of a type that says nothing: whether it is a response is to be seen. */
  | { readonly type: 'json' }
  /** Taken, and no body is to come. */
  | { readonly type: 'accepted' }
  /** An error that the client may see as it is. */
  | { readonly type: 'error' }
  | { readonly type: 'useless'; readonly because: string };

const RELATIVE = 'relative:/';

/** Where a redirect leads, without what could be a secret. */
function targetOf({ location }: Reply['headers']): string {
  if (location === undefined || !URL.canParse(location, RELATIVE)) return 'nowhere';
  const { protocol, host, pathname } = new URL(location, RELATIVE);
  return protocol === 'relative:' ? pathname : `${protocol}//${host}${pathname}`;
}

export function kindOf({ statusCode: status = 0, headers }: Reply): ReplyKind {
  if (CREDENTIALS.has(status)) {
    return { type: 'useless', because: `it refused the firewall's own credentials (HTTP ${status})` };
  }
  if (transferProblem(headers) !== undefined) {
    const because =
      'its answer has a transfer-encoding that is not chunked alone, and the firewall reads no other';
    return { type: 'useless', because };
  }
  if (status >= CLIENT_ERROR) return { type: 'error' };
  if (status >= REDIRECT) {
    const because = `it sent a redirect (HTTP ${status}) to ${targetOf(headers)}, and none is followed`;
    return {
      type: 'useless',
      because: `${because} but HTTP 307 or 308 to the same address with a slash more or less`,
    };
  }
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') {
    return {
      type: 'useless',
      because: `it compressed its answer (content-encoding: ${encoding.slice(0, 40)}), and of encodings the firewall reads gzip, deflate and br, one at a time`,
    };
  }
  if (status !== OK) return { type: 'accepted' };
  return isType(headers['content-type'], 'text/event-stream') ? { type: 'events' } : { type: 'json' };
}

export const fateBy = ({ statusCode: status = 0 }: Reply): Fate =>
  REFUSING.has(status) ? 'refused' : 'unknown';

/** What the client is told of a status beside words; of success there is nothing to tell. */
export function httpSaid({ statusCode = 0, headers }: Reply): HttpSaid | undefined {
  const retryAfter = headers['retry-after'];
  if (statusCode < REDIRECT) return undefined;
  return { http_status: statusCode, ...(retryAfter === undefined ? {} : { retry_after: retryAfter }) };
}

/** A body that is no response, as part of a sentence. */
export function describeBody({ statusCode, headers }: Reply, body: Buffer): string {
  const type = headers['content-type'];
  if (body.length === 0) return `HTTP ${statusCode} and an empty body`;
  const what = `HTTP ${statusCode} and ${body.length} bytes of ${type ?? 'no type that it names'}`;
  return isType(type, 'application/json') ? what : `${what}, which is neither JSON nor a stream of events`;
}

/** The whole body. @throws TooLarge; what the connection fails with */
export async function readReply(
  reply: Reply,
  maxBytes: number = MAX_LINE_BYTES,
  budget: Budget = unfinished,
): Promise<Buffer> {
  const share = budget.share();
  try {
    return await readWithin(reply, maxBytes, share);
  } catch (error) {
    reply.destroy();
    throw error;
  } finally {
    share.keep(0);
  }
}

async function readWithin(reply: Reply, maxBytes: number, share: Share): Promise<Buffer> {
  const { 'content-length': length } = reply.headers;
  const all = length === undefined ? undefined : Number(length);
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of reply as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (Math.max(size, all ?? 0) > maxBytes) throw tooManyBytes(size, all);
    share.keep(size);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
