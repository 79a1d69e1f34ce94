import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { NodeStreamableHTTPServerTransport } from '@modelcontextprotocol/node';
import type { McpServer } from '@modelcontextprotocol/server';
import { createEventStore } from './event-store.ts';

/** What a client waits before it resumes a stream. */
const RETRY_MS = 100;

export type LegacySessions = {
  handle(request: IncomingMessage, response: ServerResponse, body: unknown): Promise<void>;
  close(): Promise<void>;
};

const sendError = (response: ServerResponse, status: number, message: string): void => {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ jsonrpc: '2.0', error: { code: -32_000, message }, id: null }));
};

/** Sessions of the revisions before 2026-07-28: one server and one transport each, with streams that can be resumed. */
export function createLegacySessions(build: () => McpServer): LegacySessions {
  const sessions = new Map<string, NodeStreamableHTTPServerTransport>();
  const open = async (): Promise<NodeStreamableHTTPServerTransport> => {
    const transport = new NodeStreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      eventStore: createEventStore(),
      retryInterval: RETRY_MS,
      onsessioninitialized: (id) => void sessions.set(id, transport),
      onsessionclosed: (id) => void sessions.delete(id),
    });
    await build().connect(transport);
    return transport;
  };
  return {
    async handle(request, response, body) {
      const id = request.headers['mcp-session-id'];
      const transport = typeof id === 'string' ? sessions.get(id) : await open();
      if (transport === undefined) return sendError(response, 404, 'There is no such session.');
      await transport.handleRequest(request, response, body);
    },
    async close() {
      await Promise.all([...sessions.values()].map((transport) => transport.close()));
    },
  };
}
