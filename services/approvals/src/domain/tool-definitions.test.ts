import { describe, expect, it } from 'vitest';
import { definition, seen } from '../testkit/definitions.ts';
import { evolve, standingOf, type Tool, type ToolEvent, toQuarantined } from './tool-definitions.ts';

const [A, B, C] = ['reads', 'reads and sends', 'reads and deletes'].map((text) => seen(definition(text)));
type Seen = NonNullable<typeof A>;
type What = (seq: number, time: string) => ToolEvent;

const first =
  (data = A as Seen, looks_like?: string): What =>
  (seq, time) => ({
    seq,
    time,
    type: 'aegis.tool.seen.v1',
    data: looks_like === undefined ? data : { ...data, looks_like },
  });
const changed =
  (data = B as Seen, level: 'major' | 'minor' = 'major'): What =>
  (seq, time) => ({ seq, time, type: 'aegis.tool.changed.v1', data: { ...data, level } });
const accepted =
  ({ server, tool, digest } = B as Seen): What =>
  (seq, time) => ({
    seq,
    time,
    type: 'aegis.tool.accepted.v1',
    data: { server, tool, digest, accepted_by: 'approval-code' },
  });

const timeOf = (seq: number): string => new Date(Date.UTC(2026, 0, 1, 0, 0, seq)).toISOString();
const given = (...events: What[]): Tool => {
  let state: Tool | undefined;
  for (const [i, event] of events.entries()) state = evolve(state, event(i + 1, timeOf(i + 1)));
  return state as Tool;
};
const quarantined = (...events: What[]) => toQuarantined(given(...events));

describe('the definition of a tool', () => {
  it('counts where it was seen first', () => {
    expect(quarantined(first())).toBeUndefined();
    expect(standingOf(given(first()), A?.digest ?? '')).toBe('counts');
  });

  it('keeps the tool in quarantine where it changed, with what counted before', () => {
    expect(quarantined(first(), changed(B, 'minor'))).toEqual({
      ...B,
      level: 'minor',
      since: timeOf(2),
      before: A?.definition,
    });
  });

  it('counts once it is accepted, and the next change is compared with it', () => {
    expect(quarantined(first(), changed(), accepted())).toBeUndefined();
    expect(quarantined(first(), changed(), accepted(), changed(C))).toMatchObject({
      digest: C?.digest,
      before: B?.definition,
    });
  });

  it('counts still after another one was accepted', () => {
    const state = given(first(), changed(), accepted());
    expect([A, B].map((one) => standingOf(state, one?.digest ?? ''))).toEqual(['counts', 'counts']);
    expect(quarantined(first(), changed(), accepted(), changed(A))).toBeUndefined();
  });

  it('of the latest change is the one that waits, and an earlier one does not free the tool', () => {
    expect(quarantined(first(), changed(B), changed(C))?.digest).toBe(C?.digest);
    expect(quarantined(first(), changed(B), changed(C), accepted(B))?.digest).toBe(C?.digest);
    expect(quarantined(first(), changed(B), changed(C), changed(B))?.digest).toBe(B?.digest);
    expect(quarantined(first(), changed(B), changed(C), first(A))).toBeUndefined();
  });

  it('does not count where the tool looks like another, until it is accepted', () => {
    const looking = first(A, 'READ_FILE');
    expect(quarantined(looking)).toEqual({ ...A, level: 'major', since: timeOf(1), looks_like: 'READ_FILE' });
    expect(quarantined(looking, first(A))?.digest).toBe(A?.digest);
    expect(quarantined(looking, accepted(A))).toBeUndefined();
    expect(quarantined(looking, accepted(A), changed())).toMatchObject({
      looks_like: 'READ_FILE',
      before: A?.definition,
    });
  });

  it('does not count where another was seen first, or none was', () => {
    expect(quarantined(first(A), first(B))).toMatchObject({ digest: B?.digest, level: 'major' });
    expect(quarantined(changed(B))?.digest).toBe(B?.digest);
    expect(quarantined(changed(B))).not.toHaveProperty('before');
  });

  it('can not be accepted unseen, nor one of long ago', () => {
    expect(standingOf(undefined, A?.digest ?? '')).toBe('unknown');
    expect(standingOf(given(first()), B?.digest ?? '')).toBe('unknown');
    const many = Array.from({ length: 100 }, (_, n) => changed(seen(definition(`version ${n}`))));
    expect(standingOf(given(first(), changed(B), ...many.slice(1)), B?.digest ?? '')).toBe('waits');
    expect(standingOf(given(first(), changed(B), ...many), B?.digest ?? '')).toBe('unknown');
  });
});
