import { once } from 'node:events';
import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
  STATUS_CODES,
} from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Refusals } from '@aegis/bus';
import type { Service } from '@aegis/bus/service';
import { ANONYMOUS } from '@aegis/contracts/call';
import { errorResponse } from '@aegis/firewall/wire';
import type { Allowance, Caller } from '@aegis/kit/allowance';
import { ConfigError } from '@aegis/kit/env';
import { AppError, toAppError, toProblem } from '@aegis/kit/errors';
import { repeatedHeader } from '@aegis/kit/headers';
import { mayAskHealth, ownHostNames, reachedAt } from '@aegis/kit/hosts';
import { whyNotJson } from '@aegis/kit/json';
import { bearerOf } from '@aegis/kit/keys';
import { createLateRefusals } from '@aegis/kit/late-refusals';
import type { Logger } from '@aegis/kit/logger';
import { refuseSmallPieces } from '@aegis/kit/pieces';
import { NO_PROXY_HEADER, serveBehindProxies } from '@aegis/kit/proxy-protocol';
import { retryFields } from '@aegis/kit/rate-limit';
import { closeSilentConnections } from '@aegis/kit/silent-connections';
import { refuseUnserved } from '@aegis/kit/unserved';
import { hostHeaderValidation, originValidation, toNodeHandler } from '@modelcontextprotocol/node';
import { type AuthInfo, createMcpHandler, type McpServerFactory } from '@modelcontextprotocol/server';
import type { McpConfig } from './config.ts';
import { createDoor, type Turn } from './door.ts';
import { readBody } from './http-body.ts';
import type { Callers } from './proxy/keys/callers.ts';
import { UNKNOWN_KEY } from './proxy/keys/key-holders.ts';
import type { Proxy } from './proxy/proxy.ts';
import { HTTP_REFUSAL } from './proxy/refused.ts';
import {
  isUnknown,
  isWide,
  MAX_MESSAGE_BYTES,
  readToolMessage,
  TOO_LARGE,
  UNKNOWN_METHOD,
} from './tools/serve/strict-message.ts';
import { createUnderWay } from './under-way.ts';

/** What is no HTTP gets the status that Node gives it. */
const UNREADABLE: Readonly<Record<string, number>> = {
  ERR_HTTP_REQUEST_TIMEOUT: 408,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  HPE_HEADER_OVERFLOW: 431,
};
const PATH = '/mcp';
/** A server behind the firewall has its name for a path. Some clients add a slash at the end, others take one away. */
const SERVER_PATH = /^\/mcp\/([A-Za-z0-9_-]{1,64})\/?$/;
/** A body has to come in whole within this time. */
const RECEIVE_WITHIN_MS = 30_000;
/** A service has 5 s to stop, and the bus is closed after this. */
const CLOSE_WITHIN_MS = 3_000;

const ONCE: ReadonlySet<string> = new Set([
  'host',
  'authorization',
  'content-type',
  'origin',
  'mcp-session-id',
]);

/** A request whose sender is known. */
type Known = IncomingMessage & { auth?: AuthInfo };

export type HttpDeps = {
  readonly factory: McpServerFactory;
  readonly config: Pick<
    McpConfig,
    'HOST' | 'MCP_PORT' | 'ALLOWED_HOSTS' | 'PROXY_PROTOCOL_FROM' | 'REQUEST_TIMEOUT_MS'
  >;
  readonly health: Service['health'];
  readonly callers: Pick<Callers, 'principalOf'>;
  /** The servers behind the firewall. */
  readonly proxy: Pick<Proxy, 'handle' | 'stop'>;
  readonly log: Logger;
  readonly refusals: Pick<Refusals, 'count'>;
  /** What each caller may send. */
  readonly requests: Allowance;
};

/** What is thrown and is an answer, with the headers that belong to it. */
const ANSWERED: Readonly<Record<string, Readonly<Record<string, string>> | undefined>> = {
  unauthorized: { 'www-authenticate': 'Bearer' },
  identities_unavailable: { 'retry-after': '1' },
  too_many_requests: {},
};

const refusal = (sentence: string): string => errorResponse('null', HTTP_REFUSAL, sentence);

function sendJson(
  response: ServerResponse,
  status: number,
  json: string,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(json);
}

/** Both eras without sessions: any replica may take any request. */
function createMcpRoute({ factory, log, refusals }: Pick<HttpDeps, 'factory' | 'log' | 'refusals'>) {
  const onerror = (err: Error): void => log.info({ err }, 'request refused');
  const handler = createMcpHandler(factory, { onerror, maxRequestBodySize: MAX_MESSAGE_BYTES });
  const serve = toNodeHandler(handler, { onerror });
  const inFlight = new Set<Promise<void>>();
  const post = async (
    request: Known,
    response: ServerResponse,
    principal: string,
    turn: Turn,
  ): Promise<void> => {
    const because = whyNotJson(request.headers);
    if (because !== undefined) return sendJson(response, 415, refusal(because));
    const body = await readBody(request, MAX_MESSAGE_BYTES);
    if (body === undefined) return sendJson(response, 413, TOO_LARGE);
    await turn.weigh(body);
    const read = readToolMessage(body);
    if ('refusal' in read) return sendJson(response, 400, read.refusal);
    if (isWide(read.message)) await turn.widen();
    if (isUnknown(read.message)) refusals.count(UNKNOWN_METHOD, principal);
    // The SDK hands this on to the tools as who calls.
    request.auth = {
      token: '',
      clientId: principal,
      scopes: [],
      extra: { from: request.socket.remoteAddress },
    };
    const served = serve(request, response, read.message).finally(() => inFlight.delete(served));
    inFlight.add(served);
    await served;
  };
  const close = async (): Promise<void> => {
    await Promise.allSettled(inFlight);
    await handler.close();
  };
  return { post, close };
}

async function listenOn(server: Server, host: string, port: number): Promise<void> {
  await once(server.listen(port, host), 'listening').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EADDRINUSE') throw error;
    throw new ConfigError(
      `MCP_PORT: port ${port} on ${host} is taken; stop what uses it, or set MCP_PORT to another one (0 = any free).`,
    );
  });
}

/** Takes no new connections, lets `finish` end what is in flight, and after `withinMs` cuts what is still there. */
async function closeServer(server: Server, finish: () => Promise<void>, withinMs: number): Promise<void> {
  const closed = once(server.close(), 'close');
  const timer = setTimeout(() => server.closeAllConnections(), withinMs);
  await finish();
  server.closeIdleConnections();
  await closed;
  clearTimeout(timer);
}

/** @throws AppError `unauthorized`, `identities_unavailable` */
async function callerOf(callers: HttpDeps['callers'], { headers }: IncomingMessage): Promise<string> {
  const { authorization } = headers;
  const principal = await callers.principalOf(authorization);
  if (principal !== undefined) return principal;
  const detail =
    bearerOf(authorization) === undefined
      ? 'A key is needed here: send it as "Authorization: Bearer <key>".'
      : UNKNOWN_KEY;
  throw new AppError('unauthorized', detail);
}

/** Has callers wait for their turn; whose key ended while they did, or while their message came in, has none. */
function createEntrance({ callers, config, requests }: Pick<HttpDeps, 'callers' | 'config' | 'requests'>) {
  const door = createDoor(config.REQUEST_TIMEOUT_MS);
  const refuseLate = createLateRefusals();
  const take = (sender: Caller): Promise<never> | undefined => {
    try {
      requests.take(sender);
      return undefined;
    } catch (thrown) {
      return refuseLate(thrown);
    }
  };
  return async (principal: string, request: IncomingMessage): Promise<Turn> => {
    const sender = { principal, from: request.socket.remoteAddress };
    await take(sender);
    const turn = await door.enter(principal === ANONYMOUS ? request.socket : principal, request);
    const lookAgain = async (): Promise<void> => {
      if ((await callerOf(callers, request)) !== principal) throw new AppError('unauthorized', UNKNOWN_KEY);
    };
    const weigh = async (body: Buffer): Promise<void> => {
      requests.charge(sender, body.length, 0);
      await turn.weigh(body);
      await lookAgain();
    };
    const widen = async (): Promise<void> => {
      await turn.widen();
      await lookAgain();
    };
    if (request.method === 'POST') return { ...turn, weigh, widen };
    await lookAgain().catch((refused: unknown) => {
      turn.end();
      throw refused;
    });
    return turn;
  };
}

/** The MCP endpoints over Streamable HTTP: the five tools, the servers behind the firewall; and `/healthz`. */
export function createHttp({ factory, config, health, callers, proxy, log, refusals, requests }: HttpDeps) {
  const hostNames = ownHostNames(config.HOST, config.ALLOWED_HOSTS);
  const isHostAllowed = hostHeaderValidation(hostNames);
  const isOriginAllowed = originValidation(hostNames);
  const mcp = createMcpRoute({ factory, log, refusals });
  const enter = createEntrance({ callers, config, requests });
  const underWay = createUnderWay();
  const finish = async (): Promise<void> => {
    await Promise.all([mcp.close(), proxy.stop()]);
  };

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = request.url?.split('?', 1)[0];
    if (path === '/healthz') {
      if (!mayAskHealth(request.headers.host, hostNames)) {
        return sendJson(response, 403, refusal('The Host header names a host that is not this service.'));
      }
      const state = health();
      return sendJson(response, state.status === 'ok' ? 200 : 503, JSON.stringify(state));
    }
    const twice = repeatedHeader(request, ONCE);
    if (twice !== undefined) {
      return sendJson(response, 400, refusal(`The ${twice} header is there more than once.`));
    }
    if (!isHostAllowed(request, response) || !isOriginAllowed(request, response)) return;
    const [, server] = SERVER_PATH.exec(path ?? '') ?? [];
    if (path !== PATH && path !== `${PATH}/` && server === undefined) {
      const detail = `Only ${PATH}, ${PATH}/{server} and /healthz are served here.`;
      const problem = toProblem(new AppError('not_found', detail));
      return sendJson(response, problem.status, JSON.stringify(problem), {
        'content-type': 'application/problem+json',
      });
    }
    const principal = await callerOf(callers, request);
    const turn = await enter(principal, request);
    try {
      underWay.enter(principal, response);
      if (server !== undefined) return await proxy.handle(server, principal, request, response, turn);
      if (request.method === 'POST') return await mcp.post(request, response, principal, turn);
    } finally {
      turn.end();
    }
    const detail = 'Method not allowed: there are no sessions here, so nothing to GET or DELETE.';
    sendJson(response, 405, refusal(detail), { allow: 'POST' });
  };

  const server = createServer({ requestTimeout: RECEIVE_WITHIN_MS }, (request, response) => {
    const source = request.socket.remoteAddress;
    response.once('finish', () => {
      if (response.statusCode >= 400 && request.url !== '/healthz')
        refusals.count(`http_${response.statusCode}`, source);
    });
    handle(request, response).catch((err: unknown) => {
      const error = toAppError(err);
      const more = ANSWERED[error.code];
      if (more && !response.headersSent)
        return sendJson(response, error.status, refusal(error.message), { ...more, ...retryFields(error) });
      log.info({ err }, 'request broke off');
      response.destroy();
    });
  });
  closeSilentConnections(server);
  refuseSmallPieces(server, refusals.count);
  serveBehindProxies(server, config.PROXY_PROTOCOL_FROM, (from) => refusals.count(NO_PROXY_HEADER, from));
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    if (error.code === 'ECONNRESET' || socket.destroyed) return;
    refusals.count('not_http', socket.remoteAddress);
    const status = UNREADABLE[error.code ?? ''] ?? 400;
    socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\n\r\n`, () =>
      socket.destroy(),
    );
  });
  refuseUnserved(server, refusals.count);
  return {
    /** @throws ConfigError where the port is taken */
    listen: (): Promise<void> => listenOn(server, config.HOST, config.MCP_PORT),
    /** The URL for MCP clients, such as `http://127.0.0.1:8001/mcp`; empty before `listen`. */
    address(): string {
      const bound = server.address() as AddressInfo | null;
      return bound === null ? '' : `http://${reachedAt(config.HOST, bound.port)}${PATH}`;
    },
    /** Takes no new requests, answers those that are in, closes the connections. */
    close: (): Promise<void> =>
      closeServer(server, finish, Math.min(config.REQUEST_TIMEOUT_MS, CLOSE_WITHIN_MS)),
  };
}
