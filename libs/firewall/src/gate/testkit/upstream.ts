import type { AskUpstream } from '../api.ts';

export type ToolDefinition = { name: string; description?: string; [key: string]: unknown };

/** A server that answers what the firewall itself asks: its list of tools. */
export type Upstream = {
  tools: ToolDefinition[];
  /** How many pages the firewall has read. */
  pages: number;
  pageSize: number;
  /** Fails each question with this, where it is set. */
  fault: unknown;
  ttlMs: number | undefined;
  /** The parameters of the last question. */
  params: Record<string, unknown>;
  readonly ask: AskUpstream;
};

export const tool = (name: string, description = `does ${name}`): ToolDefinition => ({
  name,
  description,
  inputSchema: { type: 'object' },
});

export function createUpstream(): Upstream {
  const upstream: Upstream = {
    tools: [tool('read'), tool('write'), tool('move')],
    pages: 0,
    pageSize: 100,
    fault: undefined,
    ttlMs: undefined,
    params: {},
    async ask(_method, params) {
      upstream.pages++;
      upstream.params = params;
      if (upstream.fault !== undefined) throw upstream.fault;
      const from = Number(params['cursor'] ?? 0);
      const to = from + upstream.pageSize;
      const tools = upstream.tools.slice(from, to);
      const ttl = upstream.ttlMs === undefined ? {} : { ttlMs: upstream.ttlMs };
      return { tools, ...ttl, ...(to < upstream.tools.length ? { nextCursor: String(to) } : {}) };
    },
  };
  return upstream;
}
