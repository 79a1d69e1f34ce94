import type { Disposition, Gate, GateOptions, UpstreamEnd } from '@aegis/firewall/gate';
import { errorResponse, type Request, resultResponse } from '@aegis/firewall/wire';
import { membersOf } from '@aegis/kit/json';
import type { OpenGate } from '../connection.ts';

/** What the gates saw, over all connections. */
export type Seen = {
  options: GateOptions[];
  requests: { server: string; principal: string; method: string; id: unknown }[];
  ends: { id: unknown; end: UpstreamEnd }[];
  refused: string[];
  closed: number;
  held: number;
  cancelled: number;
};

export type FakeFirewall = {
  readonly openGate: OpenGate;
  readonly seen: Seen;
  /** Lets what is held pass. */
  release(): void;
  /** The options of the newest gate, to ask its server with. */
  newest(): GateOptions;
};

/** Every tool repeats its argument `region` in a header. */
const REGIONAL = { inputSchema: { properties: { region: { type: 'string', 'x-mcp-header': 'Region' } } } };

const blocked = (request: Request): string => {
  const content = [{ type: 'text', text: "Rule 'deny' blocks this call." }];
  return resultResponse(request.rawId, { content, isError: true, resultType: 'complete' });
};

/** Tools of a list whose name starts with `secret` are left out; nothing else of the text changes. */
const withoutSecrets = (text: string): string => text.replace(/\{"name":"secret[^{}]*\{[^{}]*\}\},?/g, '');

/**
 * A gate that knows a few names: calls of `blocked` are answered, calls of `hold` wait for a release and say so, calls of
 * `wait` wait in silence, lists lose what is secret, and every call is told how it ended.
 */
export function fakeFirewall(): FakeFirewall {
  const seen: Seen = { options: [], requests: [], ends: [], refused: [], closed: 0, held: 0, cancelled: 0 };
  let waiting: (() => void)[] = [];

  const forward = (request: Request): Disposition => ({
    type: 'forward',
    text: request.text,
    ended: (end) => {
      seen.ends.push({ id: request.id, end });
      if (end.type === 'lost') return errorResponse(request.rawId, -32_050, end.because);
      return request.method === 'tools/list' ? withoutSecrets(end.response.text) : end.response.text;
    },
  });

  const openGate: OpenGate = (options) => {
    seen.options.push(options);
    const gate: Gate = {
      async request(request, { signal, notify, held, disagrees }) {
        const { server, principal } = options;
        seen.requests.push({ server, principal, method: request.method, id: request.id });
        if (request.method === 'broken/gate') throw new Error('a bug');
        if (request.method !== 'tools/call' && request.method !== 'tools/list') {
          return { type: 'forward', text: request.text };
        }
        const name = request.params?.['name'];
        const wrong = disagrees?.(REGIONAL, membersOf(request.params?.['arguments']));
        if (wrong) {
          const text = errorResponse(request.rawId, wrong.code, wrong.message);
          return { type: 'answer', text, isMalformed: true };
        }
        if (name === 'blocked') return { type: 'answer', text: blocked(request) };
        if (name !== 'hold' && name !== 'wait') return forward(request);
        const { promise: released, resolve } = Promise.withResolvers<void>();
        waiting.push(resolve);
        signal.addEventListener('abort', () => resolve());
        held();
        seen.held++;
        const params = '{"progressToken":"held","progress":1}';
        if (name === 'hold') notify(`{"jsonrpc":"2.0","method":"notifications/progress","params":${params}}`);
        await released;
        if (!signal.aborted) return forward(request);
        seen.cancelled++;
        return { type: 'nothing' };
      },
      clientNotification: ({ method }) => (method === 'tools/call' ? 'drop' : 'forward'),
      clientResponse: ({ text }) => text.replaceAll('mallory', 'nobody'),
      serverNotification: ({ method }) => (method === 'notifications/secret' ? 'drop' : 'forward'),
      serverRequest: ({ rawId, method }) =>
        method === 'server/refused'
          ? { type: 'answer', text: errorResponse(rawId, -32_010, 'refused') }
          : { type: 'forward' },
      refused: (because) => void seen.refused.push(because),
      client: () => undefined,
      close() {
        seen.closed++;
        return Promise.resolve();
      },
    };
    return gate;
  };

  return {
    openGate,
    seen,
    release() {
      for (const resolve of waiting) resolve();
      waiting = [];
    },
    newest: () => seen.options.at(-1) as GateOptions,
  };
}
