import fc from 'fast-check';
import { expect, it } from 'vitest';
import { readClientMessage } from './read-message.ts';
import { callsInAnyReading } from './testkit/lenient-reader.ts';

const MUTANTS = 10_000;
const EVIL = '{"jsonrpc":"2.0","id":9,"method":"tools/call","params":{"name":"evil"}}';

type Member = { key: string; value: string };
type Draft = { top: Member[]; params: Member[]; gap: string; before: string; after: string };
type Mutation = (draft: Draft, pick: number, spelling: (key: string) => string) => void;

const quoted = (key: string): string => JSON.stringify(key);

/** Other ways to spell a key, as they stand in the text. */
const SPELLINGS: readonly ((key: string) => string)[] = [
  quoted,
  (key) => quoted(key.toUpperCase()),
  (key) => quoted(key.slice(0, 1).toUpperCase() + key.slice(1)),
  (key) => quoted(key.replaceAll('s', '\u017f').replaceAll('k', '\u212a')),
  (key) => quoted(String.fromCodePoint(...Array.from(key, (c) => (c.codePointAt(0) ?? 0) + 0xfee0))),
  (key) => quoted(`${key}\0`),
  (key) => quoted(`${key}\0x`).replace('x', ''),
  (key) => quoted(`${key.slice(0, 2)}\u200b${key.slice(2)}`),
  (key) => quoted(`\u00ad${key}`),
  (key) => quoted(key.replaceAll(/[A-Z]/g, (c) => `_${c.toLowerCase()}`)),
  (key) => `"\\u00${(key.codePointAt(0) ?? 0).toString(16)}${key.slice(1)}"`,
];

const EVIL_VALUES: Record<string, string> = {
  method: '"tools\\u002fcall"',
  params: '{"name":"evil"}',
  name: '"evil"',
};

const at = <T>(list: readonly T[], pick: number): T => list[pick % list.length] as T;

function addTwin(list: Member[], names: readonly string[], pick: number, spelling: (key: string) => string) {
  const key = at(names, pick);
  list.splice(pick % (list.length + 1), 0, { key: spelling(key), value: EVIL_VALUES[key] ?? '1' });
}

const MUTATIONS: readonly Mutation[] = [
  (draft, pick, spelling) => addTwin(draft.top, ['method', 'params'], pick, spelling),
  (draft, pick, spelling) => addTwin(draft.params, ['name'], pick, spelling),
  (draft, pick, spelling) => {
    const member = at([...draft.top, ...draft.params], pick);
    member.key = spelling(JSON.parse(member.key) as string);
  },
  (draft) => (draft.gap = `\r${EVIL}\r`),
  (draft) => (draft.gap = '\n'),
  (draft, pick) => draft.params.push({ key: '"x"', value: at([`\r${EVIL}\r`, `\n${EVIL}\n`, EVIL], pick) }),
  (draft) => (draft.before = '\u{feff}'),
  (draft) => Object.assign(draft, { before: '[', after: `,${EVIL}]` }),
  (draft) => Object.assign(draft, { before: `${EVIL}\r` }),
  (draft, pick) => {
    const member = at(draft.top, pick);
    member.value = at(['"tools/call"', '"Tools/Call"', '"ping"', 'null', '1.0', '{"name":"evil"}'], pick);
  },
];

const written = (members: readonly Member[], gap: string): string =>
  `{${members.map(({ key, value }) => `${key}:${gap}${value}`).join(',')}}`;

function render({ top, params, gap, before, after }: Draft): string {
  const members = top.map(({ key, value }) => ({
    key,
    value: value === 'PARAMS' ? written(params, '') : value,
  }));
  return before + written(members, gap) + after;
}

const mutants = fc
  .record({
    method: fc.constantFrom('"tools/call"', '"ping"'),
    steps: fc.array(fc.tuple(fc.constantFrom(...MUTATIONS), fc.nat(1000), fc.constantFrom(...SPELLINGS)), {
      maxLength: 3,
    }),
  })
  .map(({ method, steps }) => {
    const values = { jsonrpc: '"2.0"', id: '1', method, params: 'PARAMS' };
    const top = Object.entries(values).map(([key, value]) => ({ key: quoted(key), value }));
    const params = [
      { key: '"name"', value: '"good"' },
      { key: '"arguments"', value: '{"name":"x"}' },
    ];
    const draft: Draft = { top, params, gap: '', before: '', after: '' };
    for (const [mutate, pick, spelling] of steps) mutate(draft, pick, spelling);
    return render(draft);
  });

it('never forwards a message in which a careless server sees another call than the firewall', () => {
  const counts = { dangerous: 0, passed: 0 };
  fc.assert(
    fc.property(mutants, (text) => {
      if (callsInAnyReading(text).some(({ name }) => name !== 'good')) counts.dangerous++;
      const read = readClientMessage(Buffer.from(text));
      if ('refused' in read) return;
      counts.passed++;
      const { message } = read;
      const call = message.kind === 'response' ? undefined : message;
      const judgement = { method: call?.method, name: call?.params?.name };
      for (const seen of callsInAnyReading(message.text)) expect(seen).toEqual(judgement);
    }),
    { numRuns: MUTANTS },
  );
  // The mutants are what they are meant to be: many would fool somebody, and not all are refused.
  expect(counts.dangerous).toBeGreaterThan(MUTANTS / 4);
  expect(counts.passed).toBeGreaterThan(MUTANTS / 20);
});

it('reads any bytes without an exception, and never as a call that is not in them', () => {
  const base = Buffer.from(EVIL.replace('evil', 'good'));
  const damaged = fc
    .array(fc.tuple(fc.nat(base.length - 1), fc.nat(255)), { maxLength: 4 })
    .map((changes) => {
      const bytes = Buffer.from(base);
      for (const [index, byte] of changes) bytes[index] = byte;
      return bytes;
    });
  fc.assert(
    fc.property(damaged, (bytes) => {
      const read = readClientMessage(bytes);
      if ('refused' in read) {
        expect(JSON.parse(read.refused.answer)).toMatchObject({ jsonrpc: '2.0', error: {} });
      } else {
        expect(Buffer.from(read.message.text.replaceAll(' ', '\n'))).toEqual(
          Buffer.from(bytes.toString('utf8').replaceAll(' ', '\n')),
        );
      }
    }),
    { numRuns: MUTANTS },
  );
});
