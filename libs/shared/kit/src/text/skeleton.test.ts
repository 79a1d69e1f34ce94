import { describe, expect, it } from 'vitest';
import { skeleton } from './skeleton.ts';

describe('has the same skeleton', () => {
  it.each([
    ['case', 'ALICE', 'alice'],
    ['case there and back', 'straße', 'STRASSE'],
    ['full width', 'ａｌｉｃｅ', 'alice'],
    ['mathematical letters', '𝐚𝓵𝕚𝖼𝚎', 'alice'],
    ['mathematical letters of another alphabet', '𝛂lice', 'alice'],
    ['a ligature', 'ofﬁce', 'office'],
    ['Cyrillic', 'аӏісе', 'alice'],
    ['Cyrillic capitals', 'АLІСЕ', 'alice'],
    ['a Greek capital', 'Νina', 'nina'],
    ['Cherokee', 'Ꭺlice', 'alice'],
    ['Cherokee small letters', 'ꭺlice', 'alice'],
    ['a zero width space', 'al\u200bice', 'alice'],
    ['a word joiner, and a soft hyphen', 'al\u2060ic\u00ade', 'alice'],
    ['a mark of direction', '\u202ealice', 'alice'],
    ['a Hangul filler', 'alice\u3164', 'alice'],
    ['a space', 'alice ', 'alice'],
    ['a letter for a digit', 'bob1', 'bobl'],
    ['a capital I for a small l', 'aIice', 'alice'],
    ['a zero for an o', 'b0b', 'bob'],
    ['two letters for one', 'adarn', 'adam'],
    ['another dash', 'team‑lead', 'team-lead'],
    ['another colon', 'keyː alice', 'key:alice'],
  ])('%s: %s', (_what, one, other) => {
    expect(skeleton(one)).toBe(skeleton(other));
  });
});

it.each([
  ['alice', 'alicia'],
  ['alice', 'bob'],
  ['key:alice', 'alice'],
  ['key:alice', 'os-user:alice'],
  ['νina', 'nina'],
  ['team-lead', 'teamlead'],
  ['alice', ''],
])('%s and %s are two', (one, other) => {
  expect(skeleton(one)).not.toBe(skeleton(other));
});
