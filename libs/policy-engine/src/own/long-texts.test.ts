import { describe, expect, it } from 'vitest';
import { OWN } from '../testing/own.ts';
import { compileOwn } from './scan.ts';

const own = compileOwn(OWN);
/** On any machine, however busy; in quadratic time each of these would take minutes. */
const MOST_MS = 10_000;
const MIB = 1_048_576;
const filled = (piece: string, length = MIB): string =>
  piece.repeat(Math.ceil(length / piece.length)).slice(0, length);

describe('a text that is longer than any path', () => {
  const long = filled('# how it works\n', 5_000);
  it.each([
    ['a path', `${long}\nSee /home/u/.local/state/aegismcp/approval-code.\n${long}`],
    ['an encoded path', `${long} /home/u/.local/state/%61egismcp/keys ${long}`],
    ['a path of a long word', `/home/u/${'./'.repeat(3_000)}.local/state/aegismcp/approval-code`],
    ['a path with odd names', `/home/u/x;/../${'./'.repeat(3_000)}.local/state/aegismcp/approval-code`],
    ['an address with line ends in it', `http://127.0.0.1:80\n00/?p=${'a'.repeat(5_000)}`],
    ['an address', `${long}\nurl = "http://127.0.0.1:8000/approvals"\n`],
    ['a padded command', `${' '.repeat(5_000)}cat ~/.local/state/aegismcp/approval-code`],
  ])('that names %s is a matter for a person', (_what, content) => {
    expect(own({ path: '/home/u/work/README.md', content })).toMatchObject({
      certain: false,
      at: ['content'],
    });
  });

  it('is no reason to overlook what surely reaches behind it', () => {
    const content = `${long} http://127.0.0.1:8000 `;
    expect(own({ content, path: '/home/u/work/policy.yml' })).toMatchObject({ certain: true, at: ['path'] });
  });

  it('of other things is nothing', () => {
    expect(own({ content: `${long} http://127.0.0.1:3000 ~/x $HOME "y" %20 é ${long}` })).toBeUndefined();
  });
});

describe('what is longer than a call may be', () => {
  const most = { args: filled('a ', MIB), input: filled('b ', MIB - 20) };

  it('is a matter for a person, without a look at the rest', () => {
    expect(own(most)).toBeUndefined();
    const from = performance.now();
    expect(own({ ...most, x: filled('$HOME/a ', 100 * MIB) })).toMatchObject({ certain: false, at: [] });
    expect(performance.now() - from).toBeLessThan(MOST_MS);
  });

  it('is so in many texts and keys, too', () => {
    const many = Array.from({ length: 3_000 }, (_, i) => filled(`${i} `, 1_000));
    expect(own(many)).toMatchObject({ certain: false });
    expect(own(Object.fromEntries(many.map((key) => [key, 1])))).toMatchObject({ certain: false });
  });
});

describe('a megabyte that only costs time', () => {
  it.each([
    ['letters', 'a'],
    ['blanks', ' '],
    ['escapes', '%41'],
    ['escapes in escapes', '%2525'],
    ['broken escapes', '%c3'],
    ['backslashes', '\\'],
    ['quotes', `"'`],
    ['variables', '$A/'],
    ['variables and the name', '$A/aegismcp'],
    ['ports of many digits', ':65544001'],
    ['words of the shell', '(a|'],
    ['open variables', '${A'],
    ['ports', ':8000'],
    ['ports with hosts', ' x:8000'],
    ['hosts with ports', '127.0.0.2.example:8000 '],
    ['colons', '::::['],
    ['zeros', ':0'],
    ['the name of the folder', '/aegismcp'],
    ['the name as words', 'aegismcp '],
    ['paths that end elsewhere', '/home/u/.local/state/aegismcp/../'],
    ['marks', '\u0301\u0323'],
    ['letters that become eighteen', '\uFDFA'],
    ['wide digits', '８０００'],
    ['system folders', '/proc/1/root'],
    ['line ends', ':\n8'],
    ['addresses', 'https://example.com/ '],
  ])('is looked through in time: %s', (_what, piece) => {
    const from = performance.now();
    own({ content: filled(piece) });
    expect(performance.now() - from).toBeLessThan(MOST_MS);
  });

  it.each([
    ['short texts', '*/a'],
    ['braces', '{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}'],
    ['deep patterns', '**/a/'.repeat(60)],
    ['many stars', '/*a*a*a*a*a*a*a*a*a'.repeat(20)],
    ['words', '/x/aegismcp/.. '.repeat(50)],
  ])(
    'in many strings, too: %s',
    (_what, piece) => {
      const from = performance.now();
      own({ list: Array.from({ length: Math.ceil(MIB / (piece.length + 3)) }, () => piece) });
      expect(performance.now() - from).toBeLessThan(MOST_MS);
    },
    30_000,
  );

  it('is a matter for a person where it has more paths than can be looked at', () => {
    const list = Array.from({ length: 20_000 }, (_, at) => `/x/aegismcp/${at}/..`);
    expect(own({ list })).toMatchObject({ certain: false });
  });
});
