import { describe, expect, it } from 'vitest';
import { accepted, changed, dataOf, definition, type Fact, foldOf, saw, timeOf } from '../testkit/facts.ts';
import { definitionStatus, definitionWith, inQuarantine, type Tool, toQuarantined } from './tool.ts';

const [a, b, c] = ['reads', 'reads and sends', 'reads and deletes'].map((text) => definition(text)) as [
  Record<string, unknown>,
  Record<string, unknown>,
  Record<string, unknown>,
];
const [A, B, C] = [dataOf(a), dataOf(b), dataOf(c)];

const given = (...facts: Fact[]): Tool | undefined => foldOf(facts).get('files', 'read_file');
const quarantined = (...facts: Fact[]) => {
  const tool = given(...facts);
  const waiting = tool && inQuarantine(tool);
  return waiting && toQuarantined(tool, waiting);
};
const standings = (...facts: Fact[]) =>
  [A, B, C].map(({ digest }) => definitionStatus(given(...facts), digest)).join();

describe('the definition of a tool', () => {
  it('counts where it was seen first', () => {
    expect(quarantined(saw(a))).toBeUndefined();
    expect(standings(saw(a))).toBe('counts,unknown,unknown');
  });

  it('keeps the tool in quarantine where it changed, with what counted before', () => {
    expect(quarantined(saw(a), changed(b, 'minor'))).toEqual({
      ...B,
      level: 'minor',
      since: timeOf(2),
      before: a,
    });
  });

  it('counts once it is accepted, and the next change is compared with it', () => {
    expect(quarantined(saw(a), changed(b), accepted(B))).toBeUndefined();
    expect(quarantined(saw(a), changed(b), accepted(B), changed(c))).toMatchObject({
      digest: C.digest,
      before: b,
    });
  });

  it('counts still after another one was accepted', () => {
    expect(standings(saw(a), changed(b), accepted(B))).toBe('counts,counts,unknown');
    expect(quarantined(saw(a), changed(b), accepted(B), changed(a))).toBeUndefined();
  });

  it('of the latest change is the one that waits, and an earlier one does not free the tool', () => {
    expect(quarantined(saw(a), changed(b), changed(c))?.digest).toBe(C.digest);
    expect(quarantined(saw(a), changed(b), changed(c), accepted(B))?.digest).toBe(C.digest);
    expect(quarantined(saw(a), changed(b), changed(c), changed(b))?.digest).toBe(B.digest);
    expect(quarantined(saw(a), changed(b), changed(c), saw(a))).toBeUndefined();
  });

  it('can be accepted until it is, whatever was seen or accepted since', () => {
    expect(standings(saw(a), changed(b), changed(c), saw(a))).toBe('counts,waits,waits');
    expect(standings(saw(a), changed(b), changed(c), accepted(C))).toBe('counts,waits,counts');
  });

  it('does not count where the tool looks like another, until it is accepted', () => {
    const looking = saw(a, { looks_like: 'READ_FILE' });
    expect(quarantined(looking)).toEqual({ ...A, level: 'major', since: timeOf(1), looks_like: 'READ_FILE' });
    expect(quarantined(looking, saw(a))?.digest).toBe(A.digest);
    expect(quarantined(looking, accepted(A))).toBeUndefined();
    expect(quarantined(looking, accepted(A), changed(b))).toMatchObject({
      looks_like: 'READ_FILE',
      before: a,
    });
  });

  it('does not count where another was seen first, or none was', () => {
    expect(quarantined(saw(a), saw(b))).toMatchObject({ digest: B.digest, level: 'major' });
    expect(quarantined(changed(b))?.digest).toBe(B.digest);
    expect(quarantined(changed(b))?.before).toBeUndefined();
    expect(standings(changed(b), saw(a))).toBe('waits,waits,unknown');
  });

  it('counts where an approver said so and nobody saw it before, and then no first one does', () => {
    expect(standings(accepted(B), saw(a))).toBe('waits,counts,unknown');
    expect(quarantined(accepted(B), saw(a))?.before).toBeUndefined();
    expect(quarantined(accepted(B), changed(b), saw(a))).toMatchObject({ digest: A.digest, before: b });
    expect(quarantined(accepted(B), changed(b), changed({ ...b, icons: [] }, 'minor'))?.before).toEqual(b);
  });

  it('of a second first event that differs in icons alone is a lesser change', () => {
    expect(quarantined(saw(a), saw({ ...a, icons: [], _meta: { v: 2 } }))?.level).toBe('minor');
  });

  it('can not be accepted unseen, nor one of long ago', () => {
    expect(definitionStatus(undefined, A.digest)).toBe('unknown');
    expect(standings(saw(a))).toBe('counts,unknown,unknown');
    const many = Array.from({ length: 100 }, (_, n) => changed(definition(`version ${n}`)));
    expect(definitionStatus(given(saw(a), changed(b), ...many.slice(1)), B.digest)).toBe('waits');
    expect(definitionStatus(given(saw(a), changed(b), ...many), B.digest)).toBe('unknown');
  });

  it('is known by its digest where it waits or counted last', () => {
    const tool = given(saw(a), changed(b), accepted(B), changed(c)) as Tool;
    expect([A, B, C].map(({ digest }) => definitionWith(tool, digest))).toEqual([undefined, b, c]);
  });
});

it('changes are counted from the last acceptance on, so that a person makes room for more', () => {
  const many = Array.from({ length: 100 }, (_, n) => changed(definition(`version ${n}`)));
  expect(given(saw(a), ...many)?.changes).toBe(100);
  expect(given(saw(a), ...many, accepted(dataOf(definition('version 99'))))?.changes).toBe(0);
});
