import { expect, it } from 'vitest';
import { allAudit, type Enforced, enforce, get, post } from '../testkit/rest.ts';

/** Where a stack under test answers, and the code that approves on it. Its policy is the repository's policy.yml. */
export type Target = { url: () => string; code: () => string };

let calls = 0;
const key = (name: string): string => `${name}-${process.pid}-${Date.now()}-${calls++}`;
const overCap = (dryRunId: string) => ({
  tool: 'refunds.create',
  op: 'refund',
  amount_cents: 12_500,
  meta: { dry_run_id: dryRunId },
});
const complete = (url: string, dryRunId: string, code: string) =>
  post(url, '/approvals/complete', { dry_run_id: dryRunId, approval_code: code });

const check = async (url: string, body: object) => (await post(url, '/guard/check', body)).body;

/** What every deployment of the stack must do for a caller by REST. */
export function guardScenarios({ url, code }: Target): void {
  it('is well', async () => {
    await expect
      .poll(() => get(url(), '/health').then((r) => r.body), { timeout: 20_000 })
      .toEqual({ status: 'ok' });
  });

  it('allows, caps, denies and asks as the policy says', async () => {
    expect(await check(url(), { tool: 'search.docs' })).toMatchObject({
      allowed: true,
      approval_required: false,
      reasons: [],
    });
    expect(await check(url(), { tool: 'refunds.create', op: 'refund', amount_cents: 2_500 })).toMatchObject({
      allowed: true,
    });
    expect(await check(url(), { tool: 'refunds.create', op: 'refund', amount_cents: 12_500 })).toMatchObject({
      allowed: false,
      approval_required: true,
      reasons: ["Amount 12500 exceeds cap 5000 for pattern 'refunds.*'"],
    });
    expect(await check(url(), { tool: 'db.drop_table' })).toMatchObject({
      allowed: false,
      approval_required: false,
    });
    expect(await check(url(), { tool: 'crm.export_users' })).toMatchObject({
      allowed: false,
      approval_required: true,
    });
  });

  it('lets an approved call run once, and every step is in the audit log under one trace', async () => {
    const id = key('once');
    const first = (await enforce(url(), overCap(id))).body;
    expect(first).toMatchObject({ allowed: false, status: 'pending', dry_run_id: id });
    expect((await enforce(url(), overCap(id))).body.approval_id).toBe(first.approval_id);

    expect((await complete(url(), id, code())).body).toEqual({
      ok: true,
      status: 'approved',
      approval_id: first.approval_id,
    });
    expect((await enforce(url(), overCap(id))).body).toMatchObject({ allowed: true, status: 'allowed' });

    const third = (await enforce(url(), overCap(id))).body;
    expect(third).toMatchObject({ allowed: false, status: 'pending' });
    expect(third.approval_id).not.toBe(first.approval_id);

    const steps = (await allAudit(url())).filter((entry) => entry.dry_run_id === id);
    expect(steps.map((entry) => `${entry.action} ${entry.status}`)).toEqual([
      'approval.requested pending',
      'enforce pending',
      'enforce pending',
      'approval.approved approved',
      'approval.consumed consumed',
      'enforce allowed',
      'approval.requested pending',
      'enforce pending',
    ]);
    expect(new Set(steps.map((entry) => entry.trace_id))).toEqual(new Set([first.trace_id]));
  });

  it('denies on a wrong code, for good', async () => {
    const id = key('wrong');
    const { approval_id } = (await enforce(url(), overCap(id))).body;
    const reason = expect.stringContaining('wrong code was given');
    const denied = { ok: false, status: 'denied', approval_id, reason };
    expect((await complete(url(), id, 'not the code')).body).toEqual(denied);
    expect((await complete(url(), id, code())).body).toEqual(denied);
    expect((await enforce(url(), overCap(id))).body).toMatchObject({ allowed: false, status: 'blocked' });
  });

  it('does not open another call with an approval', async () => {
    const id = key('other');
    await enforce(url(), overCap(id));
    await complete(url(), id, code());
    const dearer = await enforce(url(), { ...overCap(id), amount_cents: 12_501 });
    expect(dearer).toMatchObject({ status: 409, body: { code: 'dry_run_id_in_use', allowed: false } });
    expect((await enforce(url(), overCap(id))).body.allowed).toBe(true);
  });

  it('gives many that ask at once for an approved call one run', async () => {
    const id = key('race');
    await enforce(url(), overCap(id));
    await complete(url(), id, code());
    const all = await Promise.all(Array.from({ length: 25 }, () => enforce(url(), overCap(id))));
    expect(all.filter((one) => one.body.allowed)).toHaveLength(1);
    const allowed = (await allAudit(url())).filter((e) => e.dry_run_id === id && e.status === 'allowed');
    expect(allowed).toHaveLength(1);
  });

  it('gives a retry with the same Idempotency-Key the same answer, also when it used up an approval', async () => {
    const id = key('retry');
    const retried = { 'idempotency-key': key('key') };
    await enforce(url(), overCap(id));
    await complete(url(), id, code());
    const first = await enforce(url(), overCap(id), retried);
    expect(first.body).toMatchObject({ allowed: true, status: 'allowed' });
    expect((await enforce(url(), overCap(id), retried)).body).toEqual({ ...first.body, replayed: true });
    const other = await enforce(url(), { ...overCap(id), amount_cents: 99_999 }, retried);
    expect(other).toMatchObject({ status: 422, body: { code: 'idempotency_key_reused', allowed: false } });
    const runs = (await allAudit(url())).filter((e) => e.dry_run_id === id && e.status === 'allowed');
    expect(runs).toHaveLength(1);
  });

  it('gives simultaneous equal requests with one Idempotency-Key one answer and one record', async () => {
    const headers = { 'idempotency-key': key('same') };
    const body = { tool: 'search.docs', args: { q: headers['idempotency-key'] } };
    const all = await Promise.all(Array.from({ length: 10 }, () => enforce(url(), body, headers)));
    const answers = new Set(all.map((one) => JSON.stringify({ ...one.body, replayed: undefined })));
    expect(answers.size).toBe(1);
    expect(all.filter((one) => one.body['replayed'] === true)).toHaveLength(9);
    const { trace_id } = (all[0] as { body: Enforced }).body;
    const stored = (await allAudit(url())).filter((e) => e.trace_id === trace_id && e.action === 'enforce');
    expect(stored).toHaveLength(1);
  });

  it('shows the policy in force, and validates and migrates others', async () => {
    const active = (await get(url(), '/policy')).body;
    expect(active).toMatchObject({
      version: 2,
      policy: { version: 2 },
      digest: expect.stringMatching(/^sha256:/) as string,
    });
    expect((await get(url(), '/policy/effective')).body).toEqual(active['policy']);
    expect((await get(url(), '/policy/validate')).body).toMatchObject({
      ok: true,
      version: 2,
      migrated: false,
    });
    const v1 = { policy: { deny_tools: ['db.*'], max_refund_cents: 500 } };
    expect((await post(url(), '/policy/validate', v1)).body).toMatchObject({
      ok: true,
      errors: [],
      version: 2,
      migrated: true,
    });
    const migrated = (await post<{ policy: unknown }>(url(), '/policy/migrate', v1)).body;
    expect(migrated).toMatchObject({ ok: true, version: 2, policy: { version: 2 } });
    expect((await post(url(), '/policy/validate', { policy: migrated.policy })).body).toMatchObject({
      ok: true,
      migrated: false,
    });
    const wrong = { policy: { version: 2, rules: [{ match: '*', decision: 'maybe' }] } };
    expect((await post(url(), '/policy/validate', wrong)).body).toMatchObject({
      ok: false,
      errors: ['rules.0.decision: expected one of allow, review, deny'],
    });
  });

  it('takes entries for the audit log', async () => {
    const { status, body } = await post<{ trace_id: string }>(url(), '/audit', {
      action: 'refund.sent',
      ok: false,
      note: 'n',
    });
    expect(status).toBe(201);
    const entry = (await allAudit(url())).find((one) => one.trace_id === body.trace_id);
    expect(entry).toMatchObject({ action: 'client:refund.sent', ok: false, type: 'aegis.audit.written.v1' });
  });

  it('says what is wrong with a request', async () => {
    const bad = (body: unknown) => post(url(), '/guard/enforce', body);
    expect(await bad('{"tool":')).toMatchObject({ status: 400, body: { code: 'invalid_json' } });
    expect(await bad({ tool: 'refunds.create', amount_cents: -1 })).toMatchObject({
      status: 422,
      body: {
        code: 'invalid_request',
        detail: 'amount_cents: expected an integer from 0 to 9007199254740991',
      },
    });
    expect((await bad('{"tool":"a","tool":"b"}')).body).toMatchObject({ status: 422 });
    expect((await bad({})).body['detail']).toBe('tool: required');
    expect(await complete(url(), key('nobody'), code())).toMatchObject({
      status: 404,
      body: { code: 'approval_not_found' },
    });
  });
}
