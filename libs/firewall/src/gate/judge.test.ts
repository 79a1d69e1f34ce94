import { compilePolicy } from '@aegis/policy-engine';
import type { ActivePolicy } from '@aegis/replicas/policy';
import { expect, it, vi } from 'vitest';
import { createJudge } from './judge.ts';
import type { ToolLookup } from './pins/definitions.ts';
import { readCaller } from './read/caller.ts';
import { callOf } from './testkit/client.ts';

type PolicyDecision = 'allow' | 'deny';

const inForce = (decision: PolicyDecision): ActivePolicy => ({
  compiled: compilePolicy({ version: 2, rules: [{ match: '*', decision }] }),
  published: {} as ActivePolicy['published'],
});
const request = callOf('read', { path: '/a' });
const requested = {
  method: 'tools/call',
  tool: 'files.read',
  name: 'read',
  door: undefined,
  args: { path: '/a' },
  input: undefined,
};
const UNLISTED: ToolLookup = { type: 'unlisted' };

/** A judge whose look at the definition takes so long, and meanwhile `then` happens. */
function judging(tookMs: number, then: () => void = () => undefined) {
  let active = inForce('allow');
  let nowMs = 0;
  const own = vi.fn(() => undefined);
  const judge = createJudge({
    server: 'files',
    principal: 'me',
    replica: { active: () => active },
    definitions: {
      of: async () => {
        nowMs += tookMs;
        then();
        return UNLISTED;
      },
    },
    own,
    now: () => new Date(nowMs),
  });
  return {
    own,
    publish: (decision: PolicyDecision) => void (active = inForce(decision)),
    judge: () => judge(request, requested, readCaller(request.params), undefined),
  };
}

it('what a call reaches is looked for once where its definition is known', async () => {
  const { judge, own } = judging(0);
  await judge();
  expect(own).toHaveBeenCalledTimes(1);
});

it('a call whose definition took its time is judged by what is so then', async () => {
  const { judge, own } = judging(2_000);
  expect((await judge()).ruledAt).toEqual(new Date(2_000));
  expect(own).toHaveBeenCalledTimes(2);
});

it('a call is judged by the policy in force once its definition is known', async () => {
  const world = judging(0, () => world.publish('deny'));
  expect((await world.judge()).decision).toBe('deny');
});
