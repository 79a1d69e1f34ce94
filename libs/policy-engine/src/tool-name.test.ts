import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compilePolicy, evaluate } from './mod.ts';
import { checkToolName } from './tool-name.ts';

const DENIED = 'db.drop_table';

describe('a tool name', () => {
  it.each(['docs.read', 'a', 'A-Z_0.9:/x', 'x'.repeat(256)])('%s is taken', (name) => {
    expect(checkToolName(name)).toBeUndefined();
  });

  it.each([
    ['nothing', ''],
    ['257 characters', 'x'.repeat(257)],
    ['a space', 'db drop'],
    ['a line end', `${DENIED}\n`],
    ['a NUL', `${DENIED}\u0000`],
    ['a zero-width space', `db.\u200Bdrop_table`],
    ['a zero-width joiner', `db.drop\u200D_table`],
    ['a right-to-left override', `\u202E${DENIED}`],
    ['a soft hyphen', 'db.dr\u00ADop_table'],
    ['a Cyrillic o', 'db.dr\u043Ep_table'],
    ['fullwidth letters', '\uFF44\uFF42.drop_table'],
    ['a Kelvin sign', 'db.drop_\u212A'],
    ['a combining accent', 'db.dro\u0301p_table'],
    ['a byte order mark', `\uFEFF${DENIED}`],
    ['a lone surrogate', `${DENIED}\uD800`],
    ['a percent escape', 'db%2Edrop_table'],
    ['a backslash', 'db\\drop_table'],
  ])('with %s is refused', (_what, name) => {
    expect(checkToolName(name)).toBe('tool: expected 1 to 256 characters from A-Z a-z 0-9 _ . : / -');
  });

  it('that is no text is refused', () => {
    const names: unknown[] = [['docs.read'], 7, null, undefined, { toString: () => 'docs.read' }];
    for (const name of names) expect(checkToolName(name as string)).toBeDefined();
  });

  it('with any one character from outside put in is refused, and so never allowed by a wide rule', () => {
    const policy = compilePolicy({
      version: 2,
      rules: [
        { match: 'db.drop*', decision: 'deny' },
        { match: '*', decision: 'allow' },
      ],
    });
    const outside = fc
      .string({ unit: 'binary', minLength: 1, maxLength: 1 })
      .filter((character) => !/[A-Za-z0-9_.:/-]/.test(character));
    fc.assert(
      fc.property(outside, fc.nat(DENIED.length), (character, at) => {
        const mutant = DENIED.slice(0, at) + character + DENIED.slice(at);
        expect(checkToolName(mutant)).toBeDefined();
        expect(evaluate(policy, { tool: mutant }).decision).toBe('deny');
      }),
    );
  });

  it('in other case is another name, and a rule for the first says nothing about it', () => {
    const policy = compilePolicy({ version: 2, rules: [{ match: DENIED, decision: 'deny' }] });
    expect(checkToolName('DB.drop_table')).toBeUndefined();
    expect(evaluate(policy, { tool: 'DB.drop_table' }).decision).toBe('review');
  });
});
