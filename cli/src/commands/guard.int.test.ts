import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { run } from '../run.ts';
import { fakeHost } from '../testkit/fake-host.ts';
import { type GatewayDouble, type Seen, startGatewayDouble } from '../testkit/gateway-double.ts';
import { runAegis } from '../testkit/spawn-aegis.ts';

const toolOf = (seen: Seen): string => (seen.body as { tool: string }).tool;
const APPROVAL = 'apr_aaaaaaaaaaaaaaaaaaaaaaaaaa';
const CHECKS: Record<string, object> = {
  yes: { allowed: true, approval_required: false, reasons: [], decision: 'allow' },
  ask: { allowed: false, approval_required: true, reasons: ['Amount 7 exceeds cap 5 for pattern \u001b[2J'] },
  no: { allowed: false, approval_required: false, reasons: ["Tool 'no' matches deny pattern 'no'"] },
};
const ENFORCES: Record<string, object> = {
  yes: { ...CHECKS['yes'], status: 'allowed' },
  ask: { ...CHECKS['ask'], status: 'pending', approval_id: APPROVAL },
  no: { ...CHECKS['no'], status: 'blocked' },
  liar: { ...CHECKS['yes'], status: 'blocked' },
};

let gateway: GatewayDouble;
beforeAll(async () => {
  gateway = await startGatewayDouble({
    'POST /guard/check': (seen) => ({ status: 200, body: CHECKS[toolOf(seen)] }),
    'POST /guard/enforce': (seen) => ({ status: 200, body: ENFORCES[toolOf(seen)] }),
  });
});
afterAll(() => gateway.stop());

async function aegis(...args: string[]) {
  const host = fakeHost({ env: { AEGIS_URL: gateway.url } });
  await run(host, args);
  return host;
}

describe('check', () => {
  test.each([
    ['yes', 0, 'allowed  yes\n'],
    ['ask', 1, 'review  ask\n  Amount 7 exceeds cap 5 for pattern \\u{1b}[2J\n'],
    ['no', 1, "blocked  no\n  Tool 'no' matches deny pattern 'no'\n"],
  ])('%s exits with %d and says why', async (tool, exitCode, out) => {
    const host = await aegis('check', tool);
    expect([host.exitCode, host.out(), host.err()]).toEqual([exitCode, out, '']);
  });

  test('sends the tool, the op and the amount, and leaves out what was not given', async () => {
    await aegis('check', 'yes', '--op', 'refund', '--amount-cents', '0');
    expect(gateway.seen.at(-1)?.body).toEqual({ tool: 'yes', op: 'refund', amount_cents: 0 });
    await aegis('check', 'yes');
    expect(gateway.seen.at(-1)?.body).toEqual({ tool: 'yes' });
  });

  test('as a program under the Node of this machine: one JSON document, which is the whole answer', async () => {
    const { code, stdout, stderr } = await runAegis(['--url', gateway.url, 'check', 'ask', '--json']);
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toEqual(CHECKS['ask']);
    expect(stdout).not.toContain('\u001b');
    expect(stderr).toBe('');
  });

  test.each([[], ['--amount-cents', '1.5'], ['a b'], ['x', 'y'], ['x', '--amount-cents']])(
    'called wrongly (%s) asks nobody and exits 2',
    async (...args) => {
      const before = gateway.seen.length;
      const host = await aegis('check', ...args, '--json');
      expect(host.exitCode).toBe(2);
      expect(host.out()).toBe('');
      expect(JSON.parse(host.err())).toMatchObject({ code: 'wrong_usage' });
      expect(gateway.seen).toHaveLength(before);
    },
  );
});

describe('enforce', () => {
  test.each([
    ['yes', 0],
    ['ask', 1],
    ['no', 1],
    ['liar', 1],
  ])('%s exits with %d', async (tool, exitCode) => {
    expect((await aegis('enforce', tool)).exitCode).toBe(exitCode);
  });

  test('what waits for a person says how to decide it', async () => {
    const host = await aegis('enforce', 'ask');
    expect(host.out()).toContain('pending  ask\n');
    expect(host.out()).toContain(`aegis approvals approve ${APPROVAL}\n`);
  });

  test('sends the whole call, the dry run id and the reason as meta, the key as a header', async () => {
    const call = ['--op', 'refund', '--amount-cents', '700', '--args', '{"order":17}'];
    const meta = ['--dry-run-id', 'order-17', '--reason', 'broken', '--idempotency-key', 'k1'];
    await aegis('enforce', 'yes', ...call, ...meta);
    expect(gateway.seen.at(-1)?.body).toEqual({
      tool: 'yes',
      op: 'refund',
      amount_cents: 700,
      args: { order: 17 },
      meta: { dry_run_id: 'order-17', reason: 'broken' },
    });
    expect(gateway.seen.at(-1)?.headers['idempotency-key']).toBe('k1');
  });

  test('the key is --run-key; the older name may say the same and nothing else', async () => {
    await aegis('enforce', 'yes', '--run-key', 'order-17', '--dry-run-id', 'order-17');
    expect(gateway.seen.at(-1)?.body).toEqual({ tool: 'yes', meta: { dry_run_id: 'order-17' } });
    const before = gateway.seen.length;
    const two = await aegis('enforce', 'yes', '--run-key', 'a', '--dry-run-id', 'b');
    expect(two.err()).toContain('--run-key: is not what --dry-run-id, its older name, says');
    expect([two.exitCode, gateway.seen.length]).toEqual([2, before]);
  });

  test('sends no meta and no key where none was given', async () => {
    await aegis('enforce', 'yes');
    expect(gateway.seen.at(-1)?.body).toEqual({ tool: 'yes' });
    expect(gateway.seen.at(-1)?.headers['idempotency-key']).toBeUndefined();
  });
});

describe('the command line', () => {
  test.each([
    [['nope'], 2],
    [[], 2],
    [['policy'], 2],
    [['check', 'x', '--bogus'], 2],
    [['--help'], 0],
    [['help', 'check'], 0],
    [['--version'], 0],
  ])('%j exits with %d', async (args, exitCode) => {
    const host = await aegis(...args);
    expect(host.exitCode).toBe(exitCode);
    expect(host.err() === '').toBe(exitCode === 0);
  });

  test('a missing command is problem JSON too where JSON is asked for', async () => {
    const host = await aegis('--json');
    expect(JSON.parse(host.err())).toMatchObject({ code: 'wrong_usage' });
    expect(host.out()).toBe('');
  });

  test('the help of a command names the options that all take', async () => {
    expect((await aegis('check', '--help')).out()).toMatch(/--amount-cents[\s\S]*--json[\s\S]*--url/);
  });
});
