/** What the parser of the command line says of a value, as every other door says it: the name, and what is expected. */
const OF_VALUE =
  /^(?:option|command-argument)(?: '(-[^ ']*)[^']*' argument| value) '.*' is invalid(?: for argument '(.*)')?\. (.*)$/s;

/** The same of a value that is not there. */
const MISSING = [
  /^option '(?:-\w, )?(-[^ ']*)[^']*' argument missing/,
  /^required option '(?:-\w, )?(-[^ ']*)[^']*' not specified/,
  /^missing required argument '([^']*)'/,
];

/** A name that nobody knows, and what is like it. */
const UNKNOWN = /^unknown (option|command) '(.*?)'(?:\n\(Did you mean (?:one of )?(.*)\?\))?$/s;

/** More words than the command takes; the words are the rest of the line. */
const TOO_MANY = /^too many arguments(?: for '(.*?)')?\. Expected (\d+) arguments? but got \d+: (.*)\.$/s;

const countOf = (expected: string): string =>
  ({ 0: 'no value', 1: 'one value' })[Number(expected)] ?? `${expected} values`;

function sayUnknown(plain: string): string | undefined {
  const [, kind, name, like] = UNKNOWN.exec(plain) ?? [];
  if (name === undefined) return undefined;
  const guess = like === undefined ? '' : ` Did you mean ${like.replaceAll(', ', ' or ')}?`;
  return `${name}: there is no such ${kind}.${guess} --help lists what there is.`;
}

function sayTooMany(plain: string): string | undefined {
  const [, command, expected, words] = TOO_MANY.exec(plain) ?? [];
  if (expected === undefined) return undefined;
  return `${command ?? 'aegis'}: takes ${countOf(expected)}, and here are more: ${words}. A value with blanks in it wants quotes; --help lists what it takes.`;
}

/** What is wrong with a command line, from what commander says of it: the name, what is expected, and the remedy. */
export function sayUsage(message: string): string {
  const plain = message.replace(/^error: /, '');
  const [missing] = MISSING.flatMap((shape) => shape.exec(plain)?.[1] ?? []);
  if (missing !== undefined) return `${missing}: required`;
  const [, option, argument, why] = OF_VALUE.exec(plain) ?? [];
  if (why !== undefined)
    return `${option ?? argument ?? 'a value'}: ${why.replace(/^Allowed choices are/, 'expected one of')}`;
  return sayUnknown(plain) ?? sayTooMany(plain) ?? plain;
}
