import { approvalsOwn } from '@aegis/contracts/approvals';
import { approvalsComplete } from '@aegis/contracts/codes';
import { describe, expect, it } from 'vitest';
import { written } from '../testkit/log.ts';
import { createPeople, decide, draw, giveGrant } from '../testkit/people.ts';
import {
  CODE,
  call,
  cancel,
  codeOf,
  complete,
  consume,
  get,
  redeem,
  request,
  soon,
  startReplica,
  stopAll,
  useWorld,
  world,
} from '../testkit/world.ts';

useWorld();

const WRONG = 'ZZZZZZZZ';
const own = async (dry_run_id: string, principal = 'me') =>
  (await world.mcp.ask(approvalsOwn, { dry_run_id, principal }, soon())).approval;
/** The code of a reply that has one. */
const codeIn = async (drawing: ReturnType<typeof draw>): Promise<string> => {
  const { code } = await drawing;
  if (code === undefined) throw new Error('no code was drawn');
  return code;
};
const withPeople = async (env: Record<string, string> = {}) => {
  const people = await createPeople();
  await startReplica({ ...people.env, ...env });
  return people;
};

describe('a code that an approver draws for one approval', () => {
  it('is their yes, once its asker speaks it, and opens that one call once', async () => {
    const { keys } = await withPeople();
    const asked = await request('key');
    const code = await codeIn(draw(keys.ada, 'key', { reason: 'seen' }));
    expect((await get('key')).status).toBe('pending');
    expect(await redeem('key', code.toLowerCase())).toMatchObject({
      counted: true,
      approval: { status: 'approved', decided_by: 'ada', decision_reason: 'seen' },
    });
    expect(await redeem('key', code)).toMatchObject({ counted: false, approval: { status: 'approved' } });
    expect(await consume(asked)).toEqual({ consumed: true });
    const next = await request('key');
    expect(next).toMatchObject({ status: 'pending', generation: 2 });
    const repeated = await redeem('key', code);
    expect(repeated).toMatchObject({
      counted: false,
      because: expect.stringMatching(
        /^The code that ada drew was redeemed at .*, and works once: /,
      ) as string,
    });
    expect(repeated.approval).not.toHaveProperty('wrong_codes');
  });

  it('is taken from its asker alone: another finds nothing there, and spends no try', async () => {
    const { keys } = await withPeople();
    const { approval_id } = await request('key');
    const code = await codeIn(draw(keys.ada, 'key'));
    for (const id of ['key', approval_id])
      expect(await codeOf(redeem(id, code, { principal: 'you' }))).toBe('approval_not_found');
    expect(await get('key')).not.toHaveProperty('wrong_codes');
    expect((await redeem(approval_id, code)).approval.status).toBe('approved');
  });

  it('is drawn by who may say yes, on what they saw, and by nobody else', async () => {
    const { keys } = await withPeople();
    const { approval_id } = await request('key', call(100, 'key:laptop'), {
      terms: { approvers: ['finance'] },
    });
    expect(await codeOf(draw(keys.eve, approval_id))).toBe('not_an_approver');
    expect(await codeOf(draw(keys.cyd, approval_id))).toBe('not_an_approver');
    expect(await codeOf(draw(CODE, approval_id))).toBe('not_an_approver');
    expect(await codeOf(draw('aegis_approver_nobody', approval_id))).toBe('unauthorized');
    expect(await codeOf(draw(keys.ada, approval_id, { revision: 9_999 }))).toBe('precondition_failed');
    const { revision } = await draw(keys.ada, approval_id);
    expect((await draw(keys.bob, approval_id, { revision })).counted).toBe(true);
    await decide(keys.ada, approval_id, 'deny', { reason: 'no' });
    const late = await draw(keys.ada, approval_id);
    expect(late).toMatchObject({
      counted: false,
      because: expect.stringContaining('was denied by ada') as string,
    });
    expect(late.code).toBeUndefined();
  });

  it('is one of the yeses that a rule takes', async () => {
    const { keys } = await withPeople();
    await request('key', call(), { terms: { quorum: 2 } });
    const first = await codeIn(draw(keys.ada, 'key'));
    expect((await redeem('key', first)).approval).toMatchObject({
      status: 'pending',
      endorsements: [{ by: 'ada' }],
    });
    expect(await draw(keys.ada, 'key')).toMatchObject({ counted: false });
    const second = await codeIn(draw(keys.bob, 'key'));
    expect((await redeem('key', second)).approval).toMatchObject({ status: 'approved', decided_by: 'bob' });
  });

  it('waits on where somebody else says yes, which is to the very same call', async () => {
    const { keys } = await withPeople();
    await request('key', call(), { terms: { quorum: 2 } });
    const code = await codeIn(draw(keys.bob, 'key'));
    await decide(keys.ada, 'key');
    expect((await redeem('key', code)).approval).toMatchObject({ status: 'approved', decided_by: 'bob' });
  });

  it('that is dropped is told as dropped, with why, is no guess, and survives a restart', async () => {
    const people = await withPeople();
    const { keys } = people;
    await request('key', call(), { terms: { quorum: 3 } });
    const codes: string[] = [];
    for (const name of ['ada', 'bob'] as const) codes.push(await codeIn(draw(keys[name], 'key')));
    await decide(keys.bob, 'key');
    await stopAll();
    await startReplica(people.env);
    const [one = '', two = ''] = codes;
    expect((await redeem('key', one)).because).toMatch(
      /^The code that ada drew was dropped at .*, when bob drew/,
    );
    const dropped = await redeem('key', two);
    expect(dropped.because).toMatch(
      /^The code that bob drew was dropped at .*, when bob said yes without it/,
    );
    expect(dropped).toMatchObject({ counted: false, approval: { status: 'pending' } });
    expect(dropped.approval).not.toHaveProperty('wrong_codes');
    expect((await redeem('key', WRONG)).approval).toMatchObject({ wrong_codes: 1 });
  });

  it('of a question that was superseded is told as that when it is asked anew under its key', async () => {
    const { keys } = await withPeople();
    const asked = await request('key');
    const code = await codeIn(draw(keys.ada, 'key'));
    await cancel(asked.approval_id);
    expect(await request('key')).toMatchObject({ generation: 2 });
    const former = await redeem('key', code);
    expect(former.because).toMatch(
      /^The code that ada drew was dropped at .*, when the question was taken back/,
    );
    expect(former.approval).not.toHaveProperty('wrong_codes');
  });

  it('counts no more once its time is over, and that is no wrong one', async () => {
    const { keys } = await withPeople();
    await request('key');
    const code = await codeIn(draw(keys.ada, 'key'));
    const later = Date.now() + 11 * 60_000;
    world.clock = () => new Date(later);
    const late = await redeem('key', code);
    expect(late).toMatchObject({
      counted: false,
      because: expect.stringContaining('was good until') as string,
    });
    expect(late.approval).not.toHaveProperty('wrong_codes');
    const again = await codeIn(draw(keys.ada, 'key'));
    expect((await redeem('key', again)).approval.status).toBe('approved');
  });

  it('stands nowhere in the log, neither drawn nor wrong', async () => {
    const { keys } = await withPeople();
    await request('key');
    const code = await codeIn(draw(keys.ada, 'key'));
    await redeem('key', WRONG);
    await redeem('key', code);
    const log = (await written()).map(({ text }) => text).join('\n');
    for (const type of ['code_drawn', 'code_refused', 'approved'])
      expect(log).toContain(`aegis.approval.${type}.v1`);
    for (const word of [code, WRONG]) expect(log).not.toContain(word);
  });

  it('says how it stands where its approval is over', async () => {
    const { keys } = await withPeople();
    const { approval_id } = await request('key');
    const code = await codeIn(draw(keys.ada, 'key'));
    await cancel(approval_id);
    expect(await redeem('key', code)).toMatchObject({
      counted: false,
      because: `Approval ${approval_id} was cancelled: the client gave up`,
      approval: { status: 'cancelled' },
    });
  });

  it('is nothing where whoever drew it was taken out since', async () => {
    const people = await withPeople();
    await request('key');
    const code = await codeIn(draw(people.keys.ada, 'key'));
    await people.without('ada');
    await expect.poll(() => codeOf(decide(people.keys.ada, 'nothing'))).toBe('unauthorized');
    expect(await codeOf(redeem('key', code))).toBe('not_an_approver');
    expect((await get('key')).status).toBe('pending');
  });

  it('of many who speak it at once, at two replicas, one redeems it', async () => {
    const people = await withPeople();
    await startReplica(people.env);
    await request('key');
    const code = await codeIn(draw(people.keys.ada, 'key'));
    const all = await Promise.all(Array.from({ length: 12 }, () => redeem('key', code)));
    expect(all.filter(({ counted }) => counted)).toHaveLength(1);
    expect(new Set(all.map(({ approval }) => approval.status))).toEqual(new Set(['approved']));
  });

  it('two wrong words are on record and the third denies, drawn or not, whatever is drawn meanwhile', async () => {
    const { keys } = await withPeople();
    await request('key');
    const none = (await redeem('key', WRONG)).because;
    expect(none).toContain('No code that counts was drawn for this call: ask the person to draw one');
    expect(none).toContain('2 more wrong ones deny the call');
    await draw(keys.ada, 'key');
    expect((await redeem('key', WRONG)).because).toContain('one more wrong one denies the call');
    await draw(keys.ada, 'key');
    expect((await redeem('key', WRONG)).approval).toMatchObject({
      status: 'denied',
      denied_because: '3 wrong codes',
    });
  });

  it('is of the call that the agent means, where it says it', async () => {
    const { keys } = await withPeople();
    await request('key');
    const code = await codeIn(draw(keys.ada, 'key'));
    const call_digest = `sha256:${'9'.repeat(64)}`;
    expect(await codeOf(redeem('key', code, { call_digest }))).toBe('invalid_request');
    expect((await redeem('key', code)).counted).toBe(true);
  });
});

describe('the standing code', () => {
  it('is not looked at from an agent, and is a wrong word like any other', async () => {
    await startReplica();
    await request('key');
    expect(await redeem('key', CODE)).toMatchObject({ counted: false, approval: { status: 'pending' } });
    const asMcp = world.mcp.ask(
      approvalsComplete,
      { id: 'key', approval_code: CODE, source: 'x' },
      soon(500),
    );
    await expect(asMcp).rejects.toThrow();
    expect((await get('key')).status).toBe('pending');
  });

  it('is taken from an agent where that was said on purpose, and guessed at no faster than by anybody', async () => {
    await startReplica({ MCP_APPROVAL_CODE: 'accept' });
    await request('key');
    expect((await redeem('key', CODE)).approval).toMatchObject({
      status: 'approved',
      decided_by: 'approval-code',
    });
    await request('named', call(), { terms: { approvers: ['finance'] } });
    expect(await codeOf(redeem('named', CODE))).toBe('not_an_approver');
    expect(await get('named')).not.toHaveProperty('wrong_codes');
    expect((await redeem('named', WRONG)).approval).toMatchObject({ wrong_codes: 1 });
    for (const key of ['a', 'b', 'c', 'd']) {
      await request(key);
      await redeem(key, WRONG);
    }
    await request('last');
    expect(await codeOf(redeem('last', CODE))).toBe('too_many_attempts');
    await stopAll();
    await startReplica({ MCP_APPROVAL_CODE: 'accept' });
    expect(await codeOf(redeem('last', CODE))).toBe('too_many_attempts');
  });
});

describe('completing over REST', () => {
  const byMe = { principal: 'me' };

  it('takes the one-time code from its asker alone, and the standing code as ever', async () => {
    const { keys } = await withPeople();
    await request('one');
    const code = await codeIn(draw(keys.ada, 'one'));
    expect(await codeOf(complete('one', code, '10.0.0.1', { principal: 'you' }))).toBe('not_an_approver');
    expect(await complete('one', code, '10.0.0.1', byMe)).toMatchObject({
      status: 'approved',
      decided_by: 'ada',
    });
    await request('two');
    expect(await complete('two', CODE, '10.0.0.1', byMe)).toMatchObject({ decided_by: 'approval-code' });
  });

  it('refuses the standing code beside an agent’s key, and takes a one-time code there', async () => {
    const { keys } = await withPeople();
    await request('key');
    const beside = { ...byMe, by_agent: true as const };
    expect(await codeOf(complete('key', CODE, '10.0.0.1', beside))).toBe('not_an_approver');
    expect((await get('key')).status).toBe('pending');
    const code = await codeIn(draw(keys.ada, 'key'));
    expect(await complete('key', code, '10.0.0.1', beside)).toMatchObject({ status: 'approved' });
  });

  it('says of the standing code, which is right and not taken there, that it is not the one that was drawn', async () => {
    const { keys } = await withPeople();
    await request('key');
    await draw(keys.ada, 'key');
    const beside = { ...byMe, by_agent: true as const };
    const denied = await complete('key', CODE, '10.0.0.1', beside);
    expect(denied).toMatchObject({ status: 'denied', drawn_code_only: true });
    await request('guessed');
    const wrong = await complete('guessed', WRONG, '10.0.0.1', byMe);
    expect(wrong).toMatchObject({ status: 'denied', drawn_code_only: false });
  });

  it('denies with the first wrong word, also where there is a one-time code alone', async () => {
    const { keys } = await withPeople({ APPROVAL_CODE: 'off' });
    const none = await request('none');
    const word = complete('none', WRONG, '10.0.0.1', byMe);
    await expect(word).rejects.toMatchObject({
      code: 'not_an_approver',
      message: expect.stringMatching(
        new RegExp(
          `^No code that counts was drawn for this call: .*"aegis approvals code ${none.approval_id}"`,
        ),
      ) as string,
    });
    expect((await get('none')).status).toBe('pending');
    await request('key');
    await draw(keys.ada, 'key');
    expect(await codeOf(complete('key', WRONG, '10.0.0.1', { principal: 'you' }))).toBe('not_an_approver');
    expect(await complete('key', WRONG, '10.0.0.1', byMe)).toMatchObject({
      status: 'denied',
      denied_because: 'wrong code',
      drawn_code_only: true,
    });
  });

  it.each([
    ['where there is an approval code', {}],
    ['where there is none', { APPROVAL_CODE: 'off' }],
  ])('a code that was dropped denies nothing, and is told as that, %s', async (_, env) => {
    const { keys } = await withPeople(env);
    await request('key', call(), { terms: { quorum: 2 } });
    const code = await codeIn(draw(keys.ada, 'key'));
    await decide(keys.ada, 'key');
    await expect(complete('key', code, '10.0.0.1', byMe)).rejects.toMatchObject({
      code: 'code_over',
      message: expect.stringContaining('when ada said yes without it: ask for another') as string,
    });
    expect((await get('key')).status).toBe('pending');
  });

  it.each([
    ['approvers', { approvers: ['ada'] }],
    ['a quorum', { quorum: 2 }],
    ['both', { approvers: ['finance'], quorum: 2 }],
  ])(
    'the right standing code is told that it decides nothing by %s, and denies nothing',
    async (_, terms) => {
      const { keys } = await withPeople();
      await request('key', call(), { terms });
      const drawer = 'approvers' in terms && terms.approvers[0] === 'finance' ? keys.bob : keys.ada;
      const code = await codeIn(draw(drawer, 'key'));
      for (let times = 0; times < 6; times++) {
        await expect(complete('key', CODE, '10.0.0.1', byMe)).rejects.toMatchObject({
          code: 'not_an_approver',
          message: expect.stringMatching(
            /The approval code does not decide this: .*speak the code/,
          ) as string,
        });
      }
      expect(await get('key')).not.toHaveProperty('wrong_codes');
      expect(await get('key')).toMatchObject({
        status: 'pending',
        code: { drawn_by: expect.anything() as string },
      });
      expect((await complete('key', code, '10.0.0.1', byMe)).status).not.toBe('denied');
    },
  );

  it('says that a one-time code came too late', async () => {
    const { keys } = await withPeople();
    await request('key');
    const code = await codeIn(draw(keys.ada, 'key'));
    const later = Date.now() + 11 * 60_000;
    world.clock = () => new Date(later);
    expect(await codeOf(complete('key', code, '10.0.0.1', byMe))).toBe('code_over');
    expect((await get('key')).status).toBe('pending');
  });
});

describe('what stands under an asker’s own key', () => {
  it('is named whatever became of it, and never another’s', async () => {
    await startReplica();
    const { approval_id } = await request('key');
    expect(await own('key')).toMatchObject({ approval_id, status: 'pending' });
    expect(await own(approval_id)).toMatchObject({ approval_id });
    expect(await own('key', 'you')).toBeUndefined();
    expect(await own(approval_id, 'you')).toBeUndefined();
    await complete('key', 'wrong');
    expect(await own('key')).toMatchObject({ status: 'denied' });
  });
});

describe('a question without a call', () => {
  it('is answered, and opens nothing: its yes is used by no call, and no grant is given for it', async () => {
    const { keys } = await withPeople();
    const question = { tool: 'require_approval', args: { dry_run_id: 'deploy' }, principal: 'me' };
    const asked = await request('deploy', question, { no_grant: true });
    expect(await codeOf(giveGrant(keys.ada, asked.approval_id))).toBe('invalid_request');
    await decide(keys.ada, 'deploy');
    expect(await consume(asked, question)).toEqual({
      consumed: false,
      because: `Approval ${asked.approval_id} answers a question without a call, and opens none`,
    });
    expect((await get('deploy')).status).toBe('approved');
  });
});
