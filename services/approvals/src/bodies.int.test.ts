import { randomUUID } from 'node:crypto';
import type { Bus } from '@aegis/bus';
import { approvalsStanding, approvalsStatus, StoredApproval } from '@aegis/contracts/approvals';
import type { Envelope } from '@aegis/contracts/envelope';
import { StoredGrant } from '@aegis/contracts/grants';
import { approvalLog, bodyLog, grantLog } from '@aegis/contracts/subjects';
import { describe, expect, it } from 'vitest';
import { createBodies } from './bodies.ts';
import { bytesOf, written } from './testkit/log.ts';
import { createPeople, decide, giveGrant, listGrants } from './testkit/people.ts';
import {
  ask,
  call,
  cancel,
  codeOf,
  complete,
  consume,
  get,
  list,
  request,
  soon,
  startReplica,
  stopAll,
  useWorld,
  world,
} from './testkit/world.ts';

useWorld();

const KIB = 1_024;
const large = (more: object = {}) => ({
  ...call(),
  args: { document: 'é'.repeat(150 * KIB), rows: [1, 2, { b: null, a: 'x' }], ...more },
  input: { answers: 'y'.repeat(100 * KIB) },
});
const BODIES = 'aegis.log.body.*';
const bus = (): Bus => {
  const [running] = world.running;
  if (!running) throw new Error('nobody runs');
  return running.bus;
};
/** What an approval's last event says, as it is stored. */
async function stored(id: string) {
  const last = await bus().read.last(approvalLog(id), soon().deadlineMs);
  if (!last?.event) throw new Error(`${id} is not in the log`);
  return { seq: last.seq, event: last.event, ...StoredApproval.parse(last.event.data['approval']) };
}
/** The subject of the body that the arguments of an approval are. */
async function bodySubject(id: string): Promise<string> {
  const { call: said } = await stored(id);
  return bodyLog(said.args_body?.digest.replace('sha256:', '') ?? '');
}
const put = (subject: string, event: Envelope, expectSeq: number) =>
  bus().append.one({ subject, event: { ...event, id: randomUUID() }, expect: expectSeq }, soon().deadlineMs);
const messageOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'no error',
    (error: Error) => error.message,
  );

describe('a large call', () => {
  it('is stored once, whatever becomes of it, and everybody has it whole', async () => {
    await startReplica();
    const asked = await request('key', large());
    expect(asked.call).toEqual(large());
    const [listed] = (await list({ status: 'pending' })).approvals;
    expect(listed?.call).toEqual(large());
    const approved = await complete(asked.approval_id);
    expect(approved.call).toEqual(large());
    const standing = { call: large(), dry_run_id: 'key' };
    const { approval } = await world.enforcer.ask(approvalsStanding, standing, soon());
    expect(approval?.call).toEqual(large());
    expect(await consume(approved, large())).toEqual({ consumed: true });
    expect(await get(asked.approval_id)).toMatchObject({ status: 'consumed', call: large() });
    const all = await written();
    expect(all.filter(({ subject }) => subject.startsWith('aegis.log.body.'))).toHaveLength(2);
    const [first] = all;
    expect(first?.subject).toMatch(/^aegis\.log\.body\./);
    expect(bytesOf(all)).toBeLessThan(420 * KIB);
    expect((await stored(asked.approval_id)).call).toEqual({
      ...call(),
      args_body: { digest: expect.any(String), bytes: expect.any(Number), begins: expect.any(String) },
      input_body: { digest: expect.any(String), bytes: expect.any(Number), begins: expect.any(String) },
    });
  });

  it('that is asked and taken back, over and over, is paid for and stored once', async () => {
    await startReplica({ CALLER_KIB_AT_ONCE: '600', CALLER_KIB_PER_MINUTE: '1' });
    for (let turn = 0; turn < 10; turn++) {
      const { approval_id } = await request(undefined, large());
      await cancel(approval_id);
    }
    expect(await written(BODIES)).toHaveLength(2);
    await request(undefined, large({ turn: 1 }));
    expect(await codeOf(ask(undefined, large({ turn: 2 })))).toBe('too_many_requests');
  });

  it('is found again by another replica, after a restart, and is not stored again there', async () => {
    await startReplica();
    const { approval_id } = await request('key', large());
    await stopAll();
    await startReplica({ CALLER_KIB_AT_ONCE: '1' });
    expect((await get(approval_id)).call).toEqual(large());
    expect((await complete(approval_id)).status).toBe('approved');
    expect((await request('other', large())).status).toBe('pending');
    expect(await written(BODIES)).toHaveLength(2);
  });

  it("of a process that was killed before its event is nobody's: asked again, it is there", async () => {
    await startReplica();
    await createBodies(bus(), world.clock).store(large(), soon().deadlineMs);
    await world.server.kill();
    await stopAll();
    await world.server.restart();
    await expect.poll(() => world.enforcer.isUp() && world.gateway.isUp()).toBe(true);
    await startReplica();
    expect((await list({})).approvals).toEqual([]);
    const { approval_id } = await request('key', large());
    expect((await get(approval_id)).call).toEqual(large());
    expect(await written(BODIES)).toHaveLength(2);
  });

  it('of a version before is in its event, is read there, and is stored once from then on', async () => {
    await startReplica();
    const { approval_id } = await request('key', call());
    const { seq, event, ...approval } = await stored(approval_id);
    const before = { ...event, data: { approval: { ...approval, call: large() } } };
    await put(approvalLog(approval_id), before, seq);
    expect((await get(approval_id)).call).toEqual(large());
    expect((await complete(approval_id)).call).toEqual(large());
    expect(await written(BODIES)).toHaveLength(2);
    expect((await stored(approval_id)).call.args).toBeUndefined();
  });
});

it('how the approval of a large call stands is told without its body, however often it is asked', async () => {
  await startReplica();
  const { approval_id } = await request('key', large());
  const subject = await bodySubject(approval_id);
  const last = await bus().read.last(subject, soon().deadlineMs);
  if (!last?.event) throw new Error('no body');
  await put(
    subject,
    { ...last.event, data: { ...last.event.data, body: { document: 'another' } } },
    last.seq,
  );
  const status = () => world.mcp.ask(approvalsStatus, { approval_id }, soon());
  await expect.poll(() => status().catch(String)).toEqual({ status: 'pending' });
  expect(await codeOf(get(approval_id))).toBe('storage_unavailable');
});

it('an approval that is not there has no state', async () => {
  await startReplica();
  const approval_id = `apr_${'a'.repeat(26)}`;
  expect(await codeOf(world.mcp.ask(approvalsStatus, { approval_id }, soon()))).toBe('approval_not_found');
});

describe('a body that can not be read back', () => {
  const NAMED =
    /^The \d+ bytes of arguments or input with the digest sha256:[0-9a-f]{64} can not be read back: /;

  it('is an error that names it, and opens nothing', async () => {
    await startReplica();
    const approval = await request('key', large());
    const approved = await complete(approval.approval_id);
    const subject = await bodySubject(approval.approval_id);
    const last = await bus().read.last(subject, soon().deadlineMs);
    if (!last?.event) throw new Error('no body');
    const other = { ...last.event, data: { ...last.event.data, body: { document: 'another' } } };
    await put(subject, other, last.seq);
    const message = await messageOf(get(approval.approval_id));
    expect(message).toMatch(NAMED);
    expect(message).toContain(`something else: "aegis broker mend ${subject}"`);
    expect(await codeOf(consume(approved, large()))).toBe('storage_unavailable');
    expect((await stored(approval.approval_id)).status).toBe('approved');
    // Whoever asks the same anew writes it anew.
    await stopAll();
    await startReplica();
    await request('other', large());
    expect(await consume(approved, large())).toEqual({ consumed: true });
  });

  it('because it is not there is an error that says so', async () => {
    await startReplica();
    const { approval_id } = await request('key', call());
    const { seq, event, ...approval } = await stored(approval_id);
    const args_body = { digest: `sha256:${'0'.repeat(64)}`, bytes: 70_000, begins: '{"a"' };
    await put(
      approvalLog(approval_id),
      { ...event, data: { approval: { ...approval, call: { ...call(), args_body } } } },
      seq,
    );
    expect(await messageOf(get(approval_id))).toMatch(
      /sha256:0{64} can not be read back: they are not in the log\.$/,
    );
    expect(await codeOf(complete(approval_id))).toBe('storage_unavailable');
  });
});

it('a grant of a large call answers for just this call, and its uses are small', async () => {
  const people = await createPeople();
  await startReplica(people.env);
  const { approval_id } = await request('key', large());
  const grant = await giveGrant(people.keys.ada, approval_id, {});
  expect(grant.pattern).toMatchObject({
    input: large().input,
    args: { rows: { equals: large().args.rows } },
  });
  const before = bytesOf(await written());
  for (let n = 0; n < 5; n++) {
    const used = await request(`key-${n}`, large());
    expect(used).toMatchObject({ status: 'approved', grant_id: grant.grant_id });
    expect(await consume(used, large())).toEqual({ consumed: true });
  }
  expect(bytesOf(await written()) - before).toBeLessThan(64 * KIB);
  expect((await request('another', large({ more: 1 }))).status).toBe('pending');
  expect((await request('without', { ...call(), args: large().args })).status).toBe('pending');
  expect(await listGrants(people.keys.bob)).toMatchObject([{ pattern: grant.pattern, uses: 5 }]);
  expect((await decide(people.keys.bob, (await get('another')).approval_id, 'deny')).counted).toBe(true);
});

it('a grant whose pattern can not be read is shown as one that lets nothing run, and keeps nothing from the others', async () => {
  const people = await createPeople();
  await startReplica(people.env);
  const { approval_id } = await request('key', large());
  const grant = await giveGrant(people.keys.ada, approval_id, {});
  const other = await giveGrant(people.keys.ada, (await request('other', call())).approval_id, {});
  const last = await bus().read.last(grantLog(grant.grant_id), soon().deadlineMs);
  const inLog = StoredGrant.parse(last?.event?.data['grant']);
  const lost = bodyLog(inLog.pattern.args_body?.digest.replace('sha256:', '') ?? '');
  const body = await bus().read.last(lost, soon().deadlineMs);
  if (!body?.event) throw new Error('no body');
  await put(lost, { ...body.event, data: { ...body.event.data, body: { document: 'another' } } }, body.seq);
  const [newer, older] = await listGrants(people.keys.bob, true);
  expect(newer).toMatchObject({ grant_id: other.grant_id, covers: other.covers });
  expect([older?.grant_id, older?.covers, older?.idle_because]).toEqual([
    grant.grant_id,
    undefined,
    expect.stringMatching(/can not be read back: what is stored there is something else/),
  ]);
  // A person is asked, and no call of that tool is refused for it.
  expect((await request('again', { ...call(), args: { of: 'none' } })).status).toBe('pending');
});
