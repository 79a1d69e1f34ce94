import { describe, expect, it } from 'vitest';
import { createSilence } from './silence.ts';

describe('the silence of a run of the firewall', () => {
  it('counts after the whole grace', () => {
    const silence = createSilence(100);
    expect(silence.goesOn('a', 1_000)).toBe(false);
    expect(silence.goesOn('a', 1_099)).toBe(false);
    expect(silence.goesOn('a', 1_100)).toBe(true);
  });

  it('begins anew after any sign of life', () => {
    const silence = createSilence(100);
    silence.goesOn('a', 0);
    silence.broken('a');
    expect(silence.goesOn('a', 100)).toBe(false);
    expect(silence.goesOn('a', 200)).toBe(true);
  });

  it('begins anew for all where the bus was away, and for those that were left out meanwhile', () => {
    const silence = createSilence(100);
    silence.goesOn('a', 0);
    silence.reset();
    expect(silence.goesOn('a', 100)).toBe(false);
    silence.keepOnly([]);
    expect(silence.goesOn('a', 200)).toBe(false);
    silence.keepOnly(['a']);
    expect(silence.goesOn('a', 300)).toBe(true);
  });
});
