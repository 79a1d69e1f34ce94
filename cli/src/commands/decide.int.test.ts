import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { run } from '../run.ts';
import { fakeHost } from '../testkit/fake-host.ts';
import { type GatewayDouble, startGatewayDouble } from '../testkit/gateway-double.ts';
import { watchItem } from '../testkit/watch-items.ts';

const item = watchItem(1);
const ID = item.approval_id;
const by = { decided_by: 'ada', decision_reason: 'looks\u202e right' };
const LATE = {
  status: 409,
  body: {
    code: 'already_decided',
    detail: 'bob was first.',
    approval: { ...item, status: 'denied', decided_by: 'bob', decision_reason: 'twice' },
  },
};

let gateway: GatewayDouble;
beforeAll(async () => {
  gateway = await startGatewayDouble({
    [`POST /approvals/${ID}/approve`]: { status: 200, body: { ...item, status: 'approved', ...by } },
    'POST /approvals/run%2F2/approve': {
      status: 200,
      body: { ...item, endorsements: [{ by: 'ada' }], terms: { quorum: 2 } },
    },
    [`POST /approvals/${ID}/deny`]: { status: 200, body: { ...item, status: 'denied', decided_by: 'ada' } },
    'POST /approvals/late/approve': LATE,
    [`POST /approvals/${ID}/code`]: {
      status: 200,
      body: { approval_id: ID, dry_run_id: 'run 2', code: 'K7QF3NWT', until: '2026-01-31T12:10:00.000Z' },
    },
    'POST /approvals/late/code': LATE,
    [`POST /approvals/${ID}/cancel`]: { status: 200, body: { ...item, status: 'cancelled' } },
    'POST /approvals/late/cancel': LATE,
  });
});
afterAll(() => gateway.stop());

async function aegis(args: string[], env: Record<string, string> = {}, stdin = '') {
  const host = fakeHost({ env: { AEGIS_URL: gateway.url, ...env } });
  host.stdin.end(stdin);
  await run(host, ['approvals', ...args]);
  return host;
}
const last = () => gateway.seen.at(-1);

describe('approve', () => {
  test('says who approved, and is yes', async () => {
    const host = await aegis(['approve', ID, '--key', 'k', '--reason', 'looks right']);
    expect([host.exitCode, host.err()]).toEqual([0, '']);
    expect(host.out()).toBe(`approved by ada: looks\\u{202e} right  ${ID}\n`);
    expect(last()?.headers.authorization).toBe('Bearer k');
    expect(last()?.body).toEqual({ reason: 'looks right' });
  });

  test('that waits for more people is no, and says for how many', async () => {
    const host = await aegis(['approve', 'run/2', '--code', 'c']);
    expect([host.exitCode, host.out()]).toEqual([1, `pending, 1 of 2 (ada)  ${ID}\n`]);
    expect(last()?.body).toEqual({});
  });

  test('that came too late is no, and says how it stands', async () => {
    const host = await aegis(['approve', 'late', '--code', 'c']);
    expect([host.exitCode, host.out()]).toEqual([1, '']);
    expect(host.err()).toBe('aegis: bob was first. It stands: denied by bob: twice.\n');
    const json = await aegis(['approve', 'late', '--code', 'c', '--json']);
    expect(JSON.parse(json.err())).toMatchObject({ code: 'already_decided', approval: { status: 'denied' } });
  });
});

test('deny is yes where it is denied', async () => {
  const host = await aegis(['deny', ID, '--key', 'k']);
  expect([host.exitCode, host.out()]).toEqual([0, `denied by ada  ${ID}\n`]);
});

describe('cancel', () => {
  test('needs no credential', async () => {
    const host = await aegis(['cancel', ID, '--reason', 'changed']);
    expect([host.exitCode, host.out()]).toEqual([0, `cancelled  ${ID}\n`]);
    expect(last()?.headers.authorization).toBeUndefined();
    expect(last()?.body).toEqual({ reason: 'changed' });
  });

  test('of what is over says how it stands', async () => {
    const host = await aegis(['cancel', 'late']);
    expect([host.exitCode, host.err()]).toEqual([1, expect.stringContaining('It stands: denied by bob')]);
  });
});

describe('the credential is', () => {
  const env = { AEGIS_APPROVER_KEY: 'env-key', APPROVAL_CODE: 'env-code' };
  test.each([
    ['--key first', ['--key', 'k', '--code', 'c'], env, 'Bearer k'],
    ['--code before the environment', ['--code', 'c'], env, 'Bearer c'],
    ['AEGIS_APPROVER_KEY next', [], env, 'Bearer env-key'],
    ['APPROVAL_CODE next', [], { APPROVAL_CODE: 'env-code' }, 'Bearer env-code'],
    ['standard input at last', [], {}, 'Bearer piped words'],
  ])('%s', async (_, args, environment, expected) => {
    await aegis(['approve', ID, ...args], environment, 'piped words\n');
    expect(last()?.headers.authorization).toBe(expected);
  });

  test('sent in UTF-8, whatever letters it has', async () => {
    await aegis(['approve', ID, '--code', 'schlüssel-鍵']);
    const bytes = Buffer.from(last()?.headers.authorization ?? '', 'latin1');
    expect(bytes.toString('utf8')).toBe('Bearer schlüssel-鍵');
  });

  test.each([['--key', ''], ['--code', 'a\nb'], []])('never sent where it is none (%j)', async (...args) => {
    const before = gateway.seen.length;
    const host = await aegis(['deny', ID, ...args]);
    expect([host.exitCode, gateway.seen.length]).toEqual([2, before]);
  });
});
describe('code', () => {
  test('is alone on standard output, and beside it what it is for', async () => {
    const host = await aegis(['code', ID, '--key', 'k', '--reason', 'seen']);
    expect([host.exitCode, host.out()]).toEqual([0, 'K7QF3NWT\n']);
    expect(host.err()).toBe(
      `Your yes to ${ID}, until 2026-01-31T12:10:00.000Z: tell it to who asked. It is shown once, works once, and counts no more once another is drawn or the call is decided.\n`,
    );
    expect(last()?.headers.authorization).toBe('Bearer k');
    expect(last()?.body).toEqual({ reason: 'seen' });
  });

  test('for what is decided already is none, and says how it stands', async () => {
    const host = await aegis(['code', 'late', '--key', 'k']);
    expect([host.exitCode, host.out()]).toEqual([1, '']);
    expect(host.err()).toContain('It stands: denied by bob');
  });
});
