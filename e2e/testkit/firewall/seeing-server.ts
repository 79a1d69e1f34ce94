import { appendFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

/** An MCP server over stdio with one tool, `pay`, that writes each line that it gets to the file that its argument names. */
const file = process.argv[2] ?? '';

type Request = { id?: string | number; method?: string; params?: { protocolVersion?: string } };

function resultOf({ method, params }: Request): object {
  if (method === 'initialize') {
    const serverInfo = { name: 'seeing', version: '1' };
    return {
      protocolVersion: params?.protocolVersion,
      capabilities: { tools: {}, resources: {} },
      serverInfo,
    };
  }
  if (method === 'tools/list') return { tools: [{ name: 'pay', inputSchema: { type: 'object' } }] };
  return { content: [{ type: 'text', text: `ran ${method}` }] };
}

createInterface({ input: process.stdin }).on('line', (line) => {
  appendFileSync(file, `${line}\n`);
  const request = JSON.parse(line) as Request;
  if (request.id === undefined || request.method === undefined) return;
  process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', id: request.id, result: resultOf(request) })}\n`);
});
