import { createInterface } from 'node:readline';

/**
 * An MCP server over stdio whose answers are not as the protocol has them: a call of a tool is answered in the way of its
 * name. Its list of tools has the cursor that its first argument is, on each page.
 */
const [cursor] = process.argv.slice(2);

type Asked = { id?: number; method: string; params?: { name?: string } };

const OK = '"result":{"content":[{"type":"text","text":"ok"}]}';
const NAMES = {
  latin1: (id: number) =>
    `{"jsonrpc":"2.0","id":${id},"result":{"content":[{"type":"text","text":"caf\u00e9"}]}}\n`,
  big: (id: number) => `{"jsonrpc":"2.0","id":${id},"result":{"text":"${'x'.repeat(17_000_000)}"}}\n`,
  'error-null': (id: number) => `{"jsonrpc":"2.0","id":${id},${OK},"error":null}\n`,
  'no-version': (id: number) => `{"id":${id},${OK}}\n`,
  'text-id': (id: number) => `{"jsonrpc":"2.0","id":"${id}",${OK}}\n`,
  pretty: (id: number) => `{\n  "jsonrpc": "2.0",\n  "id": ${id},\n  ${OK}\n}\n`,
  cut: (id: number) => `{"jsonrpc":"2.0","id":${id},"result":{"content":[{"type":"te\n`,
  plain: (id: number) => `{"jsonrpc":"2.0","id":${id},${OK}}\n`,
} as const;

function answerTo({ id = 0, method, params }: Asked): string {
  const result = (value: unknown): string => `${JSON.stringify({ jsonrpc: '2.0', id, result: value })}\n`;
  if (method === 'tools/call') return NAMES[params?.name as keyof typeof NAMES](id);
  if (method === 'tools/list') {
    const tools = Object.keys(NAMES).map((name) => ({ name, inputSchema: { type: 'object' } }));
    return result(cursor === undefined ? { tools } : { tools, nextCursor: cursor });
  }
  const serverInfo = { name: 'unclear', version: '1' };
  return result({ protocolVersion: '2025-06-18', capabilities: { tools: {} }, serverInfo });
}

createInterface({ input: process.stdin }).on('line', (line) => {
  const asked = JSON.parse(line) as Asked;
  if (asked.id !== undefined) process.stdout.write(Buffer.from(answerTo(asked), 'latin1'));
});
