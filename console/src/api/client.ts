import { faultOf, NO_ANSWER } from './fault.ts';

const TIMEOUT_MS = 20_000;

export type ClientOptions = {
  fetch: typeof fetch;
  /** The session's token against requests that another site makes. */
  csrfToken: () => string | undefined;
  /** The session is over. */
  onSignedOut: () => void;
};

export type Client = {
  /** @throws Fault */
  get<T>(path: string, signal?: AbortSignal): Promise<T>;
  /** @throws Fault */
  post<T>(path: string, body: unknown): Promise<T>;
};

/** Asks the console's HTTP API. Every fault is a `Fault`. */
export function createClient(options: ClientOptions): Client {
  async function ask<T>(path: string, init: RequestInit, signal?: AbortSignal): Promise<T> {
    const timeout = AbortSignal.timeout(TIMEOUT_MS);
    const response = await options
      .fetch(`/ui/api/${path}`, {
        ...init,
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
      if (response.status === 401 && path !== 'session') options.onSignedOut();
      throw fault;
    }
    return (await response.json().catch(() => {
      throw NO_ANSWER;
    })) as T;
  }

  return {
    get(path, signal) {
      return ask(path, { headers: { accept: 'application/json' } }, signal);
    },
    post(path, body) {
      const token = options.csrfToken();
      const headers = {
        accept: 'application/json',
        'content-type': 'application/json',
        ...(token === undefined ? {} : { 'x-csrf-token': token }),
      };
      return ask(path, { method: 'POST', headers, body: JSON.stringify(body) });
    },
  };
}
