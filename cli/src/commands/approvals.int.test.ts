import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { run } from '../run.ts';
import { fakeHost } from '../testkit/fake-host.ts';
import { type GatewayDouble, type Seen, startGatewayDouble } from '../testkit/gateway-double.ts';
import { runAegis } from '../testkit/spawn-aegis.ts';

const ID = 'apr_aaaaaaaaaaaaaaaaaaaaaaaaaa';
const APPROVAL = {
  approval_id: ID,
  dry_run_id: 'order 17/a',
  status: 'pending',
  ts: '2026-01-31T12:00:00.000Z',
  tool: 'refunds.create',
  op: 'refund',
  amount_cents: 700,
  args: { note: '\u202eevil' },
};
const UNREADABLE = { approval_id: ID, because: 'The 70000 bytes of arguments can not be read back.' };

const complete = (seen: Seen) => {
  const { approval_code } = seen.body as { approval_code: string };
  const status = approval_code === 'right' ? 'approved' : approval_code === 'late' ? 'consumed' : 'denied';
  return { status: 200, body: { ok: status !== 'denied', status, approval_id: ID } };
};

let gateway: GatewayDouble;
beforeAll(async () => {
  gateway = await startGatewayDouble({
    'GET /approvals': ({ target }) => ({
      status: 200,
      body: target.includes('status=consumed')
        ? { approvals: [APPROVAL], unreadable: [UNREADABLE] }
        : { approvals: target.includes('status=denied') ? [] : [APPROVAL], next: 'abc' },
    }),
    [`GET /approvals/${ID}`]: { status: 200, body: APPROVAL },
    'GET /approvals/order%2017%2Fa': { status: 200, body: APPROVAL },
    'POST /approvals/complete': complete,
  });
});
afterAll(() => gateway.stop());

async function aegis(args: string[], options: Parameters<typeof fakeHost>[0] = {}, stdin = '') {
  const host = fakeHost({ ...options, env: { AEGIS_URL: gateway.url, ...options.env } });
  if (!options.terminal) host.stdin.end(stdin);
  await run(host, ['approvals', ...args]);
  return host;
}

describe('list', () => {
  test('is a table at a terminal', async () => {
    const host = await aegis(['list'], { terminal: true, env: { NO_COLOR: '1' } });
    expect(host.exitCode).toBe(0);
    expect(host.out()).toMatch(
      /^APPROVAL +STATUS +SINCE +TOOL +OP +CENTS +RUN KEY\napr_a+ +pending .* 700 +order 17\/a\n$/,
    );
    expect(host.err()).toContain('--before abc');
  });

  test('says of what can not be read that it can not, beside the list', async () => {
    const host = await aegis(['list', '--status', 'consumed']);
    expect(host.out()).toContain(`${ID}\tpending`);
    expect(host.err()).toBe(`${ID}: The 70000 bytes of arguments can not be read back.\n`);
  });

  test('is lines parted by tabs elsewhere', async () => {
    const host = await aegis(['list']);
    expect(host.out()).toBe(
      `${ID}\tpending\t2026-01-31T12:00:00.000Z\trefunds.create\trefund\t700\torder 17/a\n`,
    );
  });

  test('filters by status and pages', async () => {
    const host = await aegis(['list', '--status', 'denied', '--limit', '5', '--before', 'abc'], {
      terminal: true,
    });
    expect(gateway.seen.at(-1)?.target).toBe('/approvals?status=denied&limit=5&before=abc');
    expect(host.out()).toBe('Nothing is denied.\n');
  });

  test.each([
    ['--status', 'odd'],
    ['--limit', '0'],
    ['--limit', '501'],
  ])('refuses %s %s with 2', async (...args) => {
    expect((await aegis(['list', ...args])).exitCode).toBe(2);
  });
});

describe('show', () => {
  test.each([ID, 'order 17/a'])('finds it by %s', async (id) => {
    const host = await aegis(['show', id]);
    expect(host.exitCode).toBe(0);
    expect(host.out()).toContain('amount_cents: 700\n');
    expect(host.out()).toContain('\\u{202e}evil');
  });

  test('an id that nobody knows is no', async () => {
    const host = await aegis(['show', 'unknown']);
    expect([host.exitCode, host.out(), host.err()]).toEqual([1, '', 'aegis: No.\n']);
  });
});

describe('complete', () => {
  test.each([
    ['right', 0, 'approved'],
    ['wrong', 1, 'denied'],
    ['late', 1, 'consumed'],
  ])('with the code %s exits with %d', async (code, exitCode, status) => {
    const host = await aegis(['complete', 'order 17/a', '--code', code]);
    expect([host.exitCode, host.out()]).toEqual([exitCode, `${status}  ${ID}\n`]);
    expect(gateway.seen.at(-1)?.body).toEqual({ dry_run_id: 'order 17/a', approval_code: code });
  });

  test('as a program takes the code from standard input', async () => {
    const args = ['approvals', 'complete', ID, '--json', '--url', gateway.url];
    const { code, stdout, stderr } = await runAegis(args, { stdin: 'right\n' });
    expect(JSON.parse(stdout)).toEqual({ ok: true, status: 'approved', approval_id: ID });
    expect([code, stderr]).toEqual([0, '']);
  });

  test('takes the code from APPROVAL_CODE', async () => {
    expect((await aegis(['complete', ID], { env: { APPROVAL_CODE: 'right' } })).exitCode).toBe(0);
  });

  test('without a code asks nobody, so that nothing is denied by mistake', async () => {
    const before = gateway.seen.length;
    expect((await aegis(['complete', ID])).exitCode).toBe(2);
    expect(gateway.seen).toHaveLength(before);
  });
});
