import { expect, it } from 'vitest';
import type { Disposition } from '../api.ts';
import { answered, answerOf, callOf, MODERN, requestText, saidNo, send } from '../testkit/client.ts';
import { data, eventsOf, gate, startFirewall, until, useWorld, world } from '../testkit/world.ts';

useWorld({ version: 2, rules: [{ match: '*', decision: 'review' }] });

const move = (more: object = {}) => callOf('move', { to: 'b' }, { _meta: MODERN, ...more });
const accepts = { aegis_approval: { action: 'accept' } };

/** A call with these parameters beside its own, written as they are. */
const written = (more: string) =>
  `{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"move","arguments":{"to":"b"},` +
  `"_meta":${JSON.stringify(MODERN)},${more}}}`;

type Unfinished = { inputRequests?: Record<string, unknown>; requestState: string };
const unfinished = (disposition: Disposition): Unfinished => {
  const { result } = answerOf(disposition);
  expect(result?.['resultType']).toBe('input_required');
  return result as Unfinished;
};

it('a client that opens URLs is sent to the page of the approval, comes back, and its call runs', async () => {
  const one = gate({ holdMs: 600 });
  const { inputRequests, requestState } = unfinished(await send(one, move()).disposition);
  const { approval_id } = world.people.newest();
  expect(inputRequests).toEqual({
    aegis_approval: {
      method: 'elicitation/create',
      params: {
        mode: 'url',
        message: expect.stringContaining(approval_id),
        url: `http://127.0.0.1:8000/ui/approvals/${approval_id}`,
      },
    },
  });
  const again = unfinished(await send(one, move({ inputResponses: accepts, requestState })).disposition);
  expect(again.inputRequests).toBeUndefined();
  world.people.approve();
  const disposition = await send(one, move({ requestState: again.requestState })).disposition;
  expect(disposition).toMatchObject({ type: 'forward', text: move().text });
});

it('a decline at the client cancels the approval', async () => {
  const one = gate();
  const { requestState } = unfinished(await send(one, move()).disposition);
  const declines = { aegis_approval: { action: 'decline' } };
  const disposition = await send(one, move({ inputResponses: declines, requestState })).disposition;
  expect(saidNo(disposition)).toContain('declined');
  expect(answerOf(disposition).result?.['resultType']).toBe('complete');
  expect(world.people.cancelled).toEqual([world.people.newest().approval_id]);
});

it('after round 9 the client hears that the approval is pending', async () => {
  const one = gate({ holdMs: 0 });
  let { requestState } = unfinished(await send(one, move()).disposition);
  for (let round = 2; round <= 9; round++) {
    ({ requestState } = unfinished(await send(one, move({ requestState })).disposition));
  }
  expect(saidNo(await send(one, move({ requestState })).disposition)).toContain('is pending');
});

it('a state of another call, another principal or nobody opens nothing: the call is a new question', async () => {
  const { requestState } = unfinished(await send(gate(), move()).disposition);
  world.people.approve();
  const other = callOf('move', { to: 'c' }, { _meta: MODERN, requestState, inputResponses: accepts });
  const strange = move({ requestState: 'aegis1.AAAA', inputResponses: accepts });
  expect(unfinished(await send(gate(), other).disposition).inputRequests).toBeDefined();
  expect(
    unfinished(await send(gate({ principal: 'bob' }), move({ requestState })).disposition),
  ).toBeDefined();
  expect((await send(gate(), strange).disposition).type).toBe('forward');
  expect(world.people.approvals.size).toBe(3);
});

it('what a client brings for the server while a person is asked comes back to the server as it was written', async () => {
  const one = gate();
  const brought = `"requestState":"\\u0061 b","inputResponses":{"name" : {"action":"accept","content":{"n":1.0}}}`;
  const { requestState } = unfinished(await send(one, requestText(written(brought))).disposition);
  world.people.approve();
  const back = `"requestState":"${requestState}","inputResponses":${JSON.stringify(accepts)}`;
  expect(await send(one, requestText(written(back))).disposition).toMatchObject({
    type: 'forward',
    text: written(brought),
  });
});

it('an approved call that the server does not finish goes on under its approval, once, on record as a dispatch', async () => {
  const one = gate();
  world.people.beforeAnswer = async () => {
    if (world.people.approvals.size > 0) world.people.approve();
  };
  const { requestState: first } = unfinished(await send(one, move()).disposition);
  world.people.approve();
  const disposition = await send(one, move({ requestState: first })).disposition;
  const questions = { name: { method: 'elicitation/create', params: { message: 'who?' } } };
  const result = {
    resultType: 'input_required',
    inputRequests: questions,
    requestState: 'the "server\'s" own',
  };
  const seen = JSON.parse(answered(disposition, { result })) as { result: Unfinished };
  expect(seen.result.inputRequests).toEqual(questions);
  expect(seen.result.requestState).toMatch(/^aegis1\./);

  world.people.beforeAnswer = async () => undefined;
  const next = move({ requestState: seen.result.requestState });
  const goesOn = await send(one, next).disposition;
  expect(goesOn).toMatchObject({
    type: 'forward',
    text: move({ requestState: 'the "server\'s" own' }).text,
  });
  const decisions = await until(() => {
    const found = eventsOf('aegis.decision.enforced.v1').filter(
      (event) => data(event)['outcome'] === 'allowed',
    );
    return found.length === 2 && found;
  });
  const firstCall = (data(decisions[0])['dispatch'] as { call_id: string }).call_id;
  expect(data(decisions[1])).toMatchObject({
    reasons: [`continues call ${firstCall}`],
    approval_id: data(decisions[0])['approval_id'],
    dispatch: { server: 'files' },
  });

  expect(unfinished(await send(one, next).disposition).inputRequests).toHaveProperty('aegis_approval');
});

it('after a restart of the firewall a continuation needs a new approval', async () => {
  const secret = new Uint8Array(32).fill(7);
  const before = await startFirewall({ secret });
  const one = gate({}, before);
  const { requestState } = unfinished(await send(one, move()).disposition);
  world.people.approve();
  const disposition = await send(one, move({ requestState })).disposition;
  const result = { resultType: 'input_required', requestState: 's' };
  const seen = JSON.parse(answered(disposition, { result })) as { result: Unfinished };
  await before.close();
  const after = await startFirewall({ secret });
  const next = move({ requestState: seen.result.requestState });
  expect(unfinished(await send(gate({}, after), next).disposition).inputRequests).toHaveProperty(
    'aegis_approval',
  );
  await after.close();
});

it('a client that can not open URLs is held instead', async () => {
  const meta = { ...MODERN, 'io.modelcontextprotocol/clientCapabilities': { elicitation: { form: {} } } };
  const held = send(gate(), callOf('move', {}, { _meta: meta }));
  await until(() => held.held === 1);
  world.people.approve();
  expect((await held.disposition).type).toBe('forward');
});
