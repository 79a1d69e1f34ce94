import type { IncomingMessage } from 'node:http';
import { MAX_LINE_BYTES } from '@aegis/firewall/wire';
import { isType } from './headers.ts';

const OK = 200;
const REDIRECT = 300;
const CLIENT_ERROR = 400;
/** What says that the operator's own credentials are wrong: a client that saw it would look for some of its own. */
const CREDENTIALS = new Set([401, 403, 407]);

/** What a server's answer to a request is, before its body is read. */
export type ReplyKind =
  | { readonly type: 'events' }
  | { readonly type: 'json' }
  /** Taken, and no body is to come. */
  | { readonly type: 'accepted' }
  /** An error that the client may see as it is. */
  | { readonly type: 'error' }
  /** Neither JSON nor events: no response to a request. */
  | { readonly type: 'other' }
  | { readonly type: 'useless'; readonly because: string };

export function kindOf({ statusCode: status = 0, headers }: IncomingMessage): ReplyKind {
  if (CREDENTIALS.has(status)) {
    return { type: 'useless', because: `it refused the firewall's own credentials (HTTP ${status})` };
  }
  if (status >= CLIENT_ERROR) return { type: 'error' };
  if (status >= REDIRECT) {
    return { type: 'useless', because: `it sent a redirect (HTTP ${status}), and none is followed` };
  }
  if (headers['content-encoding'] !== undefined && headers['content-encoding'] !== 'identity') {
    return { type: 'useless', because: 'it compressed its answer, which nobody asked it to' };
  }
  if (status !== OK) return { type: 'accepted' };
  if (isType(headers['content-type'], 'text/event-stream')) return { type: 'events' };
  if (isType(headers['content-type'], 'application/json')) return { type: 'json' };
  return { type: 'other' };
}

/** The whole body, or undefined where it is too large. @throws what the connection fails with */
export async function readReply(
  reply: IncomingMessage,
  maxBytes: number = MAX_LINE_BYTES,
): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of reply as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBytes) {
      reply.destroy();
      return undefined;
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
