import { describe, expect, it } from 'vitest';
import { readDoor } from '../door.ts';
import { spellingsOf } from './spellings.ts';
import { createWithin } from './within.ts';

const within = createWithin(['/srv/data']);

/** What is read, in characters, before there is an answer. */
function charactersOf(path: string): number {
  const read = spellingsOf(path);
  return read.ok ? read.spellings.reduce((sum, { text }) => sum + text.length, 0) : 0;
}

describe('a path that only costs time', () => {
  it.each([
    ['marks that pile up', `/srv/data/a${'\u0301\u0323'.repeat(2000)}`],
    ['marks and voicing signs', `/srv/data/a${'\u0301\uFF9E'.repeat(2000)}`],
    ['marks with invisible characters between', `/srv/data/a${'\u0301\u200B\u0323\u200B'.repeat(1000)}`],
    ['encoded marks', `/srv/data/a${'%CC%81%CC%A3'.repeat(300)}`],
    ['letters that become eighteen', `/srv/data/${'\uFDFA'.repeat(4000)}`],
    ['every way to encode it at once', `/srv/data/%25252561\\\uFF05\uFF12${'%2541\\'.repeat(600)}`],
    ['more characters than a path has', `/srv/data/${'a'.repeat(4096)}`],
  ])('can not be evaluated: %s', (_what, path) => {
    expect(within(path)).toMatchObject({ known: false });
  });

  it.each([
    `/srv/data/${'a/'.repeat(2040)}`,
    `/srv/data/${'%61/'.repeat(1000)}`,
    `/srv/data/${'%2561/'.repeat(600)}`,
    `/srv/data/${'木'.repeat(1000)}`,
    `/srv/data/${'e\u0301'.repeat(1000)}`,
  ])('and a long one is read a few times over', (path) => {
    expect(within(path)).toEqual({ known: true, within: true });
    expect(charactersOf(path)).toBeLessThanOrEqual(32_768);
  });

  it.each([
    ['marks', `resource:file:///srv/a${'\u0301\u0323'.repeat(4000)}`],
    ['length', `resource:file:///srv/${'a'.repeat(4096)}`],
  ])('is no door, either: %s', (_what, door) => {
    expect(readDoor(door).ok).toBe(false);
  });
});

describe('a path with characters that shells know', () => {
  it.each([
    '/srv/data/{a,b}',
    '/srv/data/$id.tsx',
    "/srv/data/it's",
    '/srv/data/[id]/*.ts',
    '/srv/data/a..b',
  ])('is where it says: %s', (path) => {
    expect(within(path)).toEqual({ known: true, within: true });
  });
});

describe('a path that one reader takes for another', () => {
  it.each([
    ['a URI that climbs out, for one who takes it for a relative path', 'file:///../../srv/data/x'],
    ['the same on the way', 'file:/srv/../../srv/data/x'],
    ['the same, encoded', 'file:///%2e%2e/srv/data/x'],
    ['dots with parameters', '/srv/data/..;/x'],
    ['dots with parameters of a URI', 'file:///srv/data/..;a=b/x'],
    ['dots with a stream', '/srv/data/..::$INDEX_ALLOCATION/x'],
    ['a fraction slash', '/srv/data/..\u2044..\u2044etc'],
    ['a division slash', '/srv/data/..\u2215..\u2215etc'],
    ['braces that hold a way up', '/srv/data/{a,../../../etc/passwd}'],
    ['braces that make one', '/srv/data/{.,x}{.,y}/x/../..'],
    ['braces that make one without any', '/srv/data/{.,x}{.,y}'],
    ['a variable that may be empty', '/srv/data/$X/../x'],
    ['a default of a variable', '/srv/data/${X:-../..}'],
    ['any depth, also none', '/srv/data/**/../x'],
    ['quotes that a shell takes away', '/srv/data/"."./x'],
    ['a pattern that some shells match with it', '/srv/data/.*/x'],
    ['sets that some globs match with it', '/srv/data/[.][.]/x'],
    ['what a command says', '/srv/data/$(x)'],
    ['the same in backticks', '/srv/data/`x`'],
    ['dots by their number', '/srv/data/\\x2e\\x2e/x'],
    ['dots by their number in octal', "/srv/data/$'\\056\\056'/x"],
    ['a slash by its number', '/srv/data/..\\u002fx'],
    ['the root of a process', '/proc/self/root/srv/data/x'],
    ['the folder of a thread', '/PROC/1/task/2/cwd/x'],
    ['what a process has open', '/dev/fd/3'],
    ['a set minus', '/srv/data/..\u2216..\u2216etc'],
  ])('can not be evaluated: %s', (_what, path) => {
    expect(within(path)).toMatchObject({ known: false });
  });

  it('still is within where it climbs no higher than the root', () => {
    expect(within('file:///srv/../srv/data/x')).toEqual({ known: true, within: true });
  });

  it.each([
    ['/srv/straße', '/srv/STRASSE/x'],
    ['/srv/ΟΔΟΣ', '/srv/οδοσ/x'],
  ])('may be below %s where disks know no case: %s', (root, path) => {
    expect(createWithin([root])(path)).toMatchObject({ known: false });
  });
});
