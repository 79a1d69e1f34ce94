import { parseJson } from '@aegis/kit/json';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  elementSpans,
  type Path,
  removeElements,
  removeMember,
  replaceSpans,
  replaceValue,
  setMember,
  spanOf,
} from './splice.ts';

/** A value with its members in order: JavaScript's objects would sort keys like `1`. */
type Node = string | { list: Node[] } | { members: [string, Node][] };

const KEYS = ['a', 'b', '', '__proto__', '1', 'a"b', '\\', 'é\u{1f600}', 'na/me', ',', '}'];
const SCALARS = [
  '1',
  '-0',
  '1.50',
  '1e400',
  '9007199254740993',
  'true',
  'null',
  '"x"',
  '"],"',
  '"\\\\"',
  '"{\\"a\\":1}"',
];
const GAPS = ['', '', ' ', '\n\t', '\r\n  '];

const key = fc.constantFrom(...KEYS);
const scalar = fc.constantFrom(...SCALARS);
const node = fc.letrec<{ node: Node }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    scalar,
    fc.array(tie('node'), { maxLength: 4 }).map((list) => ({ list })),
    fc
      .uniqueArray(fc.tuple(key, tie('node')), { maxLength: 4, selector: ([name]) => name })
      .map((members) => ({ members })),
  ),
})).node;

/** Writes a value; `choose` decides on whitespace and escapes. */
function write(value: Node, choose: () => number): string {
  const gap = (): string => GAPS[choose() % GAPS.length] as string;
  const escaped = (name: string): string => {
    const units = Array.from({ length: name.length }, (_, i) =>
      name.charCodeAt(i).toString(16).padStart(4, '0'),
    );
    return choose() % 3 === 0 ? `"${units.map((unit) => `\\u${unit}`).join('')}"` : JSON.stringify(name);
  };
  const around = (open: string, items: string[], close: string): string =>
    open + gap() + items.map((item) => `${item}${gap()}`).join(`,${gap()}`) + close;
  if (typeof value === 'string') return value;
  if ('list' in value)
    return around(
      '[',
      value.list.map((item) => write(item, choose)),
      ']',
    );
  const members = value.members.map(
    ([name, item]) => `${escaped(name)}${gap()}:${gap()}${write(item, choose)}`,
  );
  return around('{', members, '}');
}

const plain = (value: Node): unknown => parseJson(write(value, () => 1));

/** All paths of a value. */
function paths(value: Node, from: Path = []): Path[] {
  if (typeof value === 'string') return [from];
  const steps = 'list' in value ? [...value.list.entries()] : value.members;
  return [from, ...steps.flatMap(([step, item]) => paths(item, [...from, step]))];
}

function at(value: Node, path: Path): Node {
  let found = value;
  for (const step of path) {
    if (typeof found === 'string') throw new Error('no such path');
    const items: readonly (readonly [string | number, Node])[] =
      'list' in found ? [...found.list.entries()] : found.members;
    found = items.find(([name]) => name === step)?.[1] as Node;
  }
  return found;
}

/** A value, its text, one of its paths, and a copy to edit. */
const documents = fc
  .tuple(node, fc.array(fc.nat(1000), { minLength: 1, maxLength: 30 }), fc.nat(1000))
  .map(([value, choices, pick]) => {
    let next = 0;
    const text = ` ${write(value, () => choices[next++ % choices.length] ?? 0)}\n`;
    const all = paths(value);
    const path = all[pick % all.length] as Path;
    return { text, path, value, edited: structuredClone(value) };
  });

const RUNS = { numRuns: 3000 };

it('finds and replaces a value, and nothing else', () => {
  fc.assert(
    fc.property(documents, scalar, ({ text, path, value, edited }, json) => {
      const span = spanOf(text, path);
      if (!span) throw new Error('not found');
      expect(parseJson(text.slice(span.start, span.end))).toEqual(plain(at(value, path)));
      const result = replaceValue(text, path, json);
      expect(result).toBe(text.slice(0, span.start) + json + text.slice(span.end));
      const parent = path.length > 0 ? at(edited, path.slice(0, -1)) : undefined;
      const step = path.at(-1);
      if (typeof parent === 'object' && 'list' in parent) parent.list[step as number] = json;
      else if (typeof parent === 'object') {
        for (const member of parent.members) if (member[0] === step) member[1] = json;
      }
      expect(parseJson(result)).toEqual(parent ? plain(edited) : parseJson(json));
    }),
    RUNS,
  );
});

it('removes and sets members, and leaves the others as they are written', () => {
  fc.assert(
    fc.property(documents, key, scalar, ({ text, path, value, edited }, name, json) => {
      const [original, object] = [at(value, path), at(edited, path)];
      fc.pre(typeof object === 'object' && 'members' in object && typeof original === 'object');
      const others = object.members.filter(([other]) => other !== name);
      const had = others.length < object.members.length;
      const written = (source: string, other: string): string => {
        const span = spanOf(source, [...path, other]);
        return source.slice(span?.start, span?.end);
      };

      const set = setMember(text, path, name, json);
      const span = spanOf(text, path);
      expect(set.startsWith(text.slice(0, span?.start))).toBe(true);
      expect(set.endsWith(text.slice(span?.end))).toBe(true);
      const removed = removeMember(text, [...path, name]);
      expect(removed === text).toBe(!had);
      for (const [other] of others) {
        expect(written(set, other)).toBe(written(text, other));
        expect(written(removed, other)).toBe(written(text, other));
      }
      object.members = others;
      expect(parseJson(removed)).toEqual(plain(edited));
      object.members = [...others, [name, json]];
      expect(parseJson(set)).toEqual(plain(edited));
    }),
    RUNS,
  );
});

it('removes elements, and leaves the others as they are written', () => {
  fc.assert(
    fc.property(documents, fc.uniqueArray(fc.nat(4)), ({ text, path, edited }, gone) => {
      const array = at(edited, path);
      fc.pre(typeof array === 'object' && 'list' in array);
      const written = (source: string): string[] =>
        elementSpans(source, path).map(({ start, end }) => source.slice(start, end));
      const removed = removeElements(text, path, gone);
      expect(written(removed)).toEqual(written(text).filter((_, index) => !gone.includes(index)));
      array.list = array.list.filter((_, index) => !gone.includes(index));
      expect(parseJson(removed)).toEqual(plain(edited));
      const span = spanOf(text, path);
      expect(removed.startsWith(text.slice(0, span?.start))).toBe(true);
      expect(removed.endsWith(text.slice(span?.end))).toBe(true);
    }),
    RUNS,
  );
});

it('takes each removed item with one comma, whatever stands between them', () => {
  const text = '{ "a" : [ 1 , 2 ,\n3 ] , "b" : 9007199254740993 }';
  expect(removeElements(text, ['a'], [1])).toBe('{ "a" : [ 1 , 3 ] , "b" : 9007199254740993 }');
  expect(removeElements(text, ['a'], [1, 2])).toBe('{ "a" : [ 1 ] , "b" : 9007199254740993 }');
  expect(removeElements(text, ['a'], [2, 1, 0, 7])).toBe('{ "a" : [  ] , "b" : 9007199254740993 }');
  expect(removeMember(text, ['a'])).toBe('{ "b" : 9007199254740993 }');
  expect(removeMember(text, ['b'])).toBe('{ "a" : [ 1 , 2 ,\n3 ] }');
  expect(setMember('{ }', [], 'k"', '1')).toBe('{"k\\"":1 }');
  const [first, , last] = elementSpans(text, ['a']);
  if (!first || !last) throw new Error('no elements');
  expect(
    replaceSpans(text, [
      { span: first, text: 'x' },
      { span: last, text: '' },
    ]),
  ).toContain('[ x , 2 ,\n ]');
});

it('refuses a path through a key that is there twice, and edits of what is not there', () => {
  const twice = '{"result":{"tools":[1],"t\\u006fols":[2]}}';
  expect(() => spanOf(twice, ['result', 'tools', 0])).toThrow('twice');
  expect(() => removeMember(twice, ['result', 'tools'])).toThrow('twice');
  expect(() => setMember(twice, ['result'], 'tools', '1')).toThrow('twice');
  expect(spanOf(twice, ['result', 'other'])).toBeUndefined();
  expect(spanOf('[1]', ['0'])).toBeUndefined();
  expect(spanOf('{"0":1}', [0])).toBeUndefined();
  expect(() => replaceValue('{}', ['a'], '1')).toThrow('"a"');
  expect(() => setMember('[]', [], 'a', '1')).toThrow('nothing of that kind');
  expect(() => removeElements('{"a":{}}', ['a'], [0])).toThrow('nothing of that kind');
});

it('edits 100,000 elements of a deep and long text', () => {
  const element = `{"name":"${'x'.repeat(100)}","deep":${'['.repeat(20)}${']'.repeat(20)}}`;
  const text = `{"result":{"tools":[${Array.from({ length: 100_000 }, () => element).join(', ')}]}}`;
  const odd = Array.from({ length: 50_000 }, (_, index) => 2 * index + 1);
  const left = removeElements(text, ['result', 'tools'], odd);
  expect(elementSpans(left, ['result', 'tools'])).toHaveLength(50_000);
  const deep = `{"a":${'['.repeat(1e6)}${']'.repeat(1e6)},"b":1}`;
  expect(replaceValue(deep, ['b'], '2').endsWith('"b":2}')).toBe(true);
});
