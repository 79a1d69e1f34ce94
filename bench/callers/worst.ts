/** What a caller may send that costs most, by kind. Most run with one key, over as many connections as they like. */
export const KINDS = [
  'validate',
  'migrate',
  'audit searches',
  'wide audit pages',
  'approvals',
  'policy',
  'decisions',
  'questions',
  'checks',
  'event streams',
  'large calls',
  'large MCP messages',
  'MCP policy reads',
  'refusals',
  'many connections',
  'many keys',
] as const;
export type Kind = (typeof KINDS)[number];

export type Where = { gatewayUrl: string; mcpUrl: string; key: string };

const MIB = 1_048_576;

/** Sends it again and again, over so many connections. */
function again(connections: number, send: () => Promise<Response>): void {
  const loop = async (): Promise<never> => {
    for (;;) {
      const answered = await send()
        .then((response) => response.arrayBuffer())
        .catch(() => undefined);
      // Who is refused at the connection would only spin.
      if (answered === undefined) await new Promise(setImmediate);
    }
  };
  for (let n = 0; n < connections; n++) void loop();
}

const numbers = { tool: 'refunds.create', args: { list: Array.from({ length: MIB / 2 - 100 }, () => 1) } };
const faulty = { policy: { version: 2, rules: Array.from({ length: 125_000 }, () => ({ x: 1 })) } };
const patterns = (start: string) => Array.from({ length: 30_000 }, (_, i) => `${start}${i.toString(36)}`);
const versionOne = {
  policy: { max_refund_cents: 1, allow_tools: [...patterns('refunds'), ...patterns('x')] },
};

/** Runs one kind of load until the process ends. */
export function run(kind: Kind, { gatewayUrl, mcpUrl, key }: Where): void {
  const authorization = `Bearer ${key}`;
  const read = (path: string) => () => fetch(`${gatewayUrl}${path}`, { headers: { authorization } });
  const post = (path: string, document: object) => {
    const body = JSON.stringify(document);
    const headers = { authorization, 'content-type': 'application/json' };
    return () => fetch(`${gatewayUrl}${path}`, { method: 'POST', headers, body });
  };
  const mcpHeaders = {
    authorization,
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
  };
  const callTool = (name: string, args: object) => {
    const params = { name, arguments: args };
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params });
    return () => fetch(mcpUrl, { method: 'POST', headers: mcpHeaders, body });
  };
  let keys = 0;
  const check = (headers: object) => () =>
    fetch(`${gatewayUrl}/guard/check`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: '{"tool":"docs:read"}',
    });
  const loads: Record<Kind, () => void> = {
    validate: () => again(4, post('/policy/validate', faulty)),
    migrate: () => again(4, post('/policy/migrate', versionOne)),
    'audit searches': () => again(8, read('/audit?tool=no.such.tool')),
    'wide audit pages': () => again(8, read('/audit?limit=1000')),
    approvals: () => again(8, read('/approvals?limit=500')),
    policy: () => again(8, read('/policy')),
    decisions: () => again(64, post('/guard/enforce', { tool: 'docs:read' })),
    questions: () => again(64, post('/guard/enforce', { tool: 'shop.search' })),
    checks: () => again(64, post('/guard/check', { tool: 'docs:read' })),
    'event streams': () => again(120, read('/events?last_event_id=0')),
    'large calls': () => again(4, post('/guard/enforce', numbers)),
    'large MCP messages': () => again(4, callTool('firewall_enforce', numbers)),
    'MCP policy reads': () => again(16, callTool('policy_get', {})),
    refusals: () => again(400, read('/approvals?limit=500')),
    'many connections': () => again(256, check({ authorization })),
    'many keys': () => again(256, () => check({ authorization: `Bearer ${keys++}` })()),
  };
  loads[kind]();
}

process.once('message', ({ kind, where }: { kind: Kind; where: Where }) => {
  run(kind, where);
  process.send?.('running');
});
