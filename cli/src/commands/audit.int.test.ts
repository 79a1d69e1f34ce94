import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { entriesAfter } from '../audit/tail.ts';
import { run } from '../run.ts';
import { fakeHost } from '../testkit/fake-host.ts';
import { type GatewayDouble, type Seen, startGatewayDouble } from '../testkit/gateway-double.ts';
import { spawnAegis } from '../testkit/spawn-aegis.ts';

const entry = (seq: number) => ({
  seq,
  ts: '2026-01-31T12:00:00.000Z',
  trace_id: null,
  action: 'guard.enforce',
  ok: true,
  tool: 'x',
  op: null,
  amount_cents: null,
  status: 'allowed',
  note: seq === 3 ? 'odd\u001b[2J' : null,
  event_id: `e${seq}`,
  type: 'aegis.decision.enforced.v1',
  hash: `h${seq}`,
});

let size: number;
let pageSize: number;

/** The newest first, as the audit service pages them. */
function audit({ target }: Seen) {
  const query = new URL(target, 'http://x').searchParams;
  const limit = Math.min(Number(query.get('limit')), pageSize);
  const newest = Math.min(size, Number(query.get('before') ?? Number.POSITIVE_INFINITY) - 1);
  const entries = Array.from({ length: Math.min(limit, newest) }, (_, i) => entry(newest - i));
  const last = entries.at(-1)?.seq ?? 1;
  return { status: 200, body: { entries, ...(last > 1 && { next: last }) } };
}

let gateway: GatewayDouble;
beforeAll(async () => {
  gateway = await startGatewayDouble({ 'GET /audit': audit });
});
afterAll(() => gateway.stop());
beforeEach(() => {
  size = 3;
  pageSize = 1000;
});

async function aegis(...args: string[]) {
  const host = fakeHost({ env: { AEGIS_URL: gateway.url } });
  await run(host, ['audit', ...args]);
  return host;
}
const seqs = (text: string): number[] =>
  text
    .split('\n')
    .filter(Boolean)
    .map((line) => (JSON.parse(line) as { seq: number }).seq);

test('tail prints the newest entries, oldest first, one JSON line each with every member', async () => {
  const host = await aegis('tail', '-n', '2', '--json');
  expect(host.exitCode).toBe(0);
  expect(seqs(host.out())).toEqual([2, 3]);
  expect(JSON.parse(host.out().split('\n')[0] ?? '')).toEqual(entry(2));
  expect(host.out()).not.toContain('\u001b');
});

test('tail without a number prints twenty', async () => {
  size = 50;
  expect(seqs((await aegis('tail', '--json')).out())).toHaveLength(20);
});

test('tail for people is a line an entry, hostile notes shown', async () => {
  const lines = (await aegis('tail')).out().trimEnd().split('\n');
  expect(lines).toHaveLength(3);
  expect(lines[2]).toMatch(/guard\.enforce +allowed +x +- odd\\u\{1b\}\[2J$/);
});

test('what came meanwhile is read however many pages it takes, each entry once', async () => {
  size = 10;
  pageSize = 2;
  const newer = await entriesAfter(fakeHost(), new URL(`${gateway.url}/`), 3);
  expect(newer.map(({ seq }) => seq)).toEqual([4, 5, 6, 7, 8, 9, 10]);
  expect(await entriesAfter(fakeHost(), new URL(`${gateway.url}/`), 10)).toEqual([]);
});

test('tail --follow goes on with new entries until it is interrupted', async () => {
  const child = spawnAegis(['audit', 'tail', '-n', '1', '--follow', '--json'], {
    env: { AEGIS_URL: gateway.url },
  });
  let out = '';
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString();
  });
  const until = async (count: number): Promise<void> => {
    while (seqs(out).length < count) await sleep(50);
  };
  await until(1);
  size = 5;
  await until(3);
  const ended = new Promise((resolve) => child.once('close', (_, signal) => resolve(signal)));
  child.kill('SIGINT');
  expect(await ended).toBe('SIGINT');
  expect(seqs(out)).toEqual([3, 4, 5]);
});

test('query sends its filters, times in UTC', async () => {
  const filters = ['--tool', 'x', '--ok', 'false', '--status', 'blocked', '--limit', '5', '--before', '9'];
  const host = await aegis('query', '--from', '2026-01-31', '--to', '2026-02-01T00:00:00+01:00', ...filters);
  const query = new URL(gateway.seen.at(-1)?.target ?? '', 'http://x').searchParams;
  expect(host.exitCode).toBe(0);
  expect(Object.fromEntries(query)).toEqual({
    from: '2026-01-31T00:00:00.000Z',
    to: '2026-01-31T23:00:00.000Z',
    tool: 'x',
    ok: 'false',
    status: 'blocked',
    limit: '5',
    before: '9',
  });
});

test.each([
  [
    ['--from', '2026-02-01', '--to', '2026-01-31'],
    '--from: is not before --to, so that nothing is between them.',
  ],
  [['--from', '2026-02-01', '--to', '2026-02-01T01:00:00+01:00'], '--from: is not before --to'],
  [['--call', 'a b'], '--call: expected '],
])('query says of %j why it finds nothing, and asks nobody', async (words, why) => {
  const before = gateway.seen.length;
  const host = await aegis('query', ...words);
  expect([host.exitCode, host.err()]).toEqual([2, expect.stringContaining(why)]);
  expect(gateway.seen).toHaveLength(before);
});

test('query prints one document in JSON, tabbed lines otherwise, newest first', async () => {
  expect(JSON.parse((await aegis('query', '--json')).out())).toMatchObject({
    entries: [entry(3), entry(2), entry(1)],
  });
  const lines = (await aegis('query', '--limit', '2')).out().trimEnd().split('\n');
  expect(lines[0]).toBe('3\t2026-01-31T12:00:00.000Z\tguard.enforce\ttrue\tallowed\tx\t\t\todd\\u{1b}[2J');
});

test('query by a status that no entry has says which there are', async () => {
  const host = await aegis('query', '--status', 'deniedd');
  expect(host.exitCode).toBe(2);
  expect(host.err()).toMatch(/--status.*expected one of allowed, .*denied/);
});

test.each([
  ['--from', 'yesterday'],
  ['--ok', 'maybe'],
  ['--limit', '1001'],
])('query %s %s is wrong usage', async (...args) => {
  expect((await aegis('query', ...args)).exitCode).toBe(2);
});
