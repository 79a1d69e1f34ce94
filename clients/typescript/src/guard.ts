import { type Answer, type Ask, createAsk } from './ask.ts';
import { Cancelled, Denied, Expired, isLostAnswer, OutcomeUnknown, Unreachable } from './errors.ts';
import { jsonCopy } from './json-copy.ts';

export type GuardOptions = {
  /** Where the firewall is; `AEGIS_URL`, else http://127.0.0.1:8000. */
  readonly url?: string;
  /** The agent's key; `AEGIS_KEY` where there is one. */
  readonly key?: string;
  /** How long a person has, in milliseconds: an hour. */
  readonly decideWithinMs?: number;
  /** How long the firewall may be away, in milliseconds: 30 s. */
  readonly answerWithinMs?: number;
  /** Hears why a run that took place could not be reported; a warning where nobody listens. */
  readonly onUnreported?: (why: unknown) => void;
  readonly fetch?: typeof fetch;
};
/** What rules see of a call beside its arguments. */
export type Described = { readonly op?: string; readonly amount_cents?: number };
/** `runKey` names this run: the same key is the same question. `reason` is read by the person who decides. */
export type RunOptions = { readonly runKey?: string; readonly reason?: string };

const WAIT_S = 30;
const HOUR_MS = 3_600_000;
const warn = (why: unknown): void =>
  globalThis.process?.emitWarning(`a run was not reported: ${String(why)}`);
const environment = (name: string): string | undefined => globalThis.process?.env[name] || undefined;
const post = (path: string, body: object) => ({ method: 'POST' as const, path, text: JSON.stringify(body) });

/** Asks until the call is allowed. @throws Denied, Expired, Cancelled, Refused, Unreachable */
async function permit(ask: Ask, call: object, withinMs: number, answerMs: number): Promise<Answer> {
  const untilMs = Date.now() + withinMs;
  for (let approved: unknown; ; ) {
    const question = { ...post('/guard/enforce', call), idempotencyKey: crypto.randomUUID() };
    const answer = await ask(question, answerMs);
    if (answer['allowed'] === true && answer['status'] === 'allowed') return answer;
    if (answer['status'] === 'blocked') throw new Denied([answer['reasons']].flat().join('; '));
    const id = answer['approval_id'];
    if (answer['status'] !== 'pending' || typeof id !== 'string')
      throw new Unreachable('the firewall gave an answer that is none');
    if (id === approved) throw new Cancelled(`${id}: approved, and no longer for this call`);
    await decided(ask, encodeURIComponent(id), untilMs, answerMs);
    approved = id;
  }
}

/** Waits until a person has approved. @throws as `permit` */
async function decided(ask: Ask, id: string, untilMs: number, answerMs: number): Promise<void> {
  for (;;) {
    const waitS = Math.min(WAIT_S, Math.ceil((untilMs - Date.now()) / 1000));
    if (waitS <= 0) {
      const back = post(`/approvals/${id}/cancel`, { reason: 'The agent no longer waits.' });
      await ask(back, answerMs).catch(() => undefined);
      throw new Expired(`nobody decided ${id} in time`);
    }
    const path = `/approvals/${id}?wait=${waitS}s`;
    const { status, ...approval } = await ask({ method: 'GET', path }, waitS * 1000 + answerMs);
    if (status === 'approved') return;
    const because = [
      approval['denied_because'],
      approval['cancelled_because'],
      approval['superseded_because'],
    ];
    const why = `${id}: ${String(because.find((one) => one !== undefined) ?? status)}`;
    if (status === 'denied') throw new Denied(why);
    if (status === 'expired') throw new Expired(why);
    if (status !== 'pending') throw new Cancelled(why);
  }
}

/**
 * A guard: `guard(tool, run)` is `run`, asked for. Each time it asks the firewall, waits for a person where one has to
 * decide, calls `run` once with the arguments that were asked about, and reports how that ended (`POST /audit`). Whatever
 * goes wrong before is an error, and `run` is not called.
 */
export function createGuard(options: GuardOptions = {}) {
  const { decideWithinMs = HOUR_MS, answerWithinMs = 30_000, onUnreported = warn } = options;
  const url = (options.url ?? environment('AEGIS_URL') ?? 'http://127.0.0.1:8000').replace(/\/$/, '');
  const key = options.key ?? environment('AEGIS_KEY');
  const ask = createAsk(url, key, options.fetch ?? fetch);
  const report = (tool: string, ended: string, ok: boolean | undefined, about: object): Promise<unknown> =>
    ask(
      post('/audit', { action: `run ${ended}`, tool, ok, note: JSON.stringify(about) }),
      answerWithinMs,
    ).catch(onUnreported);
  return <A extends object, R>(
    tool: string,
    run: (args: A) => R | Promise<R>,
    describe: (args: A) => Described = () => ({}),
  ) =>
    async (given: A, { runKey = crypto.randomUUID(), reason }: RunOptions = {}): Promise<R> => {
      // What is asked about is what runs, whatever becomes of the caller's object meanwhile.
      const args = jsonCopy(given, 'args');
      const call = { tool, ...jsonCopy(describe(args), 'describe'), args, meta: { run_key: runKey, reason } };
      const answer = await permit(ask, call, decideWithinMs, answerWithinMs);
      const about = {
        run_key: runKey,
        approval_id: answer['approval_id'],
        decision_id: answer['decision_id'],
      };
      let result: R;
      try {
        result = await run(args);
      } catch (thrown) {
        const isUnknown = isLostAnswer(thrown);
        await report(tool, isUnknown ? 'outcome unknown' : 'failed', isUnknown ? undefined : false, about);
        if (!isUnknown || thrown instanceof OutcomeUnknown) throw thrown;
        throw new OutcomeUnknown(`${tool} may have run: its answer was lost`, { cause: thrown });
      }
      await report(tool, 'succeeded', true, about);
      return result;
    };
}
