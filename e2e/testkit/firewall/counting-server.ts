import { appendFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

/**
 * An MCP server over stdio with one tool, `count`, that writes down each call before it answers it: a line with `n` and
 * the time to the file that its only argument names.
 */
const file = process.argv[2] ?? '';

type Request = { id?: string | number; method: string; params?: { arguments?: { n?: number } } };

const TOOLS = [
  { name: 'count', inputSchema: { type: 'object', properties: { n: { type: 'integer' } }, required: ['n'] } },
];
const INITIALIZED = {
  protocolVersion: '2025-11-25',
  capabilities: { tools: {} },
  serverInfo: { name: 'counting', version: '1' },
};

function resultOf({ method, params }: Request): unknown {
  if (method === 'initialize') return INITIALIZED;
  if (method === 'tools/list') return { tools: TOOLS };
  if (method !== 'tools/call') return {};
  appendFileSync(file, `${JSON.stringify({ n: params?.arguments?.n, at: new Date().toISOString() })}\n`);
  return { content: [{ type: 'text', text: `counted ${params?.arguments?.n}` }] };
}

createInterface({ input: process.stdin }).on('line', (line) => {
  const request = JSON.parse(line) as Request;
  if (request.id === undefined) return;
  process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', id: request.id, result: resultOf(request) })}\n`);
});
