import { parseJson } from '@aegis/kit/json/parse';
import { Fault, faultOf, NO_ANSWER } from './fault.ts';

const TIMEOUT_MS = 20_000;
/** A part that was away a moment ago is often back: whoever looks is not told of that, and what decides is sent once. */
const UNAVAILABLE = 503;
const AGAIN_AFTER_MS = 1_000;

export type ClientOptions = {
  fetch: typeof fetch;
  pause: (ms: number) => Promise<void>;
  /** The page's half of the session, which no other port of this host can read; the other half, a cookie, goes by itself. */
  pageToken: () => string | undefined;
  /** The session of this half is over, or was never this page's; the fault says why. */
  onSignedOut: (fault: Fault, pageToken: string | undefined) => void;
};

export type Client = {
  /** @throws Fault */
  get<T>(path: string, signal?: AbortSignal): Promise<T>;
  /** @throws Fault */
  post<T>(path: string, body: unknown): Promise<T>;
};

type Asking = Omit<RequestInit, 'headers'> & { headers: Record<string, string> };

/** Asks the console's HTTP API. Every fault is a `Fault`. */
export function createClient(options: ClientOptions): Client {
  async function ask<T>(path: string, init: Asking, signal?: AbortSignal): Promise<T> {
    const timeout = AbortSignal.timeout(TIMEOUT_MS);
    const token = options.pageToken();
    const headers = { ...init.headers, ...(token === undefined ? {} : { 'x-page-token': token }) };
    const response = await options
      .fetch(`/ui/api/${path}`, {
        ...init,
        headers,
        cache: 'no-store',
        credentials: 'same-origin',
        redirect: 'error',
        signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
      })
      .catch(() => {
        throw NO_ANSWER;
      });
    if (!response.ok) {
      const fault = await faultOf(response);
      if (response.status === 401 && path !== 'session') options.onSignedOut(fault, token);
      throw fault;
    }
    try {
      return parseJson(await response.text()) as T;
    } catch {
      throw NO_ANSWER;
    }
  }

  return {
    async get<T>(path: string, signal?: AbortSignal): Promise<T> {
      const look = () => ask<T>(path, { headers: { accept: 'application/json' } }, signal);
      try {
        return await look();
      } catch (thrown) {
        if (!(thrown instanceof Fault) || thrown.status !== UNAVAILABLE) throw thrown;
        await options.pause(AGAIN_AFTER_MS);
        if (signal?.aborted === true) throw thrown;
        return look();
      }
    },
    post(path, body) {
      const headers = { accept: 'application/json', 'content-type': 'application/json' };
      return ask(path, { method: 'POST', headers, body: JSON.stringify(body) });
    },
  };
}
