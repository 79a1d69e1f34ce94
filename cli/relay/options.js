// @ts-check
import { parseArgs } from 'node:util';

/**
 * What `aegis wrap` was told. `hold` in milliseconds; `serverEnv` names variables that are the server's alone.
 *
 * @typedef {{ name: string, hold: number, record: string, showDenied?: boolean, recordInBackground?: boolean,
 *   serverEnv?: string[] }} WrapOptions
 */

const NAME = /^[A-Za-z0-9_-]{1,64}$/;
const TIME = /^(\d{1,9})(ms|s|m)$/;
/** @type {Readonly<Record<string, number>>} */
const UNIT_MS = { ms: 1, s: 1_000, m: 60_000 };
const MAX_HOLD_MS = 3_600_000;
const RECORD_MODES = ['none', 'digest', 'redacted', 'full'];

/** @param {string} text */
function parseHold(text) {
  const [, count, unit = ''] = TIME.exec(text) ?? [];
  const ms = Number(count) * (UNIT_MS[unit] ?? Number.NaN);
  return ms <= MAX_HOLD_MS ? ms : undefined;
}

/** @param {readonly string[]} args */
function parseWords(args) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        name: { type: 'string' },
        hold: { type: 'string', default: '50s' },
        record: { type: 'string', default: 'redacted' },
        'show-denied': { type: 'boolean' },
        'record-in-background': { type: 'boolean' },
        'server-env': { type: 'string', multiple: true },
      },
    }).values;
  } catch {
    return undefined;
  }
}

/**
 * The options, the command and its arguments of `aegis wrap [options] -- command [args...]`. Undefined where anything about
 * them is unusual: the whole command line knows what to say then.
 *
 * @param {readonly string[]} args what comes after `wrap`
 * @returns {{ options: WrapOptions, command: string, args: string[] } | undefined}
 */
export function parseWrap(args) {
  const end = args.indexOf('--');
  const command = args[end + 1];
  const words = end < 0 ? undefined : parseWords(args.slice(0, end));
  if (words === undefined || command === undefined) return undefined;
  const { name = '', record } = words;
  const hold = parseHold(words.hold);
  if (!NAME.test(name) || hold === undefined || !RECORD_MODES.includes(record)) return undefined;
  const options = {
    name,
    hold,
    record,
    ...(words['show-denied'] && { showDenied: true }),
    ...(words['record-in-background'] && { recordInBackground: true }),
    ...(words['server-env'] && { serverEnv: words['server-env'] }),
  };
  return { options, command, args: args.slice(end + 2) };
}
