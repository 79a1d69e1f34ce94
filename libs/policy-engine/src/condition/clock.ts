const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

/** A day as a policy writes it. */
export type Weekday = (typeof WEEKDAYS)[number];

export function isWeekday(value: unknown): value is Weekday {
  return WEEKDAYS.some((weekday) => weekday === value);
}

export const EXPECTED_WEEKDAY: string = `expected one of ${WEEKDAYS.join(', ')}`;

/** The hour (0 to 23) and the day that it is somewhere. */
export interface LocalTime {
  readonly hour: number;
  readonly weekday: Weekday;
}

/** What a moment is called in a time zone; undefined for a date that is none. */
export type Clock = (at: Date) => LocalTime | undefined;

export const DEFAULT_TIMEZONE = 'UTC';

/** Whether this names a time zone of the IANA database. Offsets such as `+01:00` know no summer time and don't count. */
export function isTimezone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    return formatFor(name) !== undefined;
  } catch {
    return false;
  }
}

/**
 * Remembers the last second: formatting takes longer than all the rest of a decision. A format takes longer still to
 * make, and few policies ask for the time.
 */
export function createClock(timezone: string): Clock {
  let format: Intl.DateTimeFormat | undefined;
  let lastSecond = Number.NaN;
  let last: LocalTime | undefined;
  return (at) => {
    const second = Math.floor(at.getTime() / 1000);
    if (Number.isNaN(second)) return undefined;
    if (second !== lastSecond) {
      format ??= formatFor(timezone);
      last = readParts(format.formatToParts(at));
      lastSecond = second;
    }
    return last;
  };
}

function formatFor(timeZone: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat('en-US', { timeZone, weekday: 'short', hour: '2-digit', hourCycle: 'h23' });
}

function readParts(parts: readonly Intl.DateTimeFormatPart[]): LocalTime | undefined {
  const partOf = (type: string) => parts.find((part) => part.type === type)?.value ?? '';
  const hour = Number.parseInt(partOf('hour'), 10);
  const weekday = partOf('weekday').toLowerCase();
  return isWeekday(weekday) && Number.isInteger(hour) ? { hour, weekday } : undefined;
}
