import { isWeekday } from '../condition/clock.ts';
import { isMapping } from '../condition/mapping.ts';
import { hasRoom, oneFits, type Said, saidOf, textsMeet, valuesOf } from './values.ts';

const HOURS = Array.from({ length: 24 }, (_, hour) => hour);
const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'].filter(isWeekday);
const AT_ONCE = 'nothing is all of this at once, so this never holds';

/** Why nothing is as all of this says of one field, in words; undefined where something may be. */
export function neverHolds(field: string, said: readonly Said[]): string | undefined {
  if (field === 'time.hour') return oneFits(HOURS, said) ? undefined : noHour(said);
  if (field === 'time.weekday') return oneFits(WEEKDAYS, said) ? undefined : AT_ONCE;
  const isAbsent = said.some(([name, operand]) => name === 'exists' && operand === false);
  if (isAbsent)
    return said.length > 1 ? 'what is not there can be nothing else, so this never holds' : undefined;
  const ignoresCase = said.some(([name, operand]) => name === 'ignore_case' && operand === true);
  const values = ignoresCase ? undefined : valuesOf(said);
  if (values !== undefined && !oneFits(values, said)) return AT_ONCE;
  if (!hasRoom(said, field === 'amount_cents')) return AT_ONCE;
  if (!ignoresCase && !textsMeet(said)) return AT_ONCE;
  return said.map(inside).find((why) => why !== undefined);
}

/** The same of a length, and of the elements of a list. */
function inside([name, operand]: Said): string | undefined {
  if (!isMapping(operand)) return undefined;
  const said = saidOf(operand);
  if (name === 'length') {
    const values = valuesOf(said);
    return hasRoom(said, true) && (values === undefined || oneFits(values, said)) ? undefined : AT_ONCE;
  }
  return name === 'every' || name === 'some' ? neverHolds('an element', said) : undefined;
}

function noHour(said: readonly Said[]): string {
  const from = said.find(([name]) => name === 'gte' || name === 'gt');
  const to = said.find(([name]) => name === 'lte' || name === 'lt');
  if (from === undefined || to === undefined || !hasHour(from) || !hasHour(to))
    return 'no hour is so, as hours are 0 to 23: this never holds';
  const [start, end] = [from, to].map(([name, hour]) => `{time.hour: {${name}: ${String(hour)}}}`);
  return Number(from[1]) > Number(to[1])
    ? `no hour is both, so this never holds; over midnight it is any: [${start}, ${end}]`
    : AT_ONCE;
}

const hasHour = (bound: Said): boolean => oneFits(HOURS, [bound]);
