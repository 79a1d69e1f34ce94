import { readSecretLine } from '../../approval-code.ts';
import { type ApproverOptions, type Bearer, bearer, givenSecret } from '../../approver-credential.ts';
import { CliError } from '../../cli-error.ts';
import { visible } from '../../format/visible.ts';
import { DrawnAnswer } from '../../gateway/answers.ts';
import { ask } from '../../gateway/client.ts';
import type { Host } from '../../host.ts';
import { drawing } from '../code.ts';
import { sendVerdict, standingIn, standingOf, withStanding } from '../decide.ts';
import { WatchItem } from './item.ts';
import { type FindGateway, followApprovals } from './source.ts';
import { initialState } from './state.ts';
import { openTerminal } from './terminal.ts';
import { type Action, type Effect, update } from './update.ts';
import { view } from './view.ts';

const TICK_MS = 1_000;
const QUESTION = "Approver's key or approval code (enter nothing to look only): ";
const END_SIGNALS = ['SIGTERM', 'SIGHUP', 'SIGINT'] as const;

/** Sends what a person decided, and says what became of it. Never throws: the watch goes on. */
async function carryOut(
  find: FindGateway,
  credential: Bearer | undefined,
  { id, saying, reason }: Extract<Effect, { type: 'decide' }>,
): Promise<Action> {
  if (credential === undefined) {
    return { type: 'answered', notice: 'You only look: start again with a key or the code to decide.' };
  }
  try {
    const base = await find();
    if (saying === 'code') {
      const { code, until } = await ask(
        base,
        { ...drawing(id, { reason }), headers: credential },
        DrawnAnswer,
      );
      const text = `${visible(code)} until ${visible(until)}: tell it to who asked`;
      return { type: 'drawn', id, text };
    }
    const answer = await sendVerdict(base, id, saying, { reason }, credential);
    const item = WatchItem.safeParse(answer).data;
    return { type: 'answered', notice: `${standingOf(answer)}: ${answer.tool}`, item };
  } catch (thrown) {
    const standing = standingIn(thrown);
    const item = WatchItem.safeParse(standing).data;
    const detail = thrown instanceof CliError ? thrown.problem.detail : String(thrown);
    return { type: 'answered', notice: standing ? withStanding(detail, standing) : detail, item };
  }
}

async function credentialFor(host: Host, options: ApproverOptions): Promise<Bearer | undefined> {
  const secret = givenSecret(host, options) ?? (await readSecretLine(host, QUESTION));
  return secret === '' ? undefined : bearer(secret);
}

/** The watch on the whole terminal, until somebody quits it. The terminal is given back as it was, whatever happens. */
export async function watchWithKeys(host: Host, find: FindGateway, options: ApproverOptions): Promise<void> {
  const credential = await credentialFor(host, options);
  const ending = new AbortController();
  const quit = (): void => ending.abort();
  const terminal = openTerminal(host, (key) => act({ type: 'key', key }));
  let state = initialState(terminal.size(), Date.now());

  function act(action: Action): void {
    if (ending.signal.aborted) return;
    const next = update(state, action, Date.now());
    ({ state } = next);
    terminal.draw(view(state));
    if (next.effect?.type === 'quit') quit();
    else if (next.effect) void carryOut(find, credential, next.effect).then(act);
  }
  const tick = setInterval(() => {
    const size = terminal.size();
    const changed = size.columns !== state.size.columns || size.rows !== state.size.rows;
    act(changed ? { type: 'size', size } : { type: 'tick' });
  }, TICK_MS);
  for (const signal of END_SIGNALS) process.once(signal, quit);
  try {
    act({ type: 'tick' });
    const watcher = {
      items: (items: WatchItem[]) => act({ type: 'items', items }),
      changed: (item: WatchItem) => act({ type: 'changed', item }),
      connection: (is: 'connecting' | 'live' | 'lost') => act({ type: 'connection', is }),
    };
    await followApprovals(host, find, watcher, ending.signal);
  } finally {
    clearInterval(tick);
    for (const signal of END_SIGNALS) process.removeListener(signal, quit);
    terminal.close();
  }
}
