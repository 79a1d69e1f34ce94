import type { Step } from './play.ts';

type More = Omit<Step, 'send'>;

export type Steps = {
  /** A request under the next id. */
  ask: (method: string, params?: unknown, more?: More) => Step;
  call: (name: string, args?: Record<string, unknown>, more?: More) => Step;
  tell: (method: string, params?: unknown, more?: More) => Step;
};

const CAPABILITIES = {
  roots: { listChanged: true },
  sampling: {},
  elicitation: { form: {}, url: {} },
  tasks: {
    list: {},
    cancel: {},
    requests: { sampling: { createMessage: {} }, elicitation: { create: {} } },
  },
};

/** Makes steps whose ids count up, by turns a number and a text. */
export function countSteps(): Steps {
  let last = 0;
  const nextId = (): string | number => (++last % 2 === 0 ? `id-${last}` : last);
  const ask: Steps['ask'] = (method, params, more = {}) => ({
    send: { id: nextId(), method, ...(params === undefined ? {} : { params }) },
    ...more,
  });
  return {
    ask,
    call: (name, args = {}, more = {}) => ask('tools/call', { name, arguments: args }, more),
    tell: (method, params, more = {}) => ({
      send: { method, ...(params === undefined ? {} : { params }) },
      ...more,
    }),
  };
}

/** The handshake of 2025-11-25 with every capability a client can have, and `awaits` after it. */
export const handshake = ({ ask, tell }: Steps, awaits: readonly string[] = []): Step[] => [
  ask('initialize', {
    protocolVersion: '2025-11-25',
    capabilities: CAPABILITIES,
    clientInfo: { name: 'transcript', version: '1.0.0' },
  }),
  tell('notifications/initialized', undefined, { awaits }),
];
