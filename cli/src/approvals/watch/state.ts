import type { Verdict } from '@aegis/contracts/approvals';
import { describeCall } from './describe.ts';
import type { WatchItem } from './item.ts';
import type { Connection } from './source.ts';

/** What a person may say here: a code is their yes, waiting to be spoken. */
export type Saying = Verdict | 'code';

/** What a person is being asked, at the foot of the screen. */
export type Prompt =
  | { readonly type: 'confirm'; readonly id: string; readonly saying: Exclude<Saying, 'deny'> }
  | { readonly type: 'reason'; readonly id: string; readonly saying: Saying; readonly text: string }
  | { readonly type: 'sending'; readonly id: string }
  /** Shown once: it stands until they have it. */
  | { readonly type: 'code'; readonly id: string; readonly text: string };

export type State = {
  /** Soonest deadline first: what waits, and what is under the cursor, whatever became of it. */
  readonly items: readonly WatchItem[];
  /** The approval id under the cursor. */
  readonly cursor: string | undefined;
  /** Since when, in milliseconds: nobody has seen it before. */
  readonly cursorSinceMs: number;
  readonly screen: 'list' | 'call';
  /** The first line of the call that is shown. */
  readonly top: number;
  readonly prompt: Prompt | undefined;
  readonly notice: string;
  /** Until when keys press nothing: who typed ahead meant another screen. Each key puts it off. */
  readonly deafUntilMs: number;
  readonly connection: Connection;
  readonly size: { readonly columns: number; readonly rows: number };
  readonly nowMs: number;
};

/** Header, notice and help, and a line of the whole call that says where one is. */
const CALL_CHROME = 4;

/** An item has been there so long before a key can approve it. */
export const SETTLED_AFTER_MS = 500;

export const initialState = (size: State['size'], nowMs: number): State => ({
  items: [],
  cursor: undefined,
  cursorSinceMs: nowMs,
  screen: 'list',
  top: 0,
  prompt: undefined,
  notice: '',
  deafUntilMs: 0,
  connection: 'connecting',
  size,
  nowMs,
});

export const selected = ({ items, cursor }: State): WatchItem | undefined =>
  items.find((item) => item.approval_id === cursor);

/** Lines of the call that have room. */
export const callRows = ({ size }: State): number => Math.max(size.rows - CALL_CHROME, 1);

/** The last line that can be at the top. */
export function lastTop(state: State): number {
  const item = selected(state);
  const lines = item === undefined ? 0 : describeCall(item, state.size.columns).length;
  return Math.max(lines - callRows(state), 0);
}

const sooner = (a: WatchItem, b: WatchItem): number =>
  Date.parse(a.decide_by) - Date.parse(b.decide_by) || (a.approval_id < b.approval_id ? -1 : 1);

/** Puts the cursor on another item: from now on it is new to the eye. What is over and no longer under it goes. */
export function moveTo(state: State, id: string | undefined): State {
  if (id === state.cursor) return state;
  const items = state.items.filter((item) => item.status === 'pending' || item.approval_id === id);
  return {
    ...state,
    items,
    cursor: id,
    cursorSinceMs: state.nowMs,
    screen: 'list',
    top: 0,
    prompt: undefined,
  };
}

const onSomething = (state: State): State =>
  selected(state) === undefined ? moveTo(state, state.items[0]?.approval_id) : state;

/** All that waits. What is under the cursor stays there, for nobody's key must meet another one. */
export function withItems(state: State, items: readonly WatchItem[]): State {
  const under = selected(state);
  const isThere = under === undefined || items.some((item) => item.approval_id === under.approval_id);
  const all = isThere ? items : [...items, { ...under, status: 'no longer waits' }];
  return onSomething(dropPrompt({ ...state, items: all.toSorted(sooner) }));
}

/** One changed: it is put in its place, and goes where it is over and not under the cursor. */
export function withItem(state: State, item: WatchItem): State {
  const others = state.items.filter((other) => other.approval_id !== item.approval_id);
  const stays = item.status === 'pending' || item.approval_id === state.cursor;
  const items = stays ? [...others, item].toSorted(sooner) : others;
  return onSomething(dropPrompt({ ...state, items }));
}

/** A question about what no longer waits is not asked any more. */
function dropPrompt(state: State): State {
  const { prompt } = state;
  if (prompt === undefined || prompt.type === 'sending' || prompt.type === 'code') return state;
  const item = state.items.find((one) => one.approval_id === prompt.id);
  if (item?.status === 'pending') return state;
  return { ...state, prompt: undefined, notice: 'It no longer waits: nothing was sent.' };
}
