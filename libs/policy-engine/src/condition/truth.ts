/** What a condition comes to. `unknown` is a condition that can't be evaluated: a key is missing, a type is another. */
export type Truth = 'holds' | 'fails' | 'unknown';

/** Something that comes to a truth, for a given call. */
interface Part<T> {
  test(subject: T): Truth;
}

/** One that fails decides; without one, an unknown does. */
export function joinAll<T>(parts: readonly Part<T>[], subject: T): Truth {
  let joined: Truth = 'holds';
  for (const part of parts) {
    const truth = part.test(subject);
    if (truth === 'fails') return truth;
    if (truth === 'unknown') joined = truth;
  }
  return joined;
}

/** One that holds decides; without one, an unknown does. */
export function joinAny<T>(parts: readonly Part<T>[], subject: T): Truth {
  let joined: Truth = 'fails';
  for (const part of parts) {
    const truth = part.test(subject);
    if (truth === 'holds') return truth;
    if (truth === 'unknown') joined = truth;
  }
  return joined;
}

/** What is not known stays so when it is turned round. */
export function negate(truth: Truth): Truth {
  if (truth === 'unknown') return truth;
  return truth === 'holds' ? 'fails' : 'holds';
}

export function truthOf(value: boolean): Truth {
  return value ? 'holds' : 'fails';
}

/** What a condition may come to, where not everything about the call is known yet. */
export type Outlook = Readonly<Record<Truth, boolean>>;

export const ANYTHING: Outlook = { holds: true, fails: true, unknown: true };

export function certainly(truth: Truth): Outlook {
  return { holds: truth === 'holds', fails: truth === 'fails', unknown: truth === 'unknown' };
}

export function foreseeAll(parts: readonly Outlook[]): Outlook {
  return {
    holds: parts.every(({ holds }) => holds),
    fails: parts.some(({ fails }) => fails),
    unknown: parts.some(({ unknown }) => unknown) && parts.every(({ holds, unknown }) => holds || unknown),
  };
}

export function foreseeNot({ holds, fails, unknown }: Outlook): Outlook {
  return { holds: fails, fails: holds, unknown };
}

export function foreseeAny(parts: readonly Outlook[]): Outlook {
  return foreseeNot(foreseeAll(parts.map(foreseeNot)));
}
