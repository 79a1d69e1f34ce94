import { type Bus, route } from '@aegis/bus';
import { approvalsGet, approvalsList } from '@aegis/contracts/approvals';
import { auditQuery, auditWrite } from '@aegis/contracts/audit';
import { approvalsComplete } from '@aegis/contracts/codes';
import { fixtureOf } from '@aegis/contracts/fixture';
import { healthOf } from '@aegis/contracts/health';
import {
  approvalsEnds,
  policyEffective,
  policyGet,
  policyMigrate,
  policyValidate,
} from '@aegis/contracts/policy';
import { AppError } from '@aegis/kit/errors';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { APPROVAL_ID, approved, denied, pending, TRACE_ID } from '../testkit/samples.ts';
import { createTestApp, type Server, standIn, startNatsServer } from '../testkit/stand-ins.ts';

const policyInForce = fixtureOf(policyGet).reply;
const { policy } = fixtureOf(policyEffective).reply;
const policyValidity = fixtureOf(policyValidate).reply;
const ends = fixtureOf(approvalsEnds).reply;
const migratedPolicy = fixtureOf(policyMigrate).reply;
const auditPage = fixtureOf(auditQuery).reply;

let server: Server;
let services: Bus[];
let gateway: Awaited<ReturnType<typeof createTestApp>>;
let asked: unknown[] = [];
let policyProblems: string[] = [];
let isTold = true;
let isRecorded = true;

const keep = <T>(data: unknown, reply: T): T => {
  asked.push(data);
  return reply;
};

const policyRoutes = () => [
  route(policyGet, () => policyInForce),
  route(policyEffective, () => ({ policy })),
  route(policyValidate, (data) => keep(data, policyValidity)),
  route(policyMigrate, (data) => keep(data, migratedPolicy)),
  route(healthOf('policy'), () => ({
    status: policyProblems.length === 0 ? ('ok' as const) : ('degraded' as const),
    problems: policyProblems,
  })),
];

const approvalsRoutes = () => [
  route(approvalsList, (data) => keep(data, { approvals: [approved, pending], next: '7' })),
  route(approvalsGet, ({ id }) => {
    if (id !== 'run/1' && id !== APPROVAL_ID)
      throw new AppError('approval_not_found', `There is no approval ${id}.`);
    return { approval: pending, revision: 7 };
  }),
  route(approvalsComplete, (data) =>
    keep(data, { approval: data.approval_code === 'right' ? approved : denied }),
  ),
  route(approvalsEnds, () => {
    if (isTold) return ends;
    throw new AppError('approvals_unavailable', 'Not now.');
  }),
];

beforeAll(async () => {
  server = await startNatsServer();
  services = await Promise.all([
    standIn(server, 'policy', policyRoutes()),
    standIn(server, 'enforcer'),
    standIn(server, 'approvals', approvalsRoutes()),
    standIn(server, 'notifier'),
    standIn(server, 'audit', [
      route(auditWrite, (data) => keep(data, { ok: true as const, trace_id: TRACE_ID, path: 'audit.jsonl' })),
      route(auditQuery, (data) => keep(data, isRecorded ? auditPage : { entries: [] })),
    ]),
    standIn(server, 'mcp'),
  ]);
  gateway = await createTestApp(server);
});
afterAll(async () => {
  await gateway.stop();
  await Promise.all(services.map((bus) => bus.close()));
  await server.stop();
});
beforeEach(() => {
  asked = [];
  policyProblems = [];
  isTold = true;
  isRecorded = true;
});

const get = (url: string) => gateway.app.inject({ url, headers: { host: 'localhost' } });
const post = (url: string, payload: object) =>
  gateway.app.inject({ method: 'POST', url, payload, headers: { host: 'localhost' } });

describe('health', () => {
  it('is ok where every part is', async () => {
    const reply = await get('/health');
    expect([reply.statusCode, reply.body]).toEqual([200, '{"status":"ok"}']);
  });

  it('names the part that is not well, and why', async () => {
    policyProblems = ['policy.yml: line 3 is not YAML; the last good policy stays in force.'];
    const reply = await get('/health');
    expect(reply.statusCode).toBe(503);
    expect(reply.json()).toEqual({ status: 'degraded', parts: { policy: policyProblems } });
  });
});

describe('the policy', () => {
  it('is shown with where it is from, or by itself', async () => {
    expect((await get('/policy')).json()).toEqual(policyInForce);
    expect((await get('/policy/effective')).json()).toEqual(policy);
  });

  it('in force is validated by GET, another one by POST', async () => {
    expect((await get('/policy/validate')).json()).toEqual(policyValidity);
    const said = (await post('/policy/validate', { policy: { version: 2 } })).json();
    expect(said).toEqual({ ...policyValidity, ends });
    expect(asked).toEqual([{}, { policy: { version: 2 } }]);
  });

  it('is valid also where nobody can say what it would end', async () => {
    isTold = false;
    const { notes, ...said } = (await post('/policy/validate', { policy: { version: 2 } })).json();
    expect(said).toMatchObject({ ok: true });
    expect(said).not.toHaveProperty('ends');
    expect(notes).toContain('Which waiting calls and grants it would end can not be told now: try again');
  });

  it('of version 1 is migrated', async () => {
    expect((await post('/policy/migrate', { policy: { max_refund_cents: 5 } })).json()).toEqual(
      migratedPolicy,
    );
    expect(asked).toEqual([{ policy: { max_refund_cents: 5 } }]);
  });
});

describe('approvals', () => {
  it('are listed flat, by page and status', async () => {
    const reply = await get('/approvals?status=pending&limit=2&before=9');
    expect(asked).toEqual([{ status: 'pending', limit: 2, before: '9' }]);
    expect(reply.json()).toMatchObject({
      approvals: [
        { approval_id: APPROVAL_ID, status: 'approved', tool: 'refunds.create', decided_by: 'code' },
        { status: 'pending', ts: pending.requested_at, dry_run_id: 'run-1', principal: 'anonymous' },
      ],
      next: '7',
    });
  });

  it('are 100 a page where nothing else is said', async () => {
    await get('/approvals');
    expect(asked).toEqual([{ limit: 100 }]);
  });

  it('are found by an id, which may have a slash in it', async () => {
    expect((await get('/approvals/run%2F1')).json()).toMatchObject({ approval_id: APPROVAL_ID });
    const unknown = await get('/approvals/nobody');
    expect(unknown.statusCode).toBe(404);
    expect(unknown.json()).toMatchObject({ code: 'approval_not_found' });
  });

  it('have an ETag, and one that is unchanged is not sent again', async () => {
    const url = '/approvals/run%2F1';
    const first = await get(url);
    expect(first.headers.etag).toBe('"7"');
    const again = (known: string) =>
      gateway.app.inject({ url, headers: { host: 'localhost', 'if-none-match': known } });
    for (const known of ['"7"', 'W/"7"', '"5", "7"', '*']) {
      const { statusCode, headers, body } = await again(known);
      expect([statusCode, headers.etag, body]).toEqual([304, '"7"', '']);
    }
    expect((await again('"6"')).statusCode).toBe(200);
  });

  it('are completed by either id: the right code approves, a wrong one denies', async () => {
    const right = await post('/approvals/complete', { dry_run_id: 'run-1', approval_code: 'right' });
    expect([right.statusCode, right.json()]).toEqual([
      200,
      { ok: true, status: 'approved', approval_id: APPROVAL_ID },
    ]);
    const wrong = await post('/approvals/complete', {
      approval_id: APPROVAL_ID,
      approval_code: 'wrong',
      reason: 'not today',
    });
    expect([wrong.statusCode, wrong.json()]).toEqual([
      200,
      {
        ok: false,
        status: 'denied',
        approval_id: APPROVAL_ID,
        reason: `Approval ${APPROVAL_ID} was denied: wrong code. To ask again, send the call with another run key.`,
      },
    ]);
    const from = { source: '127.0.0.1', principal: 'anonymous' };
    expect(asked).toEqual([
      { id: 'run-1', approval_code: 'right', ...from },
      { id: APPROVAL_ID, approval_code: 'wrong', reason: 'not today', ...from },
    ]);
  });
});

describe('the record', () => {
  it('takes an entry: 201', async () => {
    const reply = await post('/audit', { action: 'deploy', ok: true });
    expect([reply.statusCode, reply.json()]).toEqual([
      201,
      { ok: true, trace_id: TRACE_ID, path: 'audit.jsonl' },
    ]);
    expect(asked).toEqual([{ action: 'deploy', ok: true, principal: 'anonymous', via: 'rest' }]);
  });

  it('is asked by time, tool, ok, status, principal, approval and call, page by page', async () => {
    const reply = await get(
      '/audit?from=2026-01-01T00:00:00Z&to=2026-02-01T00:00:00Z&tool=a.b&ok=false&status=pending&principal=anonymous&call_id=c-1&limit=5&before=42&approval_id=' +
        APPROVAL_ID,
    );
    expect(reply.json()).toEqual(auditPage);
    expect(asked).toEqual([
      {
        from: '2026-01-01T00:00:00Z',
        to: '2026-02-01T00:00:00Z',
        tool: 'a.b',
        ok: false,
        status: 'pending',
        principal: 'anonymous',
        approval_id: APPROVAL_ID,
        call_id: 'c-1',
        limit: 5,
        before: 42,
      },
    ]);
  });

  it('is asked by the run key of an approval too', async () => {
    expect((await get('/audit?approval_id=run%2F1')).json()).toEqual(auditPage);
    expect(asked).toEqual([{ approval_id: APPROVAL_ID, limit: 100 }]);
  });

  it('says that there is no such approval, and of one that there is, that it has nothing', async () => {
    isRecorded = false;
    for (const id of ['zzz', `apr_${'z'.repeat(26)}`]) {
      const reply = await get(`/audit?approval_id=${id}`);
      expect([reply.statusCode, reply.json().code]).toEqual([404, 'approval_not_found']);
    }
    const none = await get(`/audit?approval_id=${APPROVAL_ID}&status=denied`);
    expect([none.statusCode, none.json()]).toEqual([200, { entries: [] }]);
  });

  it.each([
    [
      'from=2026-02-01T00:00:00Z&to=2026-01-01T00:00:00Z',
      'from: is not before `to`, so that nothing is between them',
    ],
    ['from=2026-02-01T00:00:00Z&to=2026-02-01T01:00:00%2B01:00', 'from: is not before `to`'],
    ['call_id=a%20b', 'call_id: expected '],
    ['call_id=', 'call_id: expected '],
  ])('says of %s why nothing can be found', async (query, why) => {
    const reply = await get(`/audit?${query}`);
    expect([reply.statusCode, reply.json().detail]).toEqual([422, expect.stringContaining(why)]);
    expect(asked).toEqual([]);
  });

  it('says which statuses there are to one who asks for another', async () => {
    const reply = await get('/audit?status=pennding');
    expect(reply.statusCode).toBe(422);
    expect(reply.json().detail).toMatch(/^status: expected one of allowed, pending, /);
    expect(asked).toEqual([]);
  });
});
