import {
  Agent as HttpAgent,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  request as requestHttp,
} from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import type { HttpUpstream } from '@aegis/firewall/servers';
import { limitInterim } from '@aegis/kit/interim';
import { limitPieces } from '@aegis/kit/pieces';
import { decoded, isUndecodable, type Reply } from './decoded.ts';
import { TooLarge } from './too-large.ts';

/** Below the 5 s after which Node's own servers close: a connection that is closing must not be taken for a call. */
const IDLE_CONNECTION_MS = 4_000;

/** As part of a sentence. */
const SMALL_PIECES = 'it sent its answer in too many small pieces';

const TEMPORARY = 307;
const PERMANENT = 308;

const AGENT = { keepAlive: true, timeout: IDLE_CONNECTION_MS, maxFreeSockets: 32 };
const httpAgent = new HttpAgent(AGENT);
const httpsAgent = new HttpsAgent(AGENT);

export type Outgoing = {
  readonly method: 'POST' | 'GET' | 'DELETE';
  readonly headers: OutgoingHttpHeaders;
  readonly body?: string;
  /** Ends the request and its answer within milliseconds. */
  readonly signal: AbortSignal;
  /** How long nothing may come before it is given up; 0 = for ever. */
  readonly timeoutMs: number;
};

/** The server can't have had anything of the request: there was no connection to it. */
export class Unsent extends Error {
  readonly code: string;

  constructor(cause: unknown) {
    super('not sent', { cause });
    this.code = codeOf(cause);
  }
}

/** What the server said was no answer, without end: its message says how. */
class GivenUp extends Error {}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : (error as Error).message;

/** Why there is no answer, as part of a sentence; without anything that could be a secret. */
export function describeFailure(error: unknown): string {
  if (error instanceof TooLarge || error instanceof GivenUp) return error.message;
  const code = codeOf(error);
  if (code === 'ABORT_ERR') return 'its client closed the connection first';
  if (error instanceof Unsent) return `it can't be reached (${code})`;
  if (isUndecodable(code)) return `its compressed answer can't be read (${code})`;
  if (code === 'ETIMEDOUT') return 'it did not answer in time';
  return `the connection broke off (${code})`;
}

const withoutSlash = (path: string): string => path.replace(/\/$/, '');

/** The same address with a slash more or less at its end, where a redirect that keeps method and body leads there. */
function slashOf({ statusCode, headers: { location } }: IncomingMessage, asked: URL): URL | undefined {
  if (statusCode !== TEMPORARY && statusCode !== PERMANENT) return undefined;
  if (location === undefined || !URL.canParse(location, asked.href)) return undefined;
  const to = new URL(location, asked);
  Object.assign(to, { hash: '', username: asked.username, password: asked.password });
  const isSame =
    to.origin === asked.origin &&
    to.search === asked.search &&
    to.pathname !== asked.pathname &&
    withoutSlash(to.pathname) === withoutSlash(asked.pathname);
  return isSame ? to : undefined;
}

/**
 * Sends one request to a server and resolves with its answer's headers. Redirects are answers like others, but for one to
 * the same address with a slash more or less, which is followed once. The operator's own headers win over all.
 *
 * @throws Unsent where there was no connection; what it failed with otherwise
 */
export async function sendUpstream(upstream: HttpUpstream, outgoing: Outgoing): Promise<Reply> {
  const url = new URL(upstream.url);
  url.hash = '';
  const reply = await sendTo(url, upstream.headers, outgoing);
  const slash = slashOf(reply, url);
  if (slash === undefined) return decoded(reply);
  // Its body may have no end.
  reply.destroy();
  return decoded(await sendTo(slash, upstream.headers, outgoing));
}

function sendTo(
  url: URL,
  own: HttpUpstream['headers'],
  { method, body, signal, timeoutMs, headers: given }: Outgoing,
): Promise<IncomingMessage> {
  const isTls = url.protocol === 'https:';
  const headers: OutgoingHttpHeaders = { ...given, 'accept-encoding': 'identity' };
  if (body !== undefined) {
    headers['content-type'] = 'application/json';
    headers['content-length'] = Buffer.byteLength(body);
  }
  for (const [name, value] of Object.entries(own)) headers[name.toLowerCase()] = value;
  const options = { method, headers, signal, agent: isTls ? httpsAgent : httpAgent };
  return new Promise((resolve, reject) => {
    const sent = isTls ? requestHttps(url, options) : requestHttp(url, options);
    sent.setTimeout(timeoutMs, () =>
      sent.destroy(Object.assign(new Error('silence'), { code: 'ETIMEDOUT' })),
    );
    sent.once('response', (reply) => {
      limitPieces(reply, () => reply.destroy(new GivenUp(SMALL_PIECES)));
      resolve(reply);
    });
    limitInterim(sent, (because) => new GivenUp(because));
    // Whoever goes over to another protocol (101) ends the request, and nothing else says so.
    sent.once('close', () => reject(Object.assign(new Error('no answer'), { code: 'ECONNRESET' })));
    let isConnected = false;
    sent.once('socket', (socket) => {
      if (!socket.connecting) isConnected = true;
      else socket.once(isTls ? 'secureConnect' : 'connect', () => (isConnected = true));
    });
    sent.once('error', (error) => reject(isConnected ? error : new Unsent(error)));
    // After the answer has begun its reader sees what goes wrong.
    sent.on('error', () => undefined);
    sent.end(body);
  });
}
