import { describe, expect, it } from 'vitest';
import { tool } from '../testkit/upstream.ts';
import { changeLevel, definitionDigest, foldPin, lookAlikeOf, type Pins } from './pins.ts';

const seen = (name: string, definition: Record<string, unknown> = tool(name), server = 'files') => ({
  type: 'aegis.tool.seen.v1',
  data: { server, tool: name, digest: definitionDigest(definition), definition },
});
const accepted = (name: string, definition: object, server = 'files') => ({
  type: 'aegis.tool.accepted.v1',
  data: { server, tool: name, digest: definitionDigest(definition), accepted_by: 'ann' },
});
const fold = (...events: [string, { type: string; data: unknown }][]): Pins => {
  const pins: Pins = new Map();
  for (const [subject, event] of events) foldPin(pins, `aegis.log.tool.${subject}`, event);
  return pins;
};
const counts = (pins: Pins, name: string, definition: object): boolean | undefined =>
  pins.get('files')?.tools.get(name)?.counts.has(definitionDigest(definition));
const other = tool('read', 'another');

describe('pins of definitions', () => {
  it('the first definition counts, whoever saw it, and no later one', () => {
    const pins = fold(['files', seen('read')], ['files', seen('read', other)]);
    expect([counts(pins, 'read', tool('read')), counts(pins, 'read', other)]).toEqual([true, false]);
  });

  it('an accepted definition counts beside it', () => {
    const pins = fold(['files', seen('read')], ['files.accepted', accepted('read', other)]);
    expect([counts(pins, 'read', tool('read')), counts(pins, 'read', other)]).toEqual([true, true]);
  });

  it.each([
    ['on the subject where the firewall writes', 'files', 'files'],
    ['on the subject of another server', 'mail.accepted', 'files'],
    ['of another server', 'files.accepted', 'mail'],
  ])('an acceptance %s counts for nothing', (_, subject, server) => {
    const pins = fold(['files', seen('read')], [subject, accepted('read', other, server)]);
    expect(counts(pins, 'read', other)).toBe(false);
  });

  it('a definition on the subject of another server counts for nothing', () => {
    expect(fold(['mail', seen('read')]).size).toBe(0);
  });

  it('a name that looks like an earlier one does not count, whatever its event says', () => {
    const names = ['Read', 'read\u200b', 'ｒｅａｄ', 'READ'];
    const pins = fold(
      ['files', seen('read')],
      ...names.map((name): [string, ReturnType<typeof seen>] => ['files', seen(name)]),
    );
    for (const name of names) expect(counts(pins, name, tool(name))).toBe(false);
    expect(lookAlikeOf(pins.get('files'), 'reaD')).toBe('read');
    expect(lookAlikeOf(pins.get('files'), 'read')).toBeUndefined();
    expect(lookAlikeOf(pins.get('files'), 'reads')).toBeUndefined();
  });

  it('the order of members makes no other definition', () => {
    expect(definitionDigest({ name: 'a', description: 'b' })).toBe(
      definitionDigest({ description: 'b', name: 'a' }),
    );
  });

  it('what has no canonical form has a digest all the same', () => {
    expect(definitionDigest({ name: 'a', s: '\ud800' })).toMatch(/^sha256:/);
    expect(definitionDigest({ name: 'a', n: Infinity })).toMatch(/^sha256:/);
  });

  it('icons and _meta are a lesser change than what a model reads', () => {
    const pinned = fold(['files', seen('read')])
      .get('files')
      ?.tools.get('read');
    if (!pinned) throw new Error('not pinned');
    expect(changeLevel(pinned, { ...tool('read'), icons: [], _meta: { a: 1 } })).toBe('minor');
    expect(changeLevel(pinned, { ...tool('read'), annotations: { readOnlyHint: true } })).toBe('major');
    expect(changeLevel(pinned, { ...tool('read'), inputSchema: {} })).toBe('major');
  });
});

const changed = (name: string, definition: Record<string, unknown>) => ({
  ...seen(name, definition),
  type: 'aegis.tool.changed.v1',
  data: { ...seen(name, definition).data, level: 'major' },
});
const isOnRecord = (pins: Pins, name: string, definition: object): boolean =>
  pins.get('files')?.tools.get(name)?.essences.has(definitionDigest(definition)) === true;

/** What the approvals service makes of the same events stands in its `tool-index.test.ts`. */
describe('where this fold and that of the approvals service differ', () => {
  it('a mark behind an invisible character makes no other name', () => {
    const pins = fold(['files', seen('lire_cl\u00e9')]);
    expect(lookAlikeOf(pins.get('files'), 'lire_cle\u200b\u0301')).toBe('lire_cl\u00e9');
  });

  it('a long name of full-width letters looks like the same one in ASCII', () => {
    const pins = fold(['files', seen('a'.repeat(300))]);
    expect(lookAlikeOf(pins.get('files'), '\uff41'.repeat(300))).toBe('a'.repeat(300));
  });

  it.fails('what an approver accepted counts, also where nobody saw it before', () => {
    expect(counts(fold(['files.accepted', accepted('read', other)]), 'read', other)).toBe(true);
  });

  it.fails('a second first definition is on record, so that it can be accepted', () => {
    expect(isOnRecord(fold(['files', seen('read')], ['files', seen('read', other)]), 'read', other)).toBe(
      true,
    );
  });

  it.fails('a change of a tool that nobody saw before is on record, so that it can be accepted', () => {
    expect(isOnRecord(fold(['files', changed('read', other)]), 'read', other)).toBe(true);
  });

  it.fails('a definition that is not what its digest stands for counts for nothing', () => {
    const forged = { ...seen('read'), data: { ...seen('read').data, definition: other } };
    expect(counts(fold(['files', forged]), 'read', tool('read'))).not.toBe(true);
  });
});
