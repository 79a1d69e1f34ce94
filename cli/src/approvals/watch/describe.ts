import { wrap } from '../../format/columns.ts';
import { toSafeJson, visible } from '../../format/visible.ts';
import { standingOf } from '../decide.ts';
import type { WatchItem } from './item.ts';

const LABEL = 12;

/** Money, with the cents that it is. */
export const money = (cents: number): string => `${(cents / 100).toFixed(2)} (${cents} cents)`;

function who({ terms }: WatchItem): string | undefined {
  const quorum = terms?.quorum ?? 1;
  const approvers = terms?.approvers?.join(', ');
  if (quorum === 1 && approvers === undefined) return undefined;
  return `${quorum === 1 ? 'one' : quorum} of ${approvers ?? 'all approvers'}`;
}

/** Name and value of all that one has to know, what will run first. */
function facts(item: WatchItem): [string, string | undefined | null][] {
  const { rule } = item;
  return [
    ['tool', item.tool],
    ['server', item.server],
    ['op', item.op],
    ['amount', typeof item.amount_cents === 'number' ? money(item.amount_cents) : undefined],
    ['agent', item.principal],
    ...item.reasons.map((reason): [string, string] => ['why asked', reason]),
    ['rule', rule ? `${rule.index}: ${rule.match}` : undefined],
    ['may decide', who(item)],
    ['status', standingOf(item)],
    ['decide by', item.decide_by],
    ['agent says', item.reason ? `“${item.reason}” (its own words, not checked)` : undefined],
    ['id', item.approval_id],
  ];
}

const show = (all: [string, string | undefined | null][]): string[] =>
  all.flatMap(([name, value]) => (value ? [`${name.padEnd(LABEL)}${visible(value)}`] : []));

/** A value as JSON, under its name. */
const json = (name: string, value: Record<string, unknown>): string[] => {
  const [first = '', ...rest] = toSafeJson(value, 2).split('\n');
  return [`${name.padEnd(LABEL)}${first}`, ...rest];
};

const sentOf = ({ args, input }: WatchItem): string[] => [
  ...json('args', args ?? {}),
  ...(input ? json('also sent', input) : []),
];

function lay(item: WatchItem, columns: number): string[] {
  const sent = item.unreadable ? show([['args', item.unreadable]]) : sentOf(item);
  const [what, others] = [facts(item).slice(0, 4), facts(item).slice(4)];
  return [...show(what), ...sent, ...show(others)].flatMap((line) => wrap(line, columns));
}

const laid = new WeakMap<WatchItem, { columns: number; lines: string[] }>();

/** The whole call on lines of at most so many columns, its arguments never cut, whatever is in them made visible. */
export function describeCall(item: WatchItem, columns: number): readonly string[] {
  const before = laid.get(item);
  if (before?.columns === columns) return before.lines;
  const lines = lay(item, columns);
  laid.set(item, { columns, lines });
  return lines;
}
