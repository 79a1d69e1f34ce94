import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

type Received = { method: string; path: string; headers: Record<string, string>; body: string; at: number };
/** What a receiver answers; `afterMs` is how long it takes, `never` that it hangs, `endless` that its answer has no end. */
type Reply = {
  status?: number;
  headers?: Record<string, string>;
  afterMs?: number;
  never?: true;
  endless?: true;
};

export type Receiver = {
  url: string;
  port: number;
  requests: Received[];
  connections: () => number;
  /** The bodies that came, parsed. */
  bodies(): { type: string; data: Record<string, string> }[];
  close(): Promise<void>;
};

const flat = (headers: IncomingHttpHeaders): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));

/** An HTTP server on loopback that keeps what it is told. `answer` is given the number of the request, from 1. */
export async function startReceiver(
  answer: (count: number, request: Received) => Reply = () => ({}),
  { port = 0, host = '127.0.0.1' } = {},
): Promise<Receiver> {
  const requests: Received[] = [];
  let connections = 0;
  const server = createServer();
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    const { method = '', url = '' } = request;
    const received = { method, path: url, headers: flat(request.headers), body, at: Date.now() };
    requests.push(received);
    const reply = answer(requests.length, received);
    if (reply.never) return;
    if (reply.afterMs) await new Promise((resolve) => setTimeout(resolve, reply.afterMs));
    response.writeHead(reply.status ?? 204, reply.headers);
    if (!reply.endless) {
      response.end();
      return;
    }
    const writing = setInterval(() => response.write('x'.repeat(65_536)), 1);
    response.on('close', () => clearInterval(writing));
  };
  server.on('request', (request, response) => void serve(request, response));
  server.on('connection', () => connections++);
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.on('error', reject);
  server.listen(port, host, resolve);
  await promise;
  const bound = (server.address() as AddressInfo).port;
  return {
    url: `http://${host}:${bound}/hook`,
    port: bound,
    requests,
    connections: () => connections,
    bodies: () => requests.map(({ body }) => JSON.parse(body) as ReturnType<Receiver['bodies']>[number]),
    async close() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}
