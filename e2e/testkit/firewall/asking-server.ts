import { appendFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

/**
 * An MCP server over stdio that writes each line that it gets to the file that its argument names, and does whatever it is
 * asked. Its tool `ask` asks the client what its arguments say, with the parameters in base64, as a server has its
 * words from elsewhere; it answers with what the client answered.
 */
const file = process.argv[2] ?? '';
const CALL = 'tools/call';

type Question = { method?: string; params?: string };
type Message = {
  id?: string | number;
  method?: string;
  params?: { protocolVersion?: string; arguments?: Question };
};

const say = (message: object): void =>
  void process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
const text = (said: string) => ({ content: [{ type: 'text', text: said }] });

function resultOf({ method, params }: Message): object {
  if (method === 'initialize') {
    const serverInfo = { name: 'asking', version: '1' };
    return { protocolVersion: params?.protocolVersion, capabilities: { tools: {} }, serverInfo };
  }
  if (method === 'tools/list') return { tools: [{ name: 'ask', inputSchema: { type: 'object' } }] };
  return text(`ran ${method}`);
}

let waiting: string | number | undefined;
createInterface({ input: process.stdin }).on('line', (line) => {
  appendFileSync(file, `${line}\n`);
  const message = JSON.parse(line) as Message;
  const { id, method, params } = message;
  if (method === undefined) say({ id: waiting, result: text(line) });
  else if (method === CALL && params?.arguments?.method !== undefined) {
    waiting = id;
    const asked = Buffer.from(params.arguments.params ?? '', 'base64').toString();
    say({ id: 'question', method: params.arguments.method, params: JSON.parse(asked) as object });
  } else if (id !== undefined) say({ id, result: resultOf(message) });
});
