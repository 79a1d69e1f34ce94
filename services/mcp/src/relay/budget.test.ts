import { PassThrough } from 'node:stream';
import { createChannel } from '@aegis/firewall/relay';
import { createLogger } from '@aegis/kit/logger';
import { expect, test } from 'vitest';
import { createBudget } from './budget.ts';
import type { WrapHello } from './hello.ts';
import type { SessionLine } from './session.ts';
import { fakeGate } from './testkit/fake-gate.ts';
import { createToolsSession } from './tools-session.ts';
import { createTurns } from './turns.ts';
import { createWrapSession } from './wrap-session.ts';

test('connections share what there is, and give back what they no longer keep', () => {
  const budget = createBudget(100);
  const [one, other] = [budget.share(), budget.share()];
  one.keep(60);
  expect(() => other.keep(50)).toThrow('Too much waits in all relays.');
  other.keep(40);
  expect(budget.take(1)).toBe(false);
  one.keep(10);
  expect(budget.take(50)).toBe(true);
  expect(() => other.keep(41)).toThrow('Too much');
  budget.give(50);
  other.keep(90);
});

const nothing = (): undefined => undefined;

/** What a relay is served with that reads nothing: so many bytes wait for it. */
function unreadLine() {
  const unread = { bytes: 0 };
  const channel = createChannel(new PassThrough(), {
    incoming: [],
    take: nothing,
    broken: nothing,
  });
  const ends = { over: nothing, failed: nothing, room: nothing, pace: () => 0 };
  const line: SessionLine = {
    ...ends,
    channel,
    log: createLogger('test', 'silent'),
    unreadBytes: () => unread.bytes,
  };
  return { unread, shared: { line, budget: createBudget(100), turns: createTurns(() => 0) } };
}
const wrap = {
  mode: 'wrap',
  server: 'srv',
  hold_ms: 0,
  record: 'none',
  show_denied: false,
  record_in_background: false,
  folders: [],
} satisfies WrapHello;

test.each([
  [
    'wrap',
    (shared: ReturnType<typeof unreadLine>['shared']) =>
      createWrapSession({ ...shared, hello: wrap, principal: 'ann', openGate: () => fakeGate() }),
  ],
  [
    'tools',
    (shared: ReturnType<typeof unreadLine>['shared']) =>
      createToolsSession({
        ...shared,
        initialize: undefined,
        drainMs: 0,
        createServer() {
          throw new Error('no tools here');
        },
      }),
  ],
])('what a relay does not read counts in the memory that all share: %s', (_mode, serve) => {
  const { unread, shared } = unreadLine();
  const session = serve(shared);
  unread.bytes = 100;
  session.take('C', 0, Buffer.from('\n'));
  unread.bytes = 101;
  expect(() => session.take('C', 0, Buffer.from('\n'))).toThrow('Too much waits in all relays.');
});
