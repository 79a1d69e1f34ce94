import { readFile } from 'node:fs/promises';
import {
  advisePolicy,
  compilePolicy,
  evaluate,
  type Policy,
  type PolicyCall,
  parsePolicyText,
  validatePolicy,
} from '@aegis/policy-engine';
import { beforeAll, describe, expect, it } from 'vitest';

const PAGE = new URL('../../docs/policy.md', import.meta.url);

function policyOf(document: unknown): Policy {
  const checked = validatePolicy(document);
  if (!checked.ok) throw new Error(checked.errors.join('\n'));
  return checked.policy;
}

const allowing = (when: object): Policy =>
  policyOf({
    version: 2,
    rules: [
      { match: 'a.tool', decision: 'allow', when },
      { match: '*', decision: 'deny' },
    ],
  });
const denying = (when: object): Policy =>
  policyOf({
    version: 2,
    rules: [
      { match: '*', decision: 'deny', when },
      { match: '*', decision: 'allow' },
    ],
  });
const decide = (policy: Policy, call: PolicyCall) => evaluate(compilePolicy(policy), call).decision;
const decideArgs = (policy: Policy, args: Record<string, unknown>) =>
  decide(policy, { tool: 'a.tool', args });

describe('the policies that docs/policy.md shows', () => {
  let examples: Policy[];
  beforeAll(async () => {
    const [, ...sections] = (await readFile(PAGE, 'utf8')).split('```yaml\n');
    examples = sections.map((section) => {
      const parsed = parsePolicyText(section.split('\n```\n')[0] ?? '');
      return policyOf(parsed.ok ? parsed.document : undefined);
    });
  });
  const exampleWith = (text: string): Policy => {
    const found = examples.find((policy) => JSON.stringify(policy).includes(text));
    if (!found) throw new Error(`no example with ${text}`);
    return found;
  };

  it.each([
    'eve@evil.net, a@example.com',
    'eve@evil.net\n@example.com',
    'eve@evil.net\u2028@example.com',
    'eve@evil.net a@example.com',
    '"a@example.com" <eve@evil.net>',
    'eve@evil.net;a@example.com',
    'eve%evil.net@example.com',
    'evil.net!eve@example.com',
    '@evil.net:a@example.com',
    'a@example.com@evil.net',
    'a@example.com.evil.net',
    'a@evilexample.com',
    'a@sub.example.com',
    '-oQ/tmp@example.com',
    'a@ex\u0430mple.com',
    'a@example.com\u200b',
    'a@example.com ',
    ['a@example.com', 'eve@evil.net'],
    [],
    null,
  ])('let no mail to %j through', (to) => {
    const call = { tool: 'mail.send', args: { to, attachments: [], subject: 'invoice' } };
    expect(decide(exampleWith('mail.send'), call)).not.toBe('allow');
  });

  it.each(['cc', 'bcc', 'BCC', 'headers', '__proto__', 'To'])('let no mail with %s through', (name) => {
    const args = JSON.parse(`{"to":"a@example.com","attachments":[],"${name}":"eve@evil.net"}`) as object;
    const call = { tool: 'mail.send', args: args as Record<string, unknown> };
    expect(decide(exampleWith('mail.send'), call)).not.toBe('allow');
  });

  it.each([
    ['select 1; dRoP table users', 'reader'],
    ['select 1; DR\u200bOP table users', 'reader'],
    ['select 1; \uff24\uff32\uff2f\uff30 table users', 'reader'],
    ['select 1; DR\0OP table users', 'reader'],
    ['select 1', 'Admin'],
    ['select 1', 'admin '],
    ['select 1', 'admin\n'],
    ['select 1', '\u200badmin'],
    ['select 1', '\uff41dmin'],
    ['select 1', ['admin']],
  ])('let no query %j as %j through', (sql, role) => {
    expect(decide(exampleWith('db.query'), { tool: 'db.query', args: { sql, role } })).toBe('deny');
  });

  it.each(['DROP', 'Truncate', 'drop ', ' drop', '\uff44rop', 'dr\u200bop', ['drop'], 'drop\n', null])(
    'let no query in the mode %j through',
    (mode) => {
      const call = { tool: 'db.query', op: 'read', args: { mode } };
      expect(decide(exampleWith('args.mode'), call)).toBe('deny');
    },
  );

  const HOSTILE_URLS = [
    'https://example.com.evil.net/',
    'https://example.com@evil.net/',
    'https://example.com:x@evil.net/',
    'https://evil.net/x.example.com/',
    'https://evil.net/?.example.com/',
    'https://evil.net#.example.com/',
    'https://evil.net\\.example.com/',
    'https://evil.net\t.example.com/',
    'https:/evil.net/example.com',
    'https:evil.net',
    '//evil.net/',
    'evil.net',
    'https://example.com#@evil.net/',
    'https://example.com?@evil.net/',
    'https://example.com;@evil.net/',
    'https://{example.com,evil.net}/',
    'https://evil.net/ https://example.com/',
    'https://example.com/,https://evil.net/',
    'https://evil.net\u3002example.com/',
    'https://evil.net%2eexample.com/',
    'https://evil.net\uff0f.example.com/',
    'https://evilexample.com/',
    'file://example.com/etc/passwd',
    'ftp://example.com/',
    'view-source:https://example.com/',
    'javascript://example.com/%0aalert(1)',
    ['https://example.com/', 'https://evil.net/'],
  ];
  it.each(HOSTILE_URLS)('let no fetch of %j through', (url) => {
    expect(decide(exampleWith('web.fetch'), { tool: 'web.fetch', args: { url } })).not.toBe('allow');
  });

  it.each([
    'https://api.example.com/v1x',
    'https://api.example.com/v1/../admin',
    'https://api.example.com/v1/%2e%2e/admin',
    'https://api.example.com/v1/..%2fadmin',
    'https://api.example.com/v1/%252e%252e/admin',
    'https://api.example.com/v1/..;/admin',
    'https://api.example.com/v1;/../admin',
    'https://api.example.com/v1//../../admin',
    'https://api.example.com/v1/{a,../../admin}',
    'https://api.example.com:8443/v1/a',
    'http://api.example.com/v1/a',
    'https://api.example.com/V1/a',
    ...HOSTILE_URLS,
  ])('let no post to %j through', (url) => {
    expect(decide(exampleWith('web.post'), { tool: 'web.post', args: { url } })).not.toBe('allow');
  });

  it('deny a file in a folder that shells and the system find elsewhere', () => {
    for (const path of [
      '/srv/{a,../../etc/passwd}',
      '/srv/$X/../etc',
      '/proc/self/root/etc/passwd',
      '/srv/.*/etc',
      '/srv/@(..)/etc',
      '/srv/a,/etc/passwd',
      '/srv/a:/etc/passwd',
    ]) {
      const policy = exampleWith('filesystem.write_file');
      expect([path, decide(policy, { tool: 'filesystem.write_file', args: { path } })]).toEqual([
        path,
        'deny',
      ]);
    }
  });

  it('deny a folder in each spelling that shells and globs know', () => {
    const policy = denying({ 'args.path': { path_within: '/etc' } });
    for (const path of ['/e?c/x', '/[e]tc/x', "/e''tc/x", '/$X/etc/x', '/@(etc)/x', '/e*/x', '/a,/etc/x'])
      expect([path, decideArgs(policy, { path })]).toEqual([path, 'deny']);
  });

  it('deny a file that is read inside of another URI', () => {
    for (const uri of [
      'git+file:///etc/passwd',
      'view-source:file:///etc/passwd',
      'file:///proc/self/root/etc/passwd',
    ]) {
      const call = { tool: 'fs.resources/read', server: 'fs', door: `resource:${uri}` };
      expect([uri, decide(exampleWith('resource:file:///etc/*'), call)]).toEqual([uri, 'deny']);
    }
  });

  it('are nothing that validation warns of, but for the one that shows what a bound without a currency does', () => {
    expect(examples.flatMap(advisePolicy)).toEqual([
      'rules.2: names no currency, and rules.0 does for the same tools: so each amount goes to a person',
    ]);
  });
});

describe('a condition on text', () => {
  const OPERATORS = [{ starts_with: 'a' }, { ends_with: 'a' }, { contains: 'a' }, { glob: '*a*' }];
  it.each([...OPERATORS, { in: ['a', 'b'] }, { ne: 'b' }])(
    'never passes by %j with a control character',
    (operator) => {
      for (const value of ['a\n', '\na', 'a\0b\0a', 'a\u2028a', 'a\ra', 'a\u0085a']) {
        const when = { 'args.x': operator };
        expect(decideArgs(allowing(when), { x: value })).toBe(
          'deny' === decideArgs(denying(when), { x: value }) ? 'review' : 'no',
        );
        expect(decideArgs(denying({ not: when }), { x: value })).toBe('deny');
        expect(decideArgs(allowing({ 'args.x': { every: operator } }), { x: [value] })).toBe('review');
        expect(decideArgs(denying({ 'args.x': { some: operator } }), { x: [value] })).toBe('deny');
      }
    },
  );

  it('never tells two spellings of one text apart to let it pass', () => {
    for (const value of ['e\u0301', '\u00e9\u200b', '\u00ad\u00e9']) {
      expect(decideArgs(denying({ 'args.x': '\u00e9' }), { x: value })).toBe('deny');
      expect(decideArgs(denying({ 'args.x': { in: ['\u00e9', 'b'] } }), { x: value })).toBe('deny');
      expect(decideArgs(denying({ 'args.x': { has: '\u00e9' } }), { x: ['b', value] })).toBe('deny');
      expect(decideArgs(allowing({ 'args.x': { ne: '\u00e9' } }), { x: value })).toBe('review');
    }
  });
});

describe('what reads as strict and is not', () => {
  it.each([
    { 'args.url': { starts_with: 'https://api.example.com' } },
    { 'args.url': { glob: 'https://*.example.com/*' } },
    { 'args.to': { ends_with: '@example.com' } },
    { 'args.command': { starts_with: 'git ' } },
  ])('is warned of: %j', (when) => {
    expect(advisePolicy(allowing(when))).toHaveLength(1);
  });
});
