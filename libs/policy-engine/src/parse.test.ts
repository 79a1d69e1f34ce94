import { describe, expect, it } from 'vitest';
import { MAX_POLICY_BYTES, parsePolicyText } from './parse.ts';

function errorsOf(text: string): string[] {
  const parsed = parsePolicyText(text);
  return parsed.ok ? [] : parsed.errors;
}

describe('a policy text that is refused', () => {
  it.each([
    [
      'a key twice',
      'deny_tools: []\ndeny_tools: []',
      'line 2, column 1: the key "deny_tools" is given twice',
    ],
    ['a JSON key twice', '{"a": 1,\n "a": 2}', 'line 2, column 2: the key "a" is given twice'],
    [
      'a key twice, once escaped',
      '{"ab": 1, "a\\u0062": 2}',
      'line 1, column 11: the key "ab" is given twice',
    ],
    [
      'a key twice inside a rule',
      'rules:\n  - match: a\n    match: b',
      'line 3, column 5: the key "match" is given twice',
    ],
    ['an anchor', 'a: &x 1', 'line 1, column 7: anchors are not allowed'],
    ['a tag of YAML', 'a: !!str 1', 'line 1, column 10: tags are not allowed'],
    ['a tag of its own', 'a: !run 1', 'line 1, column 9: tags are not allowed'],
    ['an anchor on a map', 'a: &x {}', 'line 1, column 7: anchors are not allowed'],
    ['an anchor on a list', 'a: &x []', 'line 1, column 7: anchors are not allowed'],
    ['a tag on a map', 'a: !!map {}', 'line 1, column 10: tags are not allowed'],
    ['__proto__', 'a:\n  __proto__: {}', "line 2, column 3: the key '__proto__' is not allowed"],
    ['__proto__ in JSON', '{"__proto__": {}}', "line 1, column 2: the key '__proto__' is not allowed"],
    ['a number as key', '1: a', 'line 1, column 1: expected a key that is text'],
    ['a list as key', '? [a]\n: 1', 'line 1, column 3: expected a key that is text'],
    ['a version directive', '%YAML 1.1\n---\na: yes', 'line 1, column 1: directives are not allowed'],
    ['a tag directive', '%TAG !e! tag:x:\n---\na: 1', 'line 1, column 1: directives are not allowed'],
    ['an unknown directive', '%FOO bar\n---\na: 1', 'line 1, column 1: directives are not allowed'],
    ['a second document', 'a: 1\n---\nb: 2', 'line 2, column 1: a second document is not allowed'],
    [
      'an odd character',
      'a: 1\n@b: 2',
      'line 2, column 1: this is no YAML and no JSON; what is text and not only letters, digits and dots stands in quotes',
    ],
    ['more than 1 MiB', ' '.repeat(MAX_POLICY_BYTES + 1), 'the policy is larger than 1048576 bytes'],
    ['more than 1 MiB in wide characters', 'é'.repeat(600_000), 'the policy is larger than 1048576 bytes'],
  ])('%s', (_what, text, error) => {
    expect(errorsOf(text)[0]).toBe(error);
  });

  it('an alias', () => {
    expect(errorsOf('a: &x [1]\nb: *x')).toContain('line 2, column 4: aliases are not allowed');
  });

  it('a merge key stays a key, so that validation refuses it by name', () => {
    expect(parsePolicyText('<<: {a: 1}')).toEqual({ ok: true, document: { '<<': { a: 1 } } });
  });

  it.each(['[', '- ', '{"a":'])('%j nested ten thousand deep', (opening) => {
    expect(errorsOf(opening.repeat(10_000)).join()).toContain('nested too deeply to read');
  });

  it('with a few errors of many', () => {
    expect(errorsOf('1: a\n'.repeat(50))).toHaveLength(10);
  });
});

describe('a policy text that is read', () => {
  const document = { version: 2, rules: [{ match: '*', decision: 'review', cap_cents: 5 }] };
  it.each([
    ['YAML', "version: 2\nrules: # all\n  - match: '*'\n    decision: review\n    cap_cents: 5\n"],
    ['JSON', JSON.stringify(document)],
    ['JSON with tabs', JSON.stringify(document, null, '\t')],
    ['a byte order mark', `\uFEFF${JSON.stringify(document)}`],
    ['line ends of Windows', "version: 2\r\nrules:\r\n- {match: '*', decision: review, cap_cents: 5}\r\n"],
  ])('%s', (_what, text) => {
    expect(parsePolicyText(text)).toEqual({ ok: true, document });
  });

  it.each(['', ' \n', '# soon\n', '~', 'null', '---\n'])('one that says nothing, %j, is null', (text) => {
    expect(parsePolicyText(text)).toEqual({ ok: true, document: null });
  });

  it('an explicit empty object is not an empty text', () => {
    expect(parsePolicyText('{}')).toEqual({ ok: true, document: {} });
  });

  it('words of YAML 1.1 stay text', () => {
    expect(parsePolicyText('a: yes\nb: off')).toEqual({ ok: true, document: { a: 'yes', b: 'off' } });
  });
});

it.each(['version: 2\nrules: []\n', '{"version": 2, "rules": []}', '# mine\nversion: 2\n'])(
  'says of UTF-16 without a mark that it is no UTF-8: %j',
  (text) => {
    const little = Buffer.from(text, 'utf16le');
    const big = Buffer.from(little).swap16();
    for (const bytes of [little, big]) {
      expect(parsePolicyText(bytes.toString('utf8'))).toEqual({
        ok: false,
        errors: ['the policy is not UTF-8 text: save it as UTF-8'],
      });
    }
  },
);
