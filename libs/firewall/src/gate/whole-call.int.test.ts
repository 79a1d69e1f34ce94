import type { PolicyV2 } from '@aegis/policy-engine';
import { describe, expect, it } from 'vitest';
import type { Gate } from './api.ts';
import { answered, answerOf, callOf, MODERN, requestOf, saidNo, send } from './testkit/client.ts';
import { data, eventsOf, gate, publish, startFirewall, until, useWorld, world } from './testkit/world.ts';

const DECIDED = 'aegis.decision.enforced.v1';
const REVIEW: PolicyV2 = { version: 2, rules: [{ match: '*', decision: 'review' }] };
useWorld(REVIEW);

const ANSWER = { ask: { action: 'accept', content: { amount: 1, to: 'ada' } } };
const move = (more: object = {}) => callOf('move', { to: 'b' }, more);
const modern = (more: object = {}) => move({ _meta: MODERN, ...more });

const inTurn = (n: number) =>
  move({ _meta: { progressToken: n, 'claudecode/toolUseId': `toolu_${n}`, 'com.example/turn': n } });

/** Asks, has a person approve, and gives the approval. */
async function approved(one: Gate, request = move()) {
  expect(saidNo(await send(one, request).disposition)).toContain('is pending');
  const approval = world.people.newest();
  world.people.approve();
  return approval;
}

describe('an approval is for all that is sent', () => {
  it.each([
    ['answers to a server', { inputResponses: ANSWER }, { inputResponses: { ask: { action: 'decline' } } }],
    ['a state of the server', { requestState: 'a' }, { requestState: 'b' }],
    ['a task', { task: { ttl: 1 } }, { task: { ttl: 2 } }],
    ['a member that nobody knows', { override: 1 }, { override: 2 }],
    [
      'a key of _meta',
      { _meta: { 'com.example/tenant': 'test' } },
      { _meta: { 'com.example/tenant': 'prod' } },
    ],
    ['something where nothing was', {}, { task: {} }],
    ['nothing where something was', { task: {} }, {}],
  ])('%s: shown, bound, on record', async (_, before, after) => {
    const one = gate({ holdMs: 0 });
    const { call, approval_id } = await approved(one, move(before));
    expect(call.input ?? {}).toEqual(before);
    const again = saidNo(await send(one, move(after)).disposition);
    expect(again).toContain(`it differs from the call of approval ${approval_id} in params.`);
    expect(world.people.newest().approval_id).not.toBe(approval_id);
    expect(await send(one, move(before)).disposition).toMatchObject({
      type: 'forward',
      text: move(before).text,
    });
    const [event] = await until(() => {
      const allowed = eventsOf(DECIDED).filter((of) => data(of)['outcome'] === 'allowed');
      return allowed.length === 1 && allowed;
    });
    const isNothing = Object.keys(before).length === 0;
    expect(data(event)['recorded_input']).toEqual(isNothing ? undefined : before);
    const digest = isNothing ? undefined : expect.stringMatching(/^sha256:/);
    expect((data(event)['call'] as Record<string, unknown>)['input_digest']).toEqual(digest);
  });

  it.each([
    ['resources/read', { uri: 'file:///srv/a' }],
    ['resources/subscribe', { uri: 'file:///srv/a' }],
    ['prompts/get', { name: 'p' }],
  ])('%s too', async (method, params) => {
    const one = gate({ holdMs: 0 });
    const asking = (tenant: string) =>
      requestOf(method, { ...params, _meta: { 'com.example/tenant': tenant } });
    await send(one, asking('test')).disposition;
    const { approval_id, call } = world.people.newest();
    const said = method === 'resources/subscribe' ? { method } : {};
    expect(call.input).toEqual({ ...said, _meta: { 'com.example/tenant': 'test' } });
    world.people.approve();
    expect(answerOf(await send(one, asking('prod')).disposition).error?.message).toContain(approval_id);
    expect((await send(one, asking('test')).disposition).type).toBe('forward');
  });

  it('what names one request, and what the operator has listed, may differ in the repeat', async () => {
    const firewall = await startFirewall({ unboundMeta: new Set(['com.example/turn']) });
    const one = gate({ holdMs: 0 }, firewall);
    await approved(one, inTurn(1));
    expect((await send(one, inTurn(2)).disposition).type).toBe('forward');
    await firewall.close();
  });

  it.each([
    ['none', undefined, undefined],
    ['digest', expect.stringMatching(/^sha256:/), undefined],
    ['redacted', expect.stringMatching(/^sha256:/), { task: { ttl: 1, token: '[redacted]' } }],
    ['full', expect.stringMatching(/^sha256:/), { task: { ttl: 1, token: 'x' } }],
  ] as const)('recorded %s, it is kept like arguments', async (record, digest, kept) => {
    await publish({ version: 2, rules: [{ match: '*', decision: 'allow' }] });
    const one = gate({ record, holdMs: 0 });
    const request = move({ task: { ttl: 1, token: 'x' } });
    for (;;) if ((await send(one, request).disposition).type === 'forward') break;
    const [event] = await until(() => {
      const allowed = eventsOf(DECIDED).filter((of) => data(of)['outcome'] === 'allowed');
      return allowed.length > 0 && allowed;
    });
    expect(data(event)['recorded_input']).toEqual(kept);
    expect((data(event)['call'] as Record<string, unknown>)['input_digest']).toEqual(digest);
  });
});

const rules = (...list: object[]) =>
  publish({
    version: 2,
    rules: [...list, { match: '*.read', decision: 'deny' }, { match: '*', decision: 'allow' }],
  } as PolicyV2);

describe('under rules', () => {
  const untilDecided = async (one: Gate, decision: string): Promise<string> => {
    const words = saidNo(await send(one, callOf('read')).disposition);
    return words.includes(decision) ? words : untilDecided(one, decision);
  };
  it('a member that nobody knows goes to a person, and to a rule that names it', async () => {
    await rules({
      match: '*.write',
      decision: 'deny',
      when: { 'args.never': 'x', 'input.override': { gt: 1 } },
    });
    const one = gate({ holdMs: 0 });
    await untilDecided(one, 'blocked');
    const words = saidNo(await send(one, move({ override: 1 })).disposition);
    expect(words).toContain(
      'its params have "override", which is not the protocol\'s, and no rule looks at it',
    );
    expect(world.people.newest().call.input).toEqual({ override: 1 });
    expect((await send(one, move({ task: {}, _meta: { 'a/b': 1 } })).disposition).type).toBe('forward');
    await rules({ match: '*.move', decision: 'deny', when: { 'input.override': { gt: 1 } } });
    const asking = async (override: number): Promise<string> => {
      const { type, ...more } = await send(one, move({ override })).disposition;
      return JSON.stringify({ type, ...more });
    };
    for (;;) if ((await asking(1)).includes('"forward"')) break;
    expect(await asking(2)).toContain('input.override is 2, more than 1');
  });
});

describe('further rounds of an approved call', () => {
  const ASKS = { ask: { method: 'elicitation/create', params: { message: 'how much?' } } };
  type Result = { result: { requestState: string; inputRequests?: object } };

  /** A call that a person approved, with the server's questions to it; gives the state that the client brings back. */
  async function asked(one: Gate, server: object = { requestState: 's1' }): Promise<string> {
    const first = await send(one, modern()).disposition;
    const { requestState } = (answerOf(first).result ?? {}) as Result['result'];
    world.people.approve();
    const sent = await send(one, modern({ requestState })).disposition;
    const result = { resultType: 'input_required', inputRequests: ASKS, ...server };
    return (JSON.parse(answered(sent, { result })) as Result).result.requestState;
  }

  it('what was answered and no rule looks at goes to a person, who sees it; then it runs with the server’s state', async () => {
    const one = gate();
    const requestState = await asked(one);
    const second = await send(one, modern({ inputResponses: ANSWER, requestState })).disposition;
    expect(answerOf(second).result?.['inputRequests']).toHaveProperty('aegis_approval');
    expect(world.people.newest().call.input).toEqual({ inputResponses: ANSWER, requestState: 's1' });
    world.people.approve();
    const state = (answerOf(second).result as Result['result']).requestState;
    const third = await send(one, modern({ requestState: state })).disposition;
    expect(third).toMatchObject({
      type: 'forward',
      text: modern({ requestState: 's1', inputResponses: ANSWER }).text,
    });
  });

  it('answers that a rule looks at go on under the approval, each round a decision of its own', async () => {
    await publish({
      version: 2,
      rules: [
        {
          match: '*',
          decision: 'deny',
          when: {
            all: [
              { 'input.inputResponses': { exists: true } },
              {
                not: {
                  'input.inputResponses.ask.action': 'accept',
                  'input.inputResponses.ask.content.amount': { lte: 100 },
                  'input.inputResponses.ask.content.to': 'ada',
                },
              },
            ],
          },
        },
        { match: '*', decision: 'review' },
      ],
    });
    const one = gate({ holdMs: 500 });
    for (;;) {
      const words = JSON.stringify(await send(one, callOf('read', {}, { inputResponses: {} })).disposition);
      if (words.includes('Rule 0')) break;
    }
    const requestState = await asked(one);
    const eve = { ask: { action: 'accept', content: { amount: 1_000_000, to: 'eve' } } };
    expect(saidNo(await send(one, modern({ inputResponses: eve, requestState })).disposition)).toContain(
      'blocked',
    );
    const goesOn = await send(one, modern({ inputResponses: ANSWER, requestState })).disposition;
    expect(goesOn).toMatchObject({
      type: 'forward',
      text: modern({ inputResponses: ANSWER, requestState: 's1' }).text,
    });
    const decisions = await until(() => {
      const allowed = eventsOf(DECIDED).filter((of) => data(of)['outcome'] === 'allowed');
      return allowed.length === 2 && allowed;
    });
    expect(data(decisions[1])).toMatchObject({
      reasons: [expect.stringMatching(/^continues call /)],
      approval_id: data(decisions[0])['approval_id'],
      recorded_input: { inputResponses: ANSWER, requestState: 's1' },
    });
    const more = { ask: { ...ANSWER.ask, content: { ...ANSWER.ask.content, cc: 'eve' } } };
    const state = (
      JSON.parse(answered(goesOn, { result: { resultType: 'input_required', requestState: 's2' } })) as Result
    ).result.requestState;
    const unseen = await send(one, modern({ inputResponses: more, requestState: state })).disposition;
    expect(answerOf(unseen).result?.['inputRequests']).toHaveProperty('aegis_approval');
  });

  it('an answer that a rule looks at, and that names the firewall’s own, goes to a person all the same', async () => {
    const looks = { 'input.inputResponses.ask.action': 'never', 'input.inputResponses.ask.content.to': 'x' };
    await publish({
      version: 2,
      rules: [
        {
          match: '*',
          decision: 'deny',
          when: { all: [{ 'input.inputResponses': { exists: true } }, looks] },
        },
        { match: '*.write', decision: 'deny' },
        { match: '*', decision: 'review' },
      ],
    });
    const one = gate({ holdMs: 500 });
    for (;;) {
      const words = JSON.stringify(await send(one, callOf('write')).disposition);
      if (words.includes('Rule 1')) break;
    }
    const goOn = async (to: string) => {
      const inputResponses = { ask: { action: 'accept', content: { to } } };
      return send(one, modern({ inputResponses, requestState: await asked(one) })).disposition;
    };
    expect((await goOn('ada')).type).toBe('forward');
    const mention = `${'a '.repeat(6_000)} /var/lib/aegismcp/approval-code`;
    expect(answerOf(await goOn(mention)).result?.['inputRequests']).toHaveProperty('aegis_approval');
  });

  it.each([
    ['another argument', callOf('move', { to: 'c' }, { _meta: MODERN })],
    ['more beside the arguments', callOf('move', { to: 'b' }, { _meta: MODERN, task: {} })],
    ['another tool', callOf('write', { to: 'b' }, { _meta: MODERN })],
  ])('the state of one call opens no other: %s', async (_, other) => {
    const one = gate();
    const requestState = await asked(one);
    const { params } = other;
    const again = await send(one, requestOf('tools/call', { ...params, requestState })).disposition;
    expect(answerOf(again).result?.['inputRequests']).toHaveProperty('aegis_approval');
    expect(world.people.newest().call.input?.['requestState']).toBeUndefined();
  });

  it('a state that the server did not give for this call is another question', async () => {
    const one = gate();
    await asked(one);
    await send(one, modern({ requestState: 's2' })).disposition;
    expect(world.people.newest().call.input).toEqual({ requestState: 's2' });
  });

  it('after eight of them, and after the time to use the approval, a person is asked anew', async () => {
    const one = gate();
    let requestState = await asked(one);
    for (let round = 1; round <= 8; round++) {
      const sent = await send(one, modern({ requestState })).disposition;
      const result = { resultType: 'input_required', requestState: `s${round + 1}` };
      ({ requestState } = (JSON.parse(answered(sent, { result })) as Result).result);
    }
    expect(requestState).toBe('s9');
    const ninth = await send(one, modern({ requestState })).disposition;
    expect(answerOf(ninth).result?.['inputRequests']).toHaveProperty('aegis_approval');

    const late = await asked(gate({ principal: 'bob' }));
    const { approval_id } = world.people.newest();
    const used = world.people.approvals.get(approval_id);
    if (used?.status !== 'consumed') throw new Error('not used');
    world.people.approvals.set(approval_id, { ...used, use_by: new Date(Date.now() - 1).toISOString() });
    const after = await send(gate({ principal: 'bob' }), modern({ requestState: late })).disposition;
    expect(answerOf(after).result?.['inputRequests']).toHaveProperty('aegis_approval');
  });
});

it('what a client adds to a task is judged as part of the call that made it', async () => {
  const one = gate({ holdMs: 0 });
  await approved(one, move({ task: {} }));
  answered(await send(one, move({ task: {} })).disposition, { result: { task: { taskId: 't1' } } });
  const update = requestOf('tasks/update', { taskId: 't1', inputResponses: ANSWER });
  expect(answerOf(await send(one, update).disposition).error?.message).toContain('is pending');
  expect(world.people.newest().call).toMatchObject({
    tool: 'files.move',
    args: { to: 'b' },
    input: { method: 'tasks/update', taskId: 't1', inputResponses: ANSWER },
  });
});

describe('an approval is for one method', () => {
  it('what is added to a task opens no new call of its tool', async () => {
    const one = gate({ holdMs: 0 });
    await approved(one, move({ task: {} }));
    answered(await send(one, move({ task: {} })).disposition, { result: { task: { taskId: 't2' } } });
    const added = { taskId: 't2', inputResponses: ANSWER };
    await send(one, requestOf('tasks/update', added)).disposition;
    const { approval_id } = world.people.newest();
    world.people.approve();
    const words = saidNo(await send(one, move(added)).disposition);
    expect(words).toContain(`it differs from the call of approval ${approval_id} in its method`);
    expect(world.people.newest().call.input).toEqual(added);
    expect((await send(one, requestOf('tasks/update', added)).disposition).type).toBe('forward');
  });

  it.each([
    ['resources/subscribe', 'resources/read'],
    ['resources/read', 'resources/subscribe'],
  ])('that of a %s opens no %s', async (asked, other) => {
    const one = gate({ holdMs: 0 });
    const params = { uri: `file:///srv/${asked}` };
    await send(one, requestOf(asked, params)).disposition;
    const { approval_id } = world.people.newest();
    world.people.approve();
    const words = answerOf(await send(one, requestOf(other, params)).disposition).error?.message;
    expect(words).toContain(`it differs from the call of approval ${approval_id} in its method`);
    expect((await send(one, requestOf(asked, params)).disposition).type).toBe('forward');
  });

  it('a rule can look at it', async () => {
    await rules({ match: 'resource:*', decision: 'deny', when: { 'input.method': { exists: true } } });
    const one = gate({ holdMs: 0 });
    const ask = async (method: string) =>
      JSON.stringify(await send(one, requestOf(method, { uri: 'file:///srv/a' })).disposition);
    await expect
      .poll(() => ask('resources/subscribe'), { timeout: 8_000 })
      .toContain('input.method is there');
    expect(await ask('resources/read')).toContain('"forward"');
  });
});
