import { fileURLToPath } from 'node:url';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import type { Call } from './calls.ts';

const LAUNCHER = fileURLToPath(new URL('../../cli/bin/aegis.js', import.meta.url));

/** The parts of an answer of `guard_check` and `firewall_enforce` that the demo shows. */
export type Answer = {
  allowed: boolean;
  approval_required: boolean;
  reasons: string[];
  status?: string;
  approval_id?: string;
  trace_id?: string;
};

/** An agent that asks before it acts. It never runs the tools: the demo is about the asking. */
export type Agent = {
  readonly tools: readonly string[];
  check(call: Call): Promise<Answer>;
  /** Under its own name for the call, so that the same call can be asked for again after the approval. */
  enforce(call: Call, dryRunId: string): Promise<Answer>;
  close(): Promise<void>;
};

/** Starts `aegis mcp` as an MCP client does, on the stack that runs from this data directory. */
export async function startAgent(dataDir: string): Promise<Agent> {
  const client = new Client({ name: 'aegis-demo', version: '1.0.0' });
  const { PATH = '' } = process.env;
  const env = { PATH, AEGIS_DATA_DIR: dataDir };
  await client.connect(new StdioClientTransport({ command: process.execPath, args: [LAUNCHER, 'mcp'], env }));

  const call = async (name: string, args: Record<string, unknown>): Promise<Answer> => {
    const { isError, content, structuredContent } = await client.callTool({ name, arguments: args });
    if (isError) throw new Error(content.map((part) => (part.type === 'text' ? part.text : '')).join(' '));
    return structuredContent as Answer;
  };

  const { tools } = await client.listTools();
  return {
    tools: tools.map(({ name }) => name),
    check: ({ tool, op, amount_cents }) => call('guard_check', { tool, op, amount_cents }),
    enforce: ({ tool, op, amount_cents, args, reason }, dryRunId) =>
      call('firewall_enforce', { tool, op, amount_cents, args, meta: { dry_run_id: dryRunId, reason } }),
    close: () => client.close(),
  };
}
