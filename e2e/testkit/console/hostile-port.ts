import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A program of this machine that listens on another port, and is visited by a browser that is signed in at the console. */
export type HostilePort = {
  url: string;
  /** What visitors sent, the last one last. */
  seen: IncomingHttpHeaders[];
  /** What the next visitors get: cookies for this host, markup of a page, or an address to go on to. */
  serve(answer: { cookies?: string[]; body?: string; to?: string }): void;
  stop(): Promise<void>;
};

export async function startHostilePort(): Promise<HostilePort> {
  const seen: IncomingHttpHeaders[] = [];
  let next: Parameters<HostilePort['serve']>[0] = {};
  const server = createServer(({ headers, url }, response) => {
    if (url === '/favicon.ico') {
      response.writeHead(204).end();
      return;
    }
    seen.push(headers);
    const { cookies = [], body = '<h1>my app</h1>', to } = next;
    response.setHeader('set-cookie', cookies);
    if (to !== undefined) response.writeHead(302, { location: to }).end();
    else
      response
        .writeHead(200, { 'content-type': 'text/html' })
        .end(`<!doctype html><title>app</title>${body}`);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    seen,
    serve(answer) {
      next = answer;
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
