import type { WatchItem } from './item.ts';
import type { Connection } from './source.ts';
import {
  callRows,
  lastTop,
  moveTo,
  type Prompt,
  type Saying,
  SETTLED_AFTER_MS,
  type State,
  selected,
  withItem,
  withItems,
} from './state.ts';

/** A key: its name (`return`, `escape`, `up`, a letter), and the text that it types, if it does. */
export type Key = { readonly name?: string | undefined; readonly text?: string | undefined };

export type Action =
  | { readonly type: 'key'; readonly key: Key }
  | { readonly type: 'items'; readonly items: readonly WatchItem[] }
  | { readonly type: 'changed'; readonly item: WatchItem }
  /** What became of a decision that was sent, in words, and how it stands. */
  | { readonly type: 'answered'; readonly notice: string; readonly item?: WatchItem | undefined }
  /** A code that was drawn, in words: it is shown once. */
  | { readonly type: 'drawn'; readonly id: string; readonly text: string }
  | { readonly type: 'connection'; readonly is: Connection }
  | { readonly type: 'size'; readonly size: State['size'] }
  | { readonly type: 'tick' };

export type Effect =
  | { readonly type: 'quit' }
  | {
      readonly type: 'decide';
      readonly id: string;
      readonly saying: Saying;
      readonly reason: string | undefined;
    };

type Next = { readonly state: State; readonly effect?: Effect };

const MAX_REASON = 4096;

function decide(state: State, id: string, saying: Saying, reason?: string): Next {
  const effect: Effect = { type: 'decide', id, saying, reason };
  return { state: { ...state, prompt: { type: 'sending', id }, notice: '' }, effect };
}

/** The first of two steps. */
function begin(state: State, saying: Saying): Next {
  const item = selected(state);
  if (item === undefined) return { state };
  if (item.status !== 'pending') return { state: { ...state, notice: 'It no longer waits.' } };
  const { approval_id: id } = item;
  if (saying === 'deny') return { state: { ...state, prompt: { type: 'reason', id, saying, text: '' } } };
  if (state.nowMs - state.cursorSinceMs < SETTLED_AFTER_MS) {
    const deafUntilMs = state.nowMs + SETTLED_AFTER_MS;
    return {
      state: { ...state, deafUntilMs, notice: `It has just appeared: look first, then press ${saying[0]}.` },
    };
  }
  const prompt: Prompt = item.terms?.require_reason
    ? { type: 'reason', id, saying, text: '' }
    : { type: 'confirm', id, saying };
  return { state: { ...state, prompt } };
}

function move(state: State, by: number): State {
  if (state.screen === 'call') {
    return { ...state, top: Math.min(Math.max(state.top + by, 0), lastTop(state)) };
  }
  const at = state.items.findIndex((item) => item.approval_id === state.cursor);
  const to = Math.min(Math.max(at + by, 0), state.items.length - 1);
  return moveTo(state, state.items[to]?.approval_id);
}

const show = (state: State, screen: State['screen']): State =>
  selected(state) === undefined ? state : { ...state, screen, top: 0 };

/** Keys where nothing is asked. */
const KEYS: Readonly<Record<string, (state: State) => Next>> = {
  j: (state) => ({ state: move(state, 1) }),
  k: (state) => ({ state: move(state, -1) }),
  down: (state) => ({ state: move(state, 1) }),
  up: (state) => ({ state: move(state, -1) }),
  space: (state) => ({ state: move(state, callRows(state)) }),
  pagedown: (state) => ({ state: move(state, callRows(state)) }),
  b: (state) => ({ state: move(state, -callRows(state)) }),
  pageup: (state) => ({ state: move(state, -callRows(state)) }),
  home: (state) => ({ state: move(state, Number.NEGATIVE_INFINITY) }),
  end: (state) => ({ state: move(state, Number.POSITIVE_INFINITY) }),
  return: (state) => ({ state: show(state, 'call') }),
  escape: (state) => ({ state: show(state, 'list') }),
  a: (state) => begin(state, 'approve'),
  c: (state) => begin(state, 'code'),
  d: (state) => begin(state, 'deny'),
  q: (state) => ({ state, effect: { type: 'quit' } }),
};

function typeReason(state: State, prompt: Prompt & { type: 'reason' }, { name, text }: Key): Next {
  const write = (next: string): Next => ({
    state: { ...state, prompt: { ...prompt, text: next.slice(0, MAX_REASON) } },
  });
  if (name === 'escape') return { state: { ...state, prompt: undefined } };
  if (name === 'backspace') return write(Array.from(prompt.text).slice(0, -1).join(''));
  if (name !== 'return') return text === undefined ? { state } : write(prompt.text + text);
  const reason = prompt.text.trim();
  const isMissing = reason === '' && selected(state)?.terms?.require_reason;
  if (isMissing) return { state: { ...state, notice: 'This rule wants to know why.' } };
  return decide(state, prompt.id, prompt.saying, reason === '' ? undefined : reason);
}

function press(state: State, key: Key): Next {
  const { prompt } = state;
  if (key.name === 'ctrl-c') return { state, effect: { type: 'quit' } };
  if (state.nowMs < state.deafUntilMs)
    return { state: { ...state, deafUntilMs: state.nowMs + SETTLED_AFTER_MS } };
  if (prompt?.type === 'reason') return typeReason(state, prompt, key);
  if (prompt?.type === 'code')
    return { state: key.name === 'return' ? { ...state, prompt: undefined } : state };
  const quiet = { ...state, notice: '' };
  if (prompt?.type === 'confirm') {
    if (key.name === 'return') return decide(state, prompt.id, prompt.saying);
    return { state: { ...quiet, prompt: undefined, notice: 'Nothing was sent.' } };
  }
  const run = key.name !== undefined && Object.hasOwn(KEYS, key.name) ? KEYS[key.name] : undefined;
  const waits = prompt?.type === 'sending' && ['a', 'c', 'd'].includes(key.name ?? '');
  return run === undefined || waits ? { state } : run(quiet);
}

function answered(state: State, notice: string, item: WatchItem | undefined): State {
  const prompt = state.prompt?.type === 'sending' ? undefined : state.prompt;
  const next = { ...state, prompt, notice };
  return item === undefined ? next : { ...withItem(next, item), notice };
}

/** What the screen shows next, and what is to be done. Pure: the time comes with the action. */
export function update(before: State, action: Action, nowMs: number): Next {
  const state = { ...before, nowMs };
  switch (action.type) {
    case 'key':
      return press(state, action.key);
    case 'items':
      return { state: withItems(state, action.items) };
    case 'changed':
      return { state: withItem(state, action.item) };
    case 'answered':
      return { state: answered(state, action.notice, action.item) };
    case 'drawn':
      return { state: { ...state, prompt: { type: 'code', id: action.id, text: action.text } } };
    case 'connection':
      return { state: { ...state, connection: action.is } };
    case 'size':
      return { state: move({ ...state, size: action.size }, 0) };
    case 'tick':
      return { state };
  }
}
