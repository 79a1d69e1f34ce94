import { readdirSync, readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createGuard, Denied, type GuardOptions, OutcomeUnknown, Refused, Unreachable } from './mod.ts';

type Sent = { path: string; body: Record<string, unknown> | undefined; headers: Record<string, string> };
/** An answer: a body with 200, or with another status, or none at all. */
type Said = object | [status: number, body: object] | Error;

let sent: Sent[];
let says: (sent: Sent) => Said;
let unreported: unknown[];

const allowed = { allowed: true, status: 'allowed', reasons: [], approval_id: 'apr_1', decision_id: 'd-1' };
const pending = { allowed: false, status: 'pending', reasons: ['over the cap'], approval_id: 'apr_1' };
const written = { ok: true };
const busy: Said = [503, { code: 'bus_unavailable', detail: 'The message bus is away.' }];

const standIn: typeof fetch = async (input, init = {}) => {
  const { pathname, search } = new URL(input instanceof Request ? input.url : input);
  const body = typeof init.body === 'string' ? JSON.parse(init.body) : undefined;
  const one = {
    path: `${pathname}${search}`,
    body,
    headers: { ...(init.headers as Record<string, string>) },
  };
  sent.push(one);
  expect(init.redirect).toBe('error');
  const said = says(one);
  if (said instanceof Error) throw said;
  const [status, answer] = Array.isArray(said) ? said : [200, said];
  return new Response(JSON.stringify(answer), { status });
};
const guardWith = (options: GuardOptions = {}) =>
  createGuard({
    url: 'http://firewall.test',
    fetch: standIn,
    answerWithinMs: 0,
    onUnreported: (why) => unreported.push(why),
    ...options,
  });
/** Answers to `/guard/enforce` and to the wait, in turn; reports are taken. */
function inTurn(enforces: Said[], waits: Said[] = []): void {
  const [asked, waited] = [[...enforces], [...waits]];
  says = ({ path }) => {
    if (path === '/audit') return written;
    if (path.endsWith('/cancel')) return {};
    return (path.startsWith('/approvals/') ? waited : asked).shift() ?? busy;
  };
}
const paths = () => sent.map(({ path }) => path);
const reports = () => sent.filter(({ path }) => path === '/audit').map(({ body }) => body);
const run = vi.fn(async (args: { order: number }) => `refunded ${args.order}`);
const refund = (options?: GuardOptions) =>
  guardWith(options)('refunds.create', run, ({ order }) => ({ op: 'refund', amount_cents: order * 100 }));

beforeEach(() => {
  [sent, unreported] = [[], []];
  run.mockReset();
  run.mockImplementation(async ({ order }) => `refunded ${order}`);
});
afterEach(() => vi.unstubAllEnvs());

describe('a call that is allowed', () => {
  it('is asked about as it is, runs once, and is reported', async () => {
    inTurn([allowed]);
    expect(await refund()({ order: 17 }, { runKey: 'k-1', reason: 'broken' })).toBe('refunded 17');
    expect(sent[0]?.body).toEqual({
      tool: 'refunds.create',
      op: 'refund',
      amount_cents: 1700,
      args: { order: 17 },
      meta: { run_key: 'k-1', reason: 'broken' },
    });
    expect(run).toHaveBeenCalledExactlyOnceWith({ order: 17 });
    const note = JSON.stringify({ run_key: 'k-1', approval_id: 'apr_1', decision_id: 'd-1' });
    expect(reports()).toEqual([{ action: 'run succeeded', tool: 'refunds.create', ok: true, note }]);
  });

  it('waits for a person where one has to decide, and asks again with the same call and key', async () => {
    inTurn([pending, allowed], [{ status: 'pending' }, { status: 'approved' }]);
    expect(await refund()({ order: 17 })).toBe('refunded 17');
    expect(paths()).toEqual([
      '/guard/enforce',
      '/approvals/apr_1?wait=30s',
      '/approvals/apr_1?wait=30s',
      '/guard/enforce',
      '/audit',
    ]);
    expect(sent[3]?.body).toEqual(sent[0]?.body);
    expect(sent[3]?.headers['idempotency-key']).not.toBe(sent[0]?.headers['idempotency-key']);
  });

  it('asks again with the same idempotency key where the answer was lost', async () => {
    inTurn([new TypeError('fetch failed'), busy, { ...allowed, replayed: true }]);
    expect(await refund({ answerWithinMs: 20_000 })({ order: 17 })).toBe('refunded 17');
    expect(new Set(sent.slice(0, 3).map(({ headers }) => headers['idempotency-key'])).size).toBe(1);
    expect(run).toHaveBeenCalledOnce();
  });

  it('runs what was asked about, whatever becomes of the object meanwhile', async () => {
    inTurn([allowed]);
    const args = { order: 17 };
    const asked = refund()(args);
    args.order = 99;
    await asked;
    expect(run).toHaveBeenCalledExactlyOnceWith({ order: 17 });
  });
});

describe("an agent's key", () => {
  it.each([
    [undefined, undefined],
    ['', undefined],
    ['aegis_1', 'Bearer aegis_1'],
  ])('AEGIS_KEY=%j is sent as %j', async (key, header) => {
    vi.stubEnv('AEGIS_KEY', key);
    inTurn([allowed]);
    await refund()({ order: 1 });
    expect(sent.map(({ headers }) => headers['authorization'])).toEqual([header, header]);
  });
});

describe('a call that is not allowed does not run', () => {
  it.each([
    ['the policy blocks', [{ allowed: false, status: 'blocked', reasons: ['no'] }], [], 'Denied', 'no'],
    [
      'a person denies',
      [pending],
      [{ status: 'denied', denied_because: 'not today' }],
      'Denied',
      'not today',
    ],
    ['nobody decided', [pending], [{ status: 'expired' }], 'Expired', 'expired'],
    ['was taken back', [pending], [{ status: 'cancelled', cancelled_because: 'x' }], 'Cancelled', 'x'],
    ['was superseded', [pending], [{ status: 'superseded', superseded_because: 'y' }], 'Cancelled', 'y'],
    ['somebody else used', [pending], [{ status: 'consumed' }], 'Cancelled', 'consumed'],
    ['is approved and still waits', [pending, pending], [{ status: 'approved' }], 'Cancelled', 'no longer'],
    ['nobody answers about', [new TypeError('fetch failed')], [], 'Unreachable', 'fetch failed'],
    ['the firewall can not decide', [busy], [], 'Unreachable', 'bus_unavailable'],
    ['nobody answers the wait for', [pending], [busy], 'Unreachable', 'bus_unavailable'],
    [
      'the firewall refuses',
      [[422, { code: 'invalid_request', detail: 'tool: required' }]],
      [],
      'Refused',
      'tool',
    ],
    ['has a wrong key', [[401, { code: 'unauthorized', detail: 'no' }]], [], 'Refused', 'unauthorized'],
    ['is answered by something else', [{}], [], 'Unreachable', 'none'],
    ['is allowed by half', [{ ...allowed, status: 'pending', approval_id: 7 }], [], 'Unreachable', 'none'],
    ['is said to be allowed, and is not', [{ ...allowed, allowed: 'true' }], [], 'Unreachable', 'none'],
  ] as [string, Said[], Said[], string, string][])(
    'where it %s',
    async (_what, enforces, waits, name, why) => {
      inTurn(enforces, waits);
      const failed = await refund({ decideWithinMs: 1_000 })({ order: 1 }).catch((thrown: unknown) => thrown);
      expect(failed).toMatchObject({ name, ran: false, message: expect.stringContaining(why) });
      expect(run).not.toHaveBeenCalled();
      expect(reports()).toEqual([]);
    },
  );

  it('one that nobody decides in time is taken back', async () => {
    inTurn([pending]);
    await expect(refund({ decideWithinMs: 0 })({ order: 1 })).rejects.toMatchObject({ name: 'Expired' });
    expect(paths().at(-1)).toBe('/approvals/apr_1/cancel');
    expect(run).not.toHaveBeenCalled();
  });

  it('its errors are told apart by class', async () => {
    inTurn([{ allowed: false, status: 'blocked', reasons: [] }]);
    const failed = await refund()({ order: 1 }).catch((thrown: unknown) => thrown);
    expect(failed).toBeInstanceOf(Denied);
    expect(failed).not.toBeInstanceOf(Refused);
    expect(failed).not.toBeInstanceOf(Unreachable);
  });
});

const coded = (code: string): Error => Object.assign(new Error('no'), { code });

describe('how it ended', () => {
  it.each([
    ['failed', false, new Error('no such order')],
    ['failed', false, coded('ECONNREFUSED')],
    ['failed', false, new TypeError('fetch failed', { cause: coded('ENOTFOUND') })],
  ])('an error is reported as %s and thrown as it is', async (ended, ok, error) => {
    inTurn([allowed]);
    run.mockRejectedValue(error);
    await expect(refund()({ order: 1 })).rejects.toBe(error);
    expect(reports()).toMatchObject([{ action: `run ${ended}`, ok }]);
  });

  it.each([
    coded('ECONNRESET'),
    new TypeError('fetch failed', { cause: coded('UND_ERR_SOCKET') }),
    new DOMException('time is up', 'TimeoutError'),
    new OutcomeUnknown('the bank said nothing'),
  ])('a lost answer is an unknown outcome, and neither success nor failure: %s', async (error) => {
    inTurn([allowed]);
    run.mockRejectedValue(error);
    await expect(refund()({ order: 1 })).rejects.toMatchObject({ name: 'OutcomeUnknown', ran: true });
    const [report] = reports();
    expect(report).toMatchObject({ action: 'run outcome unknown' });
    expect(report).not.toHaveProperty('ok');
    expect(run).toHaveBeenCalledOnce();
  });

  it('a result is not lost where its report is, and that is said', async () => {
    says = ({ path }) => (path === '/audit' ? busy : allowed);
    expect(await refund()({ order: 1 })).toBe('refunded 1');
    expect(unreported).toEqual([expect.any(Unreachable)]);
  });
});

it('is under 250 lines, and imports nothing but itself', () => {
  const files = readdirSync(import.meta.dirname).filter((name) => !name.includes('.test.'));
  const texts = files.map((name) => readFileSync(new URL(name, import.meta.url), 'utf8'));
  expect(texts.join('').trimEnd().split('\n').length).toBeLessThan(250);
  for (const [, from] of texts.join('').matchAll(/ from '([^']+)'/g)) expect(from).toMatch(/^\.\//);
});

describe('arguments that JSON can not say', () => {
  const circular: { self?: object } = {};
  circular.self = { in: [circular] };
  it.each<[string, unknown, string]>([
    ['a BigInt', { order: 1n }, 'args.order is a BigInt'],
    ['a number that is none', { items: [{ price: Number.NaN }] }, 'args.items.0.price is NaN'],
    ['no end', { order: Number.POSITIVE_INFINITY }, 'args.order is Infinity'],
    ['a function', { order: 1, next: () => 1 }, 'args.next is a function'],
    ['a symbol', { order: Symbol('x') }, 'args.order is a symbol'],
    ['a hole', { items: [undefined] }, 'args.items.0 is undefined'],
    ['nothing', undefined, 'args is undefined'],
    ['a Set', { tags: new Set(['x']) }, 'args.tags is a Set'],
    ['itself', circular, 'args.self.in.0 is inside itself'],
    [
      'what does not want to be written',
      {
        toJSON: () => {
          throw new Error('no');
        },
      },
      "args can't be written (no)",
    ],
  ])('are refused with their place, before anything is asked: %s', async (_, args, place) => {
    says = () => allowed;
    const refused = refund()(args as { order: number });
    await expect(refused).rejects.toThrow(Refused);
    await expect(refused).rejects.toThrow(
      `${place}, which JSON can't say: nothing was asked, and nothing ran`,
    );
    expect([sent, run.mock.calls]).toEqual([[], []]);
  });

  it('neither is what rules would see of them; a member that is undefined is one that is not there', async () => {
    says = () => allowed;
    const odd = guardWith()('a.b', run, () => ({ amount_cents: Number.NaN }));
    await expect(odd({ order: 1 })).rejects.toThrow("describe.amount_cents is NaN, which JSON can't say");
    expect(sent).toEqual([]);
    const given = { order: 17, note: undefined, at: new Date(0) };
    expect(await refund()(given)).toBe('refunded 17');
    expect(run.mock.calls).toEqual([[{ order: 17, at: '1970-01-01T00:00:00.000Z' }]]);
  });
});
