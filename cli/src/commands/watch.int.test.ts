import type { ServerResponse } from 'node:http';
import { stripVTControlCharacters } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { WatchItem } from '../approvals/watch/item.ts';
import { writeStackFile } from '../local/stack/stack-file.ts';
import { run } from '../run.ts';
import { fakeHost } from '../testkit/fake-host.ts';
import { type GatewayDouble, type Seen, startGatewayDouble } from '../testkit/gateway-double.ts';
import { spawnAegis } from '../testkit/spawn-aegis.ts';
import { runningStack, stackOf } from '../testkit/stack.ts';
import { temporaryDirectory } from '../testkit/temporary-directory.ts';
import { eventOf, watchItem } from '../testkit/watch-items.ts';

const KEY = 'aegis_approver_ada';
const LATER = new Date(Date.now() + 3_600_000).toISOString();
const one = watchItem(1, { decide_by: LATER });
const two = watchItem(2, { decide_by: LATER, args: { note: '\u001b[31mred' } });
const approved = { ...one, status: 'approved', decided_by: 'ada' };
const denied = { ...one, status: 'denied', decided_by: 'bob', decision_reason: 'not today' };

let gateway: GatewayDouble;
let waiting: WatchItem[] = [];
let unreadable: { approval_id: string; because: string }[] = [];
let whole: WatchItem;
let streams: ServerResponse[] = [];
let decide: () => { status: number; body: unknown };

const tellAll = (item: WatchItem): void => {
  for (const stream of streams) stream.write(eventOf(item));
};
const verdicts = (): Seen[] => gateway.seen.filter(({ method }) => method === 'POST');

beforeEach(async () => {
  [waiting, unreadable, streams] = [[one], [], []];
  decide = () => ({ status: 200, body: approved });
  gateway = await startGatewayDouble({
    'GET /approvals': () => ({ status: 200, body: { approvals: waiting, unreadable } }),
    [`GET /approvals/${watchItem(3).approval_id}`]: () => ({ status: 200, body: whole }),
    'GET /events': { stream: (response) => void streams.push(response) },
    [`POST /approvals/${one.approval_id}/approve`]: () => decide(),
    [`POST /approvals/${one.approval_id}/deny`]: () => decide(),
  });
});
afterEach(() => gateway.stop());

/** The watch at a terminal of 80x24, and what is on its screen. */
async function watch(env: Record<string, string> = { AEGIS_APPROVER_KEY: KEY }) {
  const host = fakeHost({ terminal: true, columns: 80, rows: 24, env: { AEGIS_URL: gateway.url, ...env } });
  const ended = run(host, ['approvals', 'watch']);
  const screen = (): string => stripVTControlCharacters(host.out().split('\u001b[H').at(-1) ?? '');
  const shows = (text: string | RegExp) => {
    const polled = expect.poll(screen, { timeout: 5_000 });
    return text instanceof RegExp ? polled.toMatch(text) : polled.toContain(text);
  };
  return { host, ended, screen, shows, press: (keys: string) => host.stdin.write(keys) };
}
/** What a pipe gets of an item. */
const line = ({ approval_id, status, ts, tool, decided_by = '' }: WatchItem): string =>
  [approval_id, status, ts, tool, 'refund', 12_500, 'key:ci', decided_by].join('\t');
const settle = () => new Promise((resolve) => setTimeout(resolve, 550));

describe('at a terminal', () => {
  test('what waits is shown, approved by a and enter, and the terminal given back', async () => {
    const { host, ended, shows, press } = await watch();
    await shows('"charge": "ch_1"');
    await shows(/1 waiting +live/);
    expect(host.isRaw()).toBe(true);
    await settle();
    press('a');
    await shows('Approve refunds.create1?');
    expect(verdicts()).toEqual([]);
    press('\r');
    await shows('approved by ada: refunds.create1');
    expect(verdicts()).toMatchObject([
      { target: `/approvals/${one.approval_id}/approve`, headers: { authorization: `Bearer ${KEY}` } },
    ]);
    press('q');
    await ended;
    expect([host.exitCode, host.isRaw()]).toEqual([0, false]);
    expect(host.out().endsWith('\u001b[?2004l\u001b[?25h\u001b[?1049l')).toBe(true);
  });

  test('a large call that comes in is fetched whole; what can not be read is said to be so, and no empty call', async () => {
    const args_body = { digest: 'sha256:0', bytes: 70_000, begins: '{"note"' };
    const because = 'The 70000 bytes of arguments can not be read back.';
    const apart = { decide_by: LATER, args: undefined, args_body };
    const [large, lost] = [watchItem(3, apart), watchItem(4, { decide_by: LATER, args: undefined })];
    whole = { ...large, args: { note: 'all of it' } };
    waiting = [lost];
    unreadable = [{ approval_id: lost.approval_id, because }];
    const { screen, shows, press, ended } = await watch();
    await shows(because);
    expect(screen()).not.toContain('{}');
    tellAll(large);
    await shows(/2 waiting/);
    press('k');
    await shows('"note": "all of it"');
    press('q');
    await ended;
  });

  test('what comes in is shown at once, and its control characters are not obeyed', async () => {
    waiting = [];
    const { host, ended, shows, press } = await watch();
    await shows('Nothing waits for a person.');
    await expect.poll(() => streams.length).toBe(1);
    tellAll(two);
    await shows(String.raw`"note": "\u001b[31mred"`);
    expect(host.out()).not.toContain('\u001b[31m');
    press('q');
    await ended;
  });

  test('is denied with a reason, and who was first is said', async () => {
    decide = () => ({
      status: 409,
      body: { code: 'already_decided', detail: 'bob was first.', approval: denied },
    });
    const { ended, shows, press } = await watch();
    await shows('refunds.create1');
    press('dtwice\r');
    await shows('bob was first. It stands: denied by bob: not today.');
    expect(verdicts()[0]?.body).toEqual({ reason: 'twice' });
    press('q');
    await ended;
  });

  test('is read whole with enter, and left with escape', async () => {
    waiting = [watchItem(1, { decide_by: LATER, args: { long: 'x'.repeat(2_000) } })];
    const { ended, shows, press } = await watch();
    await shows(/… \d+ more lines: press enter/);
    press('\r');
    await shows(/── lines 1 to 20 of \d+ ─/);
    press('\u001b[6~');
    await shows(/── lines \d+ to (\d+) of \1 ─/);
    press('\u001b');
    await shows('enter the whole call');
    press('q');
    await ended;
  });

  test('is not approved by what is pasted', async () => {
    const { ended, shows, press } = await watch();
    await shows('refunds.create1');
    await settle();
    press('\u001b[200~a\ra\r\u001b[201~');
    press('q');
    await ended;
    expect(verdicts()).toEqual([]);
  });

  test('a connection that is lost is said, and what changed meanwhile is there after it', async () => {
    const { ended, shows, press } = await watch();
    await shows('live');
    waiting = [two];
    for (const stream of streams) stream.destroy();
    await shows('CONNECTION LOST');
    await shows(/1 waiting +live/);
    await shows('refunds.create2');
    await shows('no longer waits');
    press('q');
    await ended;
  });

  test('a firewall that comes back on another port is found there, and no key goes to where it was', async () => {
    const dataDir = await temporaryDirectory();
    await runningStack(dataDir, { gateway_url: gateway.url });
    const { host, ended, shows, press } = await watch({
      AEGIS_URL: '',
      AEGIS_DATA_DIR: dataDir,
      AEGIS_APPROVER_KEY: KEY,
    });
    await shows(/1 waiting +live/);
    const answers = {
      'GET /approvals': () => ({ status: 200, body: { approvals: [one] } }),
      'GET /events': { stream: () => undefined },
      [`POST /approvals/${one.approval_id}/approve`]: () => ({ status: 200, body: approved }),
    };
    const elsewhere = await startGatewayDouble(answers);
    await writeStackFile(dataDir, stackOf({ gateway_url: elsewhere.url }));
    for (const stream of streams) stream.destroy();
    await expect.poll(() => elsewhere.seen.length, { timeout: 10_000 }).toBeGreaterThan(1);
    await shows(/1 waiting +live/);
    await settle();
    press('a');
    await shows('Approve refunds.create1?');
    press('\r');
    await shows('approved by ada: refunds.create1');
    expect(verdicts()).toEqual([]);
    press('q');
    await ended;
    expect(host.exitCode).toBe(0);
    await elsewhere.stop();
  });

  test('without a key it asks for one, and only looks where there is none', async () => {
    const { host, ended, shows, press } = await watch({});
    await expect.poll(() => host.err()).toContain("Approver's key or approval code");
    press('\r');
    await shows('refunds.create1');
    await settle();
    press('a\r');
    await shows('You only look');
    expect(verdicts()).toEqual([]);
    press('\u0003');
    await ended;
  });
});

describe('without a terminal', () => {
  test('each change is a line, for as long as somebody reads', async () => {
    const child = spawnAegis(['approvals', 'watch', '--url', gateway.url]);
    let out = '';
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    const lines = () => expect.poll(() => out.split('\n').slice(0, -1), { timeout: 20_000 });
    await lines().toEqual([line(one)]);
    await expect.poll(() => streams.length).toBe(1);
    for (const item of [two, denied, two]) tellAll(item);
    await lines().toEqual([line(one), line(two), line(denied)]);
    child.kill();
  });

  test('a gateway that is not there is said, and no', async () => {
    const host = fakeHost({ env: { AEGIS_URL: 'http://127.0.0.1:1' } });
    await run(host, ['approvals', 'watch']);
    expect([host.exitCode, host.err()]).toEqual([1, expect.stringContaining('No answer from the gateway')]);
  });
});
