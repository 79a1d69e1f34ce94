import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { healthy } from '@aegis/bus/service';
import { createLimitOf, createRequestAllowance } from '@aegis/contracts/limits';
import { parseEnv } from '@aegis/kit/env';
import { AppError } from '@aegis/kit/errors';
import { createLogger } from '@aegis/kit/logger';
import { onTestFinished } from 'vitest';
import { McpEnv } from '../../config.ts';
import { createHttp } from '../../http.ts';
import { createServer as createTools } from '../../tools/serve/server.ts';
import type { OpenGate } from '../connection.ts';
import { createCallers } from '../keys/callers.ts';
import { createKeyHolders } from '../keys/key-holders.ts';
import type { Limits } from '../limits.ts';
import { createProxy } from '../proxy.ts';
import { fakeFirewall } from './fake-gate.ts';

export const quiet = createLogger('test', 'silent');

const LIMITS: Limits = { answerTimeoutMs: 5_000, idleMs: 60_000, maxProcesses: 8 };

export type WorldOptions = {
  /** What stands under `mcpServers`. */
  readonly servers: Record<string, unknown>;
  readonly limits?: Partial<Limits>;
  readonly env?: Record<string, string>;
  /** The keys file's `keys`. */
  readonly keys?: Record<string, string>;
  /** A gate that does not pretend. */
  readonly openGate?: OpenGate;
};

/** No identity is on the log. */
const NOBODY = {
  agentOf: () => Promise.reject(new AppError('unauthorized', 'The key is not known here.')),
  isAsked: () => Promise.resolve(false),
  wasAsked: false,
};

/** The HTTP side of the service, with a gate that only pretends; it goes when the test ends. */
export async function startWorld({ servers, limits, env = {}, keys, openGate }: WorldOptions) {
  const folder = await mkdtemp(join(tmpdir(), 'aegis-proxy-'));
  const serversPath = join(folder, 'mcp-servers.json');
  const keysPath = join(folder, 'mcp-keys.json');
  const describe = (described: Record<string, unknown>): Promise<void> =>
    writeFile(serversPath, JSON.stringify({ mcpServers: described }));
  await describe(servers);
  if (keys !== undefined) await writeFile(keysPath, JSON.stringify({ keys }));

  const firewall = fakeFirewall();
  const proxy = createProxy({
    serversPath,
    openGate: openGate ?? firewall.openGate,
    limits: { ...LIMITS, ...limits },
    env: { PATH: process.env['PATH'], ...env },
    log: quiet,
  });
  const holders = createKeyHolders({
    path: keys === undefined ? undefined : keysPath,
    log: quiet,
    changed: (isKept) => proxy.keepPrincipals(isKept),
  });
  const config = parseEnv(McpEnv, { MCP_PORT: '0', CALLER_LIMITS: env?.['CALLER_LIMITS'] });
  const factory = () => createTools([], quiet);
  const http = createHttp({
    factory,
    config,
    requests: createRequestAllowance(createLimitOf(config)),
    health: () => healthy,
    callers: createCallers({ keys: holders, identities: NOBODY }),
    proxy,
    log: quiet,
    refusals: { count: () => undefined },
  });
  await Promise.all([proxy.start(), holders.start()]);
  await http.listen();
  onTestFinished(async () => {
    holders.stop();
    await http.close();
    await rm(folder, { recursive: true, force: true });
  });
  return {
    firewall,
    seen: firewall.seen,
    proxy,
    holders,
    http,
    serversPath,
    keysPath,
    /** Writes other servers into the file. */
    describe,
    urlOf: (name: string): string => `${http.address()}/${name}`,
  };
}

export type SeenRequest = { method: string; url: string; headers: IncomingMessage['headers']; body: string };

export type Upstream = {
  readonly url: string;
  readonly seen: SeenRequest[];
  readonly server: Server;
};

/** A server that does as it is told, on a free port; it goes when the test ends. */
export async function startUpstream(
  listener: (seen: SeenRequest, ...rest: Parameters<RequestListener>) => void,
): Promise<Upstream> {
  const seen: SeenRequest[] = [];
  const server = createServer((request, response) => {
    const take = async (): Promise<void> => {
      const { method = '', url = '', headers } = request;
      const one = { method, url, headers, body: await text(request) };
      seen.push(one);
      listener(one, request, response);
    };
    void take();
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`, seen, server };
}

/** A JSON-RPC message, as text. */
export const message = (method: string, params?: unknown, id?: string | number): string =>
  JSON.stringify({
    jsonrpc: '2.0',
    ...(id === undefined ? {} : { id }),
    method,
    ...(params ? { params } : {}),
  });

/** A request of the modern era: its body, and the headers that repeat it. */
export function modern(method: string, params: Record<string, unknown> = {}, id: string | number = 1) {
  const meta = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientInfo': { name: 'test', version: '1' },
    'io.modelcontextprotocol/clientCapabilities': {},
  };
  const headers: Record<string, string> = { 'mcp-protocol-version': '2026-07-28', 'mcp-method': method };
  const named = params['name'] ?? params['uri'];
  if (typeof named === 'string') headers['mcp-name'] = named;
  const own = params['_meta'] as object | undefined;
  return { body: message(method, { ...params, _meta: { ...meta, ...own } }, id), headers };
}
