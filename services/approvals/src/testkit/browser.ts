import type { OpenedView } from '@aegis/contracts/console';
import { CODE, startReplica } from './world.ts';

/** An answer as a browser sees it. `body` is its JSON, where it is JSON. */
export type Answer<T = Record<string, unknown>> = {
  status: number;
  location: string | null;
  headers: Headers;
  text: string;
  body: T;
};

export type Browser = {
  /** Follows no redirect. */
  readonly open: (path: string, init?: RequestInit) => Promise<Answer>;
  /** Where a page without scripts is in the session that was opened last. */
  readonly at: (path: string) => string;
  /** Sends a form. */
  readonly send: (
    path: string,
    fields: Record<string, string>,
    headers?: Record<string, string>,
  ) => Promise<Answer>;
  /** What the console's script asks for, under `/ui/api`. */
  readonly get: <T = Record<string, unknown>>(path: string) => Promise<Answer<T>>;
  /** The same with a body. */
  readonly post: <T = Record<string, unknown>>(
    path: string,
    body?: object,
    headers?: Record<string, string>,
  ) => Promise<Answer<T>>;
  /** Signs in, and remembers the page's half of the session as the console's script does. */
  readonly signIn: (secret?: string) => Promise<Answer<OpenedView>>;
  /** The page's half of the session that was opened last. */
  readonly pageToken: () => string;
  /** The cookies as they were set last, by name. */
  readonly cookies: Map<string, string>;
};

const JSON_TYPE = /^application\/(problem\+)?json/;

/** Somebody's browser at this address of the pages. */
export function openBrowser(base: string): Browser {
  const cookies = new Map<string, string>();
  let half = '';

  const open = async <T>(path: string, init: RequestInit = {}): Promise<Answer<T>> => {
    const cookie = [...cookies.values()].map((one) => one.split(';', 1)[0]).join('; ');
    const headers = { ...(cookie === '' ? {} : { cookie }), ...(init.headers as Record<string, string>) };
    const response = await fetch(`${base}${path}`, { redirect: 'manual', ...init, headers });
    for (const one of response.headers.getSetCookie()) cookies.set(one.split('=', 1)[0] ?? '', one);
    const text = await response.text();
    const isJson = text !== '' && JSON_TYPE.test(response.headers.get('content-type') ?? '');
    return {
      status: response.status,
      location: response.headers.get('location'),
      headers: response.headers,
      text,
      body: (isJson ? JSON.parse(text) : {}) as T,
    };
  };
  const post = <T>(path: string, body?: object, headers: Record<string, string> = {}) =>
    open<T>(`/ui/api${path}`, {
      method: 'POST',
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        'x-page-token': half,
        ...headers,
      },
    });

  return {
    open,
    send: (path, fields, headers = {}) =>
      open(path, {
        method: 'POST',
        body: new URLSearchParams(fields).toString(),
        headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
      }),
    at: (path) => path.replace('/ui/', `/ui/s/${half}/`),
    get: (path) => open(`/ui/api${path}`, { headers: { 'x-page-token': half } }),
    post,
    async signIn(secret = CODE) {
      const answer = await post<OpenedView>('/session', { secret });
      half = answer.body.page_token ?? '';
      return answer;
    },
    pageToken: () => half,
    cookies,
  };
}

/** A replica's pages, and somebody who is signed in there by the code. */
export async function startConsole(env: Record<string, string> = {}): Promise<Browser & { base: string }> {
  const base = (await startReplica(env)).address();
  const browser = openBrowser(base);
  await browser.signIn();
  return { ...browser, base };
}

/** The hidden fields of the only form of a page. */
export const fieldsOf = (page: string): Record<string, string> =>
  Object.fromEntries(
    [...page.matchAll(/type="hidden" name="(\w+)" value="([^"]*)"/g)].map(([, name, value]) => [name, value]),
  );
