import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import {
  localhostHostValidation,
  localhostOriginValidation,
  toNodeHandler,
  toWebRequest,
} from '@modelcontextprotocol/node';
import { createMcpHandler, isLegacyRequest } from '@modelcontextprotocol/server';
import { buildServer } from './build-server.ts';
import { createLegacySessions } from './legacy-sessions.ts';

export type ConformanceServer = {
  /** Such as `http://127.0.0.1:40001/mcp`. */
  url: string;
  close(): Promise<void>;
};

function createEndpoint() {
  const modern = createMcpHandler(() => buildServer('modern', () => modern.notify), { legacy: 'reject' });
  const serveModern = toNodeHandler(modern);
  const legacy = createLegacySessions(() =>
    buildServer('legacy', (server) => ({
      toolsChanged: () => server.sendToolListChanged(),
      promptsChanged: () => server.sendPromptListChanged(),
    })),
  );
  const isHostAllowed = localhostHostValidation();
  const isOriginAllowed = localhostOriginValidation();
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (!isHostAllowed(request, response) || !isOriginAllowed(request, response)) return;
    const body = request.method === 'POST' ? await json(request) : undefined;
    const isLegacy = await isLegacyRequest(await toWebRequest(request, body), body);
    await (isLegacy ? legacy.handle(request, response, body) : serveModern(request, response, body));
  };
  const close = async (): Promise<void> => {
    await Promise.all([legacy.close(), modern.close()]);
  };
  return { handle, close };
}

/** A server for the conformance suite on a free port of loopback: both eras, the legacy one with sessions. */
export async function startConformanceServer(): Promise<ConformanceServer> {
  const endpoint = createEndpoint();
  const server = createServer((request, response) => {
    endpoint.handle(request, response).catch((error: Error) => {
      if (!response.headersSent) response.writeHead(500);
      response.end(error.message);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`,
    async close() {
      await endpoint.close();
      server.closeAllConnections();
      server.close();
    },
  };
}
