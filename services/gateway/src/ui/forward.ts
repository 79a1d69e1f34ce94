import {
  type Agent,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  request,
} from 'node:http';
import { AppError } from '@aegis/kit/errors';

/**
 * The largest page passed on, in bytes. The page of one approval shows its whole arguments: up to 1.25 MB, of which each
 * byte can take 12 once it is made visible.
 */
export const PAGE_LIMIT = 16 * 1024 * 1024;

export type Forwarded = {
  method: string;
  /** Path and query, as the browser sent it. */
  url: string;
  headers: IncomingHttpHeaders;
  body: Buffer | undefined;
  clientIp: string;
};

export type Answer = { status: number; headers: IncomingHttpHeaders; body: Buffer };

/** What a page may learn from a browser's request. What the client says of its address is left out. */
const PASSED_ON = [
  'accept',
  'accept-encoding',
  'accept-language',
  'content-type',
  'cookie',
  'if-none-match',
  'origin',
  'referer',
  'sec-fetch-site',
  'user-agent',
  'x-csrf-token',
] as const;

/** What belongs to one connection (RFC 9110 §7.6.1), and the length, which is set anew. */
const NOT_PASSED_BACK = new Set([
  'connection',
  'content-length',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

const away = (detail: string, cause?: unknown): AppError =>
  new AppError('approvals_unavailable', detail, { cause });

function headersOf({ headers, body, clientIp }: Forwarded): OutgoingHttpHeaders {
  const passed = PASSED_ON.flatMap((name) => (headers[name] === undefined ? [] : [[name, headers[name]]]));
  return {
    ...(Object.fromEntries(passed) as OutgoingHttpHeaders),
    'x-forwarded-for': clientIp,
    'x-forwarded-host': headers.host,
    ...(body === undefined ? {} : { 'content-length': body.length }),
  };
}

async function readAll(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of message as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > PAGE_LIMIT) throw away('The approvals service sent a page larger than 16 MiB.');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

const passedBack = (headers: IncomingHttpHeaders): IncomingHttpHeaders =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !NOT_PASSED_BACK.has(name)));

/**
 * Asks the approvals service's own HTTP server and waits for its whole answer. Redirects go back to the browser.
 *
 * @throws AppError `approvals_unavailable` where it does not answer whole, in time and within 16 MiB
 */
export async function forward(base: URL, agent: Agent, what: Forwarded, timeoutMs: number): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const upstream = request(
    {
      agent,
      host: base.hostname.replace(/^\[|\]$/g, ''),
      port: base.port === '' ? 80 : Number(base.port),
      method: what.method,
      path: what.url,
      headers: headersOf(what),
      signal: AbortSignal.timeout(timeoutMs),
    },
    resolve,
  );
  upstream.on('error', reject);
  upstream.end(what.body);
  try {
    const message = await promise;
    const body = await readAll(message);
    return { status: message.statusCode ?? 502, headers: passedBack(message.headers), body };
  } catch (thrown) {
    upstream.destroy();
    throw thrown instanceof AppError ? thrown : away('The approvals service does not answer.', thrown);
  }
}
