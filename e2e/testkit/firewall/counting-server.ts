import { appendFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { connectAs } from '@aegis/bus/law';

/**
 * An MCP server over stdio with one tool, `count`, that writes down each call as soon as it sees it: a line `{ n }` to the
 * file that its first argument names. Then it asks the log, at the address and by the keys of its other arguments, how far
 * it is, and writes `{ n, logEnd }`: what the log had when this server saw the call, or a moment later.
 */
const [file = '', url = '', keysDir = ''] = process.argv.slice(2);
const nc = await connectAs('audit', { url, keysDir });

type Request = { id?: string | number; method: string; params?: { arguments?: { n?: number } } };

const TOOLS = [
  { name: 'count', inputSchema: { type: 'object', properties: { n: { type: 'integer' } }, required: ['n'] } },
];
const INITIALIZED = {
  protocolVersion: '2025-11-25',
  capabilities: { tools: {} },
  serverInfo: { name: 'counting', version: '1' },
};

const write = (line: object): void => appendFileSync(file, `${JSON.stringify(line)}\n`);

async function logEnd(): Promise<number> {
  const info = (await nc.request('$JS.API.STREAM.INFO.AEGIS')).json<{ state: { last_seq: number } }>();
  return info.state.last_seq;
}

async function count(n: number | undefined): Promise<unknown> {
  write({ n });
  write({ n, logEnd: await logEnd() });
  return { content: [{ type: 'text', text: `counted ${n}` }] };
}

async function resultOf({ method, params }: Request): Promise<unknown> {
  if (method === 'initialize') return INITIALIZED;
  if (method === 'tools/list') return { tools: TOOLS };
  return method === 'tools/call' ? count(params?.arguments?.n) : {};
}

async function answer(line: string): Promise<void> {
  const request = JSON.parse(line) as Request;
  if (request.id === undefined) return;
  const result = await resultOf(request);
  process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', id: request.id, result })}\n`);
}

const lines = createInterface({ input: process.stdin });
lines.on('line', (line) => void answer(line));
lines.on('close', () => void nc.close());
