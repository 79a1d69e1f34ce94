import { type Bus, route } from '@aegis/bus';
import { type Approval, approvalsCancel, approvalsDecide, approvalsGet } from '@aegis/contracts/approvals';
import { approvalsComplete, approvalsDraw } from '@aegis/contracts/codes';
import { AppError } from '@aegis/kit/errors';
import { makeKey } from '@aegis/kit/keys';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { APPROVAL_ID, approved, denied, pending } from '../testkit/samples.ts';
import { createTestApp, type Server, standIn, startNatsServer } from '../testkit/stand-ins.ts';

const KEY = 'aegis_approver_ada';
const endorsed: Approval = {
  ...pending,
  endorsements: [{ by: 'ada', at: '2026-01-05T09:31:00.000Z', reason: 'fine with me' }],
};
const cancelled: Approval = {
  ...pending,
  status: 'cancelled',
  cancelled_at: '2026-01-05T09:31:00.000Z',
  cancelled_because: 'changed',
};

const CODE = 'K7QF3NWT';
const drawn: Approval = {
  ...pending,
  status: 'pending',
  code: {
    digest: 'scrypt:x',
    drawn_by: 'ada',
    drawn_at: '2026-01-05T09:31:00.000Z',
    until: '2026-01-05T09:41:00.000Z',
  },
};

let server: Server;
let approvals: Bus;
let gateway: Awaited<ReturnType<typeof createTestApp>>;
let asked: unknown[] = [];
let decide: () => { approval: Approval; revision: number; counted: boolean; because?: string };
let standing: Approval;

beforeAll(async () => {
  server = await startNatsServer();
  approvals = await standIn(server, 'approvals', [
    route(approvalsDecide, (data) => {
      asked.push(data);
      return decide();
    }),
    route(approvalsDraw, (data) => {
      asked.push(data);
      const reply = decide();
      return reply.counted ? { ...reply, code: CODE } : reply;
    }),
    route(approvalsComplete, (data) => {
      asked.push(data);
      return { approval: approved };
    }),
    route(approvalsCancel, (data) => {
      asked.push(data);
      return { approval: standing, revision: 9 };
    }),
    route(approvalsGet, () => ({ approval: standing, revision: 9 })),
  ]);
  gateway = await createTestApp(server);
});
afterAll(async () => {
  await gateway.stop();
  await approvals.close();
  await server.stop();
});
beforeEach(() => {
  asked = [];
  standing = denied;
  decide = () => ({ approval: approved, revision: 8, counted: true });
});

const SIGNED_IN = { authorization: `Bearer ${KEY}` };
const post = (url: string, payload?: object, headers: Record<string, string> = SIGNED_IN) =>
  gateway.app.inject({
    method: 'POST',
    url,
    ...(payload === undefined ? {} : { payload }),
    headers: { host: 'localhost', ...headers },
  });

const complete = (headers: Record<string, string>) =>
  post('/approvals/complete', { dry_run_id: 'run-1', approval_code: CODE }, headers);

describe('a decision', () => {
  it('is made with a key, for the state that was seen, and answers the approval with its new state', async () => {
    const reply = await post(
      `/approvals/run%2F1/approve`,
      { reason: 'looks right' },
      { ...SIGNED_IN, 'if-match': '"7"' },
    );
    expect(reply.statusCode).toBe(200);
    expect(reply.headers.etag).toBe('"8"');
    expect(reply.json()).toMatchObject({
      approval_id: APPROVAL_ID,
      status: 'approved',
      tool: 'refunds.create',
    });
    expect(asked).toEqual([
      {
        id: 'run/1',
        verdict: 'approve',
        reason: 'looks right',
        revision: 7,
        credential: { secret: KEY, source: '127.0.0.1' },
      },
    ]);
  });

  it('needs no body', async () => {
    decide = () => ({ approval: denied, revision: 8, counted: true });
    const reply = await post(`/approvals/${APPROVAL_ID}/deny`);
    expect([reply.statusCode, reply.json().status]).toEqual([200, 'denied']);
    expect(asked).toEqual([
      { id: APPROVAL_ID, verdict: 'deny', credential: { secret: KEY, source: '127.0.0.1' } },
    ]);
  });

  it('that is not the last one of a quorum leaves it pending, and shows who said yes', async () => {
    decide = () => ({ approval: endorsed, revision: 8, counted: true });
    const reply = await post(`/approvals/${APPROVAL_ID}/approve`);
    expect(reply.statusCode).toBe(200);
    expect(reply.json()).toMatchObject({ status: 'pending', endorsements: endorsed.endorsements });
  });

  it('that came too late is 409, and says who decided what', async () => {
    const because = 'ada denied it.';
    decide = () => ({ approval: denied, revision: 8, counted: false, because });
    const reply = await post(`/approvals/${APPROVAL_ID}/approve`);
    expect([reply.statusCode, reply.headers['content-type']]).toEqual([409, 'application/problem+json']);
    expect(reply.headers.etag).toBe('"8"');
    expect(reply.json()).toMatchObject({
      code: 'already_decided',
      detail: because,
      approval: { approval_id: APPROVAL_ID, status: 'denied', decided_by: 'code', tool: 'refunds.create' },
    });
  });

  it('that the service refuses as too late says how it stands too', async () => {
    decide = () => {
      throw new AppError('already_decided', 'It is denied.');
    };
    const reply = await post(`/approvals/${APPROVAL_ID}/approve`);
    expect([reply.statusCode, reply.json()]).toEqual([
      409,
      expect.objectContaining({
        detail: 'It is denied.',
        approval: expect.objectContaining({ status: 'denied' }),
      }),
    ]);
  });

  it.each(['approve', 'deny'])('to %s without a credential is 401, and nobody is asked', async (verdict) => {
    for (const authorization of ['', 'Bearer ', 'Basic YTpi']) {
      const reply = await post(`/approvals/${APPROVAL_ID}/${verdict}`, {}, { authorization });
      expect([reply.statusCode, reply.headers['www-authenticate'], reply.json().code]).toEqual([
        401,
        'Bearer',
        'unauthorized',
      ]);
    }
    expect(asked).toEqual([]);
  });

  it.each([
    ['unauthorized', 401],
    ['not_an_approver', 403],
    ['approval_not_found', 404],
    ['precondition_failed', 412],
    ['too_many_attempts', 429],
  ] as const)('that the service refuses as %s is %d', async (code, status) => {
    decide = () => {
      throw new AppError(code, 'why');
    };
    const reply = await post(`/approvals/${APPROVAL_ID}/approve`, {}, { ...SIGNED_IN, 'if-match': '"1"' });
    expect([reply.statusCode, reply.json()]).toEqual([
      status,
      expect.objectContaining({ code, detail: 'why' }),
    ]);
    expect(reply.headers['www-authenticate']).toBe(status === 401 ? 'Bearer' : undefined);
  });

  it('for a state that is none is 422, and nobody is asked', async () => {
    const reply = await post(`/approvals/${APPROVAL_ID}/approve`, {}, { ...SIGNED_IN, 'if-match': 'W/"7"' });
    expect([reply.statusCode, reply.json().detail]).toEqual([422, expect.stringMatching(/^if-match: /)]);
    expect(asked).toEqual([]);
  });
});

describe('a question', () => {
  it('is taken back by whoever asked it, by either id, without a credential', async () => {
    standing = cancelled;
    const reply = await post('/approvals/run-1/cancel', { reason: 'changed' }, {});
    expect([reply.statusCode, reply.headers.etag, reply.json().status]).toEqual([200, '"9"', 'cancelled']);
    expect(asked).toEqual([{ approval_id: APPROVAL_ID, principal: 'anonymous', because: 'changed' }]);
    expect((await post(`/approvals/${APPROVAL_ID}/cancel`, undefined, {})).statusCode).toBe(200);
  });

  it.each([
    [denied, 'It is denied already.'],
    [
      { ...pending, call: { ...pending.call, principal: 'key:ci' } },
      'Only key:ci, who asked, may cancel it.',
    ],
  ] as const)(
    'that is over, or of another, is 409 and stays, and says no more of it than reading it does',
    async (found, detail) => {
      const approval = { ...found, call: { ...found.call, args: { password: 'hunter2' } } };
      standing = approval;
      const reply = await post(`/approvals/${APPROVAL_ID}/cancel`, {}, {});
      expect([reply.statusCode, reply.json()]).toEqual([
        409,
        expect.objectContaining({
          code: 'already_decided',
          detail,
          approval: expect.objectContaining({ status: approval.status, arg_names: ['password'] }),
        }),
      ]);
      expect(reply.body).not.toContain('hunter2');
    },
  );
});

describe('a code for one approval', () => {
  it('is drawn with a key, for the state that was seen, and answered once, not to be kept', async () => {
    decide = () => ({ approval: drawn, revision: 8, counted: true });
    const reply = await post(
      '/approvals/run-1/code',
      { reason: 'seen' },
      { ...SIGNED_IN, 'if-match': '"7"' },
    );
    expect(reply.statusCode).toBe(200);
    expect(reply.headers).toMatchObject({ etag: '"8"', 'cache-control': 'no-store' });
    const { approval_id, dry_run_id } = pending;
    expect(reply.json()).toEqual({
      approval_id,
      run_key: dry_run_id,
      dry_run_id,
      code: CODE,
      until: '2026-01-05T09:41:00.000Z',
    });
    const credential = { secret: KEY, source: '127.0.0.1' };
    expect(asked).toEqual([{ id: 'run-1', reason: 'seen', revision: 7, credential }]);
  });

  it('takes a key, and is none where it is decided already', async () => {
    expect((await post('/approvals/run-1/code', {}, {})).statusCode).toBe(401);
    decide = () => ({ approval: denied, revision: 8, counted: false, because: 'It was denied by ada' });
    const reply = await post('/approvals/run-1/code', {});
    expect(reply.statusCode).toBe(409);
    expect(reply.json()).toMatchObject({ code: 'already_decided', detail: 'It was denied by ada' });
  });
});

describe('completing', () => {
  it('says who sends the code, and whether an agent’s key came with it', async () => {
    await complete({});
    await complete({ authorization: `Bearer ${makeKey('aegis')}` });
    const sent = { id: 'run-1', approval_code: CODE, source: '127.0.0.1', principal: 'anonymous' };
    expect(asked).toEqual([sent, { ...sent, by_agent: true }]);
  });
});
