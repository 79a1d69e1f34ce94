import type { LookupAddress } from 'node:dns';
import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { LookupFunction } from 'node:net';
import { limitInterim } from '@aegis/kit/interim';
import { type AttemptResult, DeliveryError, toAttemptResult } from '../../domain/attempt-result.ts';
import { checkedAddresses, type Resolve } from './destination.ts';

/** An answer may be as long as it likes; nobody reads more of it. */
const MAX_ANSWER_BYTES = 65_536;

const HEADERS = { 'content-type': 'application/json', 'user-agent': 'AegisMCP' };

/** How names are looked up, which hosts may be private, and the clock. */
export type Web = { resolve: Resolve; allowedHosts: readonly string[]; now: () => Date };
type Message = { headers?: Readonly<Record<string, string>>; body: string };
type Answer = { status: number; retryAfter: string | undefined };

/** A lookup that asks nobody: the addresses are those that were checked. TLS and `Host` still go by the name. */
const pinnedTo =
  (addresses: readonly LookupAddress[]): LookupFunction =>
  (host, options, callback) => {
    const [first] = addresses;
    if (options.all) callback(null, [...addresses]);
    else if (first) callback(null, first.address, first.family);
    else callback(new Error(`${host} has no address`), '');
  };

/** Lets the receiver finish its sentence; how it ends changes nothing. */
async function readSome(answer: IncomingMessage): Promise<void> {
  let bytes = 0;
  try {
    for await (const chunk of answer) {
      bytes += (chunk as Buffer).length;
      if (bytes > MAX_ANSWER_BYTES) return;
    }
  } catch {
    answer.destroy();
  }
}

/**
 * One POST on a connection of its own, to one of these addresses. No redirect is followed.
 *
 * @throws whatever ended it before there was an answer
 */
function post(
  url: URL,
  addresses: readonly LookupAddress[],
  { headers = {}, body }: Message,
  signal: AbortSignal,
): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const open = url.protocol === 'https:' ? requestHttps : requestHttp;
  const request = open(url, {
    method: 'POST',
    agent: false,
    headers: { ...HEADERS, ...headers },
    lookup: pinnedTo(addresses),
    signal,
  });
  limitInterim(request, (because) => new DeliveryError(because));
  let answered = false;
  request.on('response', (answer) => {
    answered = true;
    const taken = { status: answer.statusCode ?? 0, retryAfter: answer.headers['retry-after'] };
    void readSome(answer).then(() => resolve(taken));
  });
  request.on('error', reject);
  request.on('close', () => {
    if (!answered) reject(new DeliveryError('it closed the connection without an answer'));
  });
  request.end(body);
  return promise;
}

/**
 * Posts JSON to an address whose host was checked, and says how the answer is taken. @throws DeliveryError, and what `post`
 * throws
 */
export async function postJson(
  { resolve, allowedHosts, now }: Web,
  address: string,
  message: Message,
  signal: AbortSignal,
): Promise<AttemptResult> {
  const url = new URL(address);
  const addresses = await checkedAddresses(url, allowedHosts, resolve);
  signal.throwIfAborted();
  const { status, retryAfter } = await post(url, addresses, message, signal);
  return toAttemptResult(status, retryAfter, now());
}
