import { columnsOf, fit } from '../../format/columns.ts';
import { visible } from '../../format/visible.ts';
import { describeCall } from './describe.ts';
import type { WatchItem } from './item.ts';
import { callRows, lastTop, type Saying, type State, selected } from './state.ts';

const MOST_ROWS_OF_LIST = 8;
/** Header, line between, notice, help. */
const LIST_CHROME = 4;
const TOOL = 26;
const AMOUNT = 14;
const LEFT = 7;

const twoDigits = (n: number): string => String(n).padStart(2, '0');

/** How long a person has, such as `59:12`. */
export function timeLeft({ status, decide_by }: WatchItem, nowMs: number): string {
  if (status !== 'pending') return status;
  const seconds = Math.floor((Date.parse(decide_by) - nowMs) / 1000);
  if (seconds <= 0) return 'overdue';
  if (seconds >= 360_000) return `${Math.floor(seconds / 86_400)}d`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 100) return `${minutes}:${twoDigits(seconds % 60)}`;
  return `${Math.floor(minutes / 60)}h${twoDigits(minutes % 60)}`;
}

function row(item: WatchItem, { cursor, nowMs, size }: State): string {
  const mark = item.approval_id === cursor ? '>' : ' ';
  const amount = typeof item.amount_cents === 'number' ? (item.amount_cents / 100).toFixed(2) : '';
  const cells = [
    fit(visible(timeLeft(item, nowMs)), LEFT),
    fit(visible(item.tool), TOOL),
    amount.padStart(AMOUNT),
    visible(item.principal),
  ];
  return fit(`${mark} ${cells.join('  ')}`, size.columns);
}

function header({ items, connection, size }: State): string {
  const waiting = items.filter((item) => item.status === 'pending').length;
  const left = `AegisMCP  ${waiting === 0 ? 'nothing waits' : `${waiting} waiting`}`;
  const right = { live: 'live', connecting: 'connecting…', lost: 'CONNECTION LOST, trying again' }[
    connection
  ];
  const gap = size.columns - columnsOf(left) - columnsOf(right);
  return fit(`${left}${' '.repeat(Math.max(gap, 1))}${right}`, size.columns);
}

/** What is asked for why, and what enter does then. */
const ASKS: Readonly<Record<Saying, readonly [asks: string, does: string]>> = {
  approve: ['Approve, because: ', 'approves'],
  code: ['A code, because: ', 'draws it'],
  deny: ['Deny, because: ', 'denies'],
};

function foot(state: State): [string, string] {
  const { prompt, screen } = state;
  const tool = visible(selected(state)?.tool ?? '');
  if (prompt?.type === 'confirm')
    return prompt.saying === 'code'
      ? [`Draw a code for ${tool}, which is your yes?`, 'enter draws it · any other key does not']
      : [`Approve ${tool}?`, 'enter approves · any other key does not'];
  if (prompt?.type === 'code') return [prompt.text, 'enter, when you have it: it is shown once'];
  if (prompt?.type === 'sending') return ['Sending…', 'q quit'];
  if (prompt?.type === 'reason') {
    const [asks, does] = ASKS[prompt.saying];
    const room = state.size.columns - asks.length - 1;
    const typed = Array.from(visible(prompt.text));
    return [
      `${asks}${typed.slice(-Math.max(Math.floor(room / 2), 1)).join('')}▏`,
      `enter ${does} · esc back`,
    ];
  }
  const keys = screen === 'call' ? 'j/k space/b scroll · esc list' : 'j/k move · enter the whole call';
  return [visible(state.notice), `${keys} · a approve · c code · d deny · q quit`];
}

/** As many rows as have room, the one under the cursor among them. */
function listRows(state: State): string[] {
  const { items, cursor, size } = state;
  const room = Math.min(MOST_ROWS_OF_LIST, Math.max(size.rows - LIST_CHROME, 1));
  const at = Math.max(
    items.findIndex((item) => item.approval_id === cursor),
    0,
  );
  const from = Math.min(Math.max(at - Math.floor(room / 2), 0), Math.max(items.length - room, 0));
  return items.slice(from, from + room).map((item) => row(item, state));
}

function listBody(state: State, rows: number): string[] {
  const item = selected(state);
  if (item === undefined) return ['', 'Nothing waits for a person.'];
  const list = listRows(state);
  const room = rows - list.length - 1;
  const lines = describeCall(item, state.size.columns);
  if (lines.length <= room) return [...list, '─'.repeat(state.size.columns), ...lines];
  const shown = lines.slice(0, Math.max(room - 1, 0));
  const more = `… ${lines.length - shown.length} more lines: press enter to read all of it`;
  return [...list, '─'.repeat(state.size.columns), ...shown, more];
}

function callBody(state: State): string[] {
  const item = selected(state);
  if (item === undefined) return [];
  const lines = describeCall(item, state.size.columns);
  const top = Math.min(state.top, lastTop(state));
  const shown = lines.slice(top, top + callRows(state));
  const place = `── lines ${top + 1} to ${top + shown.length} of ${lines.length} `;
  return [...shown, fit(place.padEnd(state.size.columns, '─'), state.size.columns)];
}

/** The screen, line by line: exactly as many as it has rows, none wider than it is. */
export function view(state: State): string[] {
  const { columns, rows } = state.size;
  const [notice, help] = foot(state);
  const room = Math.max(rows - 3, 0);
  const body = (state.screen === 'call' ? callBody(state) : listBody(state, room)).slice(0, room);
  const filled = [...body, ...Array<string>(room - body.length).fill('')];
  return [header(state), ...filled, notice, help].slice(0, rows).map((line) => fit(line, columns));
}
