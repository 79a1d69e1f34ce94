import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import type { Disposition } from './api.ts';
import { answered, MODERN, requestOf, send } from './testkit/client.ts';
import { gate, until, useWorld, world } from './testkit/world.ts';

useWorld({
  version: 2,
  rules: [
    { match: '*.move', decision: 'review' },
    { match: '*', decision: 'allow' },
  ],
});

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/**
 * Sends a request that nothing here keeps; gives what the server is to answer, and whether its parameters are still held.
 */
async function sent(method: string, params: object, approve = false) {
  const request = requestOf(method, params, 'an id that is longer than a few characters');
  const held = new WeakRef(request.params as object);
  const sending = send(gate(), request);
  if (approve) {
    await until(() => world.people.approvals.size === 1 && sending.held === 1);
    world.people.approve();
  }
  const disposition = await sending.disposition;
  const ended = disposition.type === 'forward' ? disposition.ended : undefined;
  return { disposition: { type: 'forward', text: '', ...(ended && { ended }) } satisfies Disposition, held };
}

it.each([
  ['a call', 'tools/call', { name: 'read', arguments: { big: 'x' } }, false],
  [
    'an approved call',
    'tools/call',
    {
      name: 'move',
      arguments: { big: 'x' },
      _meta: { ...MODERN, 'io.modelcontextprotocol/clientCapabilities': {} },
    },
    true,
  ],
  ['a list', 'tools/list', { _meta: { big: 'x' } }, false],
])(
  'of %s that the server has and does not answer, nothing is kept but what its end needs',
  async (_what, method, params, approve) => {
    const { disposition, held } = await sent(method, params, approve);
    await until(() => {
      collect();
      return held.deref() === undefined;
    });
    expect(answered(disposition, { result: { tools: [] } })).toContain('"tools":[]');
  },
);
