import type { JsonMembers } from '@aegis/kit/json';

const EXPRESSION = /\{([+#./;?&]?)([^{}]*)\}/g;
/** One variable, and how many characters of it are taken, where that is said. */
const VARIABLE = /^([^:*]*)(?::(\d+))?/;

/** What stands before the first value of an expression, and between the others; `named` where each has its name. */
const OPERATORS: Readonly<Record<string, readonly [first: string, between: string, named?: 'named']>> = {
  '': ['', ','],
  '+': ['', ','],
  '#': ['#', ','],
  '.': ['.', '.'],
  '/': ['/', '/'],
  ';': [';', ';', 'named'],
  '?': ['?', '&', 'named'],
  '&': ['&', '&', 'named'],
};

/**
 * A template (RFC 6570, section 3.2) with the values that are there so far, none of them encoded, as whoever serves it may
 * read them; an expression that has none stands as it is written. Undefined where a value is longer than the template
 * takes of it: some would cut it there and some not.
 */
export function filledIn(template: string, values: JsonMembers): string | undefined {
  let isCut = false;
  const filled = template.replace(EXPRESSION, (expression, operator: string, names: string) => {
    const [first, between, named] = OPERATORS[operator] ?? ['', ','];
    const found = names.split(',').flatMap((variable) => {
      const [, name = '', most] = VARIABLE.exec(variable.trim()) ?? [];
      const value = Object.hasOwn(values, name) ? values[name] : undefined;
      if (typeof value !== 'string' || value === '') return [];
      isCut ||= most !== undefined && value.length > Number(most);
      return [named ? `${name}=${value}` : value];
    });
    return found.length === 0 ? expression : `${first}${found.join(between)}`;
  });
  return isCut ? undefined : filled;
}
