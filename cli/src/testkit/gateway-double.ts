import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export type Seen = {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: unknown;
};

export type CannedAnswer = { readonly status: number; readonly body: unknown };

/** An answer that goes on: events, as the test sends them. */
export type StreamAnswer = { readonly stream: (response: ServerResponse) => void };

/** What the double answers to `GET /approvals` and the like; the query does not count. */
export type Answers = Record<string, CannedAnswer | StreamAnswer | ((seen: Seen) => CannedAnswer)>;

export type GatewayDouble = { readonly url: string; readonly seen: Seen[]; stop(): Promise<void> };

const NOT_FOUND: CannedAnswer = {
  status: 404,
  body: {
    type: 'urn:aegis:error:not_found',
    title: 'Not found',
    status: 404,
    code: 'not_found',
    detail: 'No.',
  },
};

/** A tiny HTTP server on a free port of loopback, in place of a gateway. */
export async function startGatewayDouble(answers: Answers): Promise<GatewayDouble> {
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    void (async () => {
      const raw = await text(request);
      const { method = '', url: target = '', headers } = request;
      const one = { method, target, headers, body: raw === '' ? undefined : (JSON.parse(raw) as unknown) };
      seen.push(one);
      const canned = answers[`${method} ${target.split('?')[0]}`] ?? NOT_FOUND;
      if ('stream' in canned) {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        response.flushHeaders();
        canned.stream(response);
        return;
      }
      const { status, body } = typeof canned === 'function' ? canned(one) : canned;
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(typeof body === 'string' ? body : JSON.stringify(body));
    })();
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    seen,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}
