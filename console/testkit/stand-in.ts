import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

const DIST = new URL('../dist/', import.meta.url);
/** As strict as the service's own, and no markup from text at all. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; form-action 'self'; " +
  "base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types svelte-trusted-html";
const TYPES: Record<string, string> = { js: 'text/javascript', css: 'text/css', svg: 'image/svg+xml' };

export type Request = {
  method: string;
  path: string;
  query: URLSearchParams;
  body: unknown;
  pageToken: string | undefined;
};
export type Answer = { status: number; body: unknown };
/** Answers `METHOD path` under `/ui/api/`. */
export type Answers = (request: Request) => Answer | Promise<Answer>;

export type StandIn = {
  url: string;
  /** What was asked of the API, in order. */
  asked: Request[];
  /** Tells every page of an event. */
  emit(type: string, data: unknown): void;
  /** What `GET /health` answers from now on. */
  setHealth(health: object): void;
  /** Ends the event streams, and answers new ones with an error until `true`. */
  setLive(isLive: boolean): void;
  stop(): Promise<void>;
};

async function shell(): Promise<string> {
  const page = new URL('index.html', DIST);
  if (!existsSync(page)) throw new Error('The console is not built: npm run build:console');
  return readFile(page, 'utf8');
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text === '' ? undefined : JSON.parse(text);
}

async function sendAsset(path: string, response: ServerResponse): Promise<void> {
  const name = path.slice('/ui/assets/'.length);
  const type = TYPES[name.split('.').at(-1) ?? ''];
  if (type === undefined || !/^[\w.-]+$/.test(name)) {
    response.writeHead(404).end();
    return;
  }
  response.writeHead(200, { 'content-type': type }).end(await readFile(new URL(`assets/${name}`, DIST)));
}

/** The console as built, with an API that answers as a test says. */
export async function startStandIn(answers: Answers): Promise<StandIn> {
  const page = await shell();
  const asked: Request[] = [];
  const streams = new Set<ServerResponse>();
  let isLive = true;
  let health: object = { status: 'ok' };

  const openStream = (response: ServerResponse): void => {
    if (!isLive) {
      response.writeHead(503).end();
      return;
    }
    response.writeHead(200, { 'content-type': 'text/event-stream' }).write('retry: 200\n\n');
    streams.add(response);
    response.on('close', () => streams.delete(response));
  };
  const answer = async (incoming: IncomingMessage, response: ServerResponse, url: URL): Promise<void> => {
    const request = {
      method: incoming.method ?? 'GET',
      path: url.pathname.slice('/ui/api/'.length),
      query: url.searchParams,
      body: await bodyOf(incoming),
      pageToken: incoming.headers['x-page-token'] as string | undefined,
    };
    asked.push(request);
    const { status, body } = await answers(request);
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };
  const server = createServer((incoming, response) => {
    const url = new URL(incoming.url ?? '/', 'http://stand-in');
    if (url.pathname === '/events') openStream(response);
    else if (url.pathname.startsWith('/ui/api/')) void answer(incoming, response, url);
    else if (url.pathname.startsWith('/ui/assets/')) void sendAsset(url.pathname, response);
    else if (url.pathname === '/health') response.end(JSON.stringify(health));
    else if (!url.pathname.startsWith('/ui/')) response.writeHead(404).end();
    else
      response.writeHead(200, { 'content-type': 'text/html', 'content-security-policy': POLICY }).end(page);
  });
  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    emit(type, data) {
      for (const stream of streams) stream.write(`event: ${type}\ndata: ${JSON.stringify({ data })}\n\n`);
    },
    setHealth(said) {
      health = said;
    },
    setLive(live) {
      isLive = live;
      if (!live) for (const stream of streams) stream.end();
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
