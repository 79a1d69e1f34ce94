import { describe, expect, it } from 'vitest';
import { parseField } from './field.ts';

function keysOf(text: string): readonly string[] | undefined {
  const parsed = parseField(text);
  return parsed.ok ? parsed.field.keys : undefined;
}

function errorOf(text: string): string | undefined {
  const parsed = parseField(text);
  return parsed.ok ? undefined : parsed.error;
}

describe('a field', () => {
  it.each([
    ['args.path', ['path']],
    ['args.a.b.c', ['a', 'b', 'c']],
    ['args.a-b_c$', ['a-b_c$']],
    ['args.größe', ['größe']],
    ['args."a.b".c', ['a.b', 'c']],
    ['args.a."with blank"', ['a', 'with blank']],
    ['args."\\u0061"', ['a']],
    ['args.""', ['']],
    ['args.__proto__', ['__proto__']],
    ['input.inputResponses.ask.content.to', ['inputResponses', 'ask', 'content', 'to']],
    ['input._meta."com.example/tenant"', ['_meta', 'com.example/tenant']],
  ])('%s names keys', (text, keys) => {
    expect(keysOf(text)).toEqual(keys);
  });

  it.each(['principal', 'client.name', 'client.version', 'server', 'tool', 'op', 'amount_cents'])(
    '%s is one that every call can have',
    (text) => expect(errorOf(text)).toBeUndefined(),
  );

  it.each([
    ['princpal', 'unknown field; did you mean principal?'],
    ['arguments.path', 'unknown field; did you mean args.path?'],
    ['Args.path', 'unknown field; did you mean args.path?'],
    ['params.a.b', 'unknown field; did you mean args.a.b?'],
    ['$.args.path', 'unknown field; did you mean args.path?'],
    ['params.inputResponses.ask', 'unknown field; did you mean input.inputResponses.ask?'],
    ['_meta.a', 'unknown field; did you mean input._meta.a?'],
    ['task', 'unknown field; did you mean input.task?'],
    ['input', 'unknown field; name a member, such as input.inputResponses'],
    ['args', 'unknown field; name an argument, such as args.path'],
    ['amount', 'unknown field; did you mean amount_cents?'],
    ['Tool', 'unknown field; did you mean tool?'],
    ['time.minute', 'unknown field; did you mean time.hour or time.weekday?'],
    ['time.hours', 'unknown field; did you mean time.hour?'],
    ['client', 'unknown field; did you mean client.name?'],
    ['client.nam', 'unknown field; did you mean client.name?'],
  ])('%s is none, and says what was meant', (text, error) => {
    expect(errorOf(text)).toBe(error);
  });

  it.each(['constructor', '__proto__', 'toString', 'x'.repeat(10_000), ''])('%j is none', (text) => {
    expect(errorOf(text)).toContain('unknown field; expected args.<name>, input.<name> or one of principal');
  });

  it.each([
    'args.',
    'input.',
    'input.a[0]',
    'args..a',
    'args.a.',
    'args.a[0]',
    'args.a b',
    'args.*',
    "args.'a'",
    'args."a',
    'args."a"b',
    'args."\\x"',
    'args.a\u0000',
    'args.\uD800',
    `args.${'a'.repeat(600)}`,
    `args${'.a'.repeat(17)}`,
  ])('%j names no key', (text) => {
    expect(errorOf(text)).toContain('expected names joined by dots');
  });
});
