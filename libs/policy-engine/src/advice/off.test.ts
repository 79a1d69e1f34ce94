import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchGlob, parseGlob } from '../glob.ts';
import { advisePolicy, mistakesIn, type Policy, parsePolicyText, validatePolicy } from '../mod.ts';
import { coversGlob } from './unreachable.ts';

function policyOf(document: object): Policy {
  const checked = validatePolicy(document);
  if (!checked.ok) throw new Error(checked.errors.join('\n'));
  return checked.policy;
}
const ofRules = (...rules: object[]): Policy => policyOf({ version: 2, rules });
/** A rule that denies, above one that allows all. */
const denying = (rule: object): Policy =>
  ofRules({ match: 'db.drop', decision: 'deny', ...rule }, { match: '*', decision: 'allow' });

const BRACES = 'braces stand for themselves, so write one rule for each of the names';
const REGEX = 'this is no regular expression: * is any run of characters, ? is one';

describe('a pattern that no tool, resource or prompt has is a mistake', () => {
  it.each([
    ['db.{drop,delete}', BRACES],
    ['db.drop|db.delete', '| stands for itself'],
    ['!docs.*', '! negates inside of [...] only'],
    ['“db.*”', 'typographic quotes are part of it: write'],
    ['«db.*»', 'typographic quotes'],
    ["'db.*'", 'the quotes are part of it'],
    ['db.drop ', 'it has a blank at its start or end'],
    ['\tdb.drop', 'it has a blank at its start or end'],
    ['db drop', 'it has a blank in it'],
    ['db.*, mail.*', 'a comma stands for itself'],
    ['^db\\..*$', REGEX],
    ['db.(drop)', REGEX],
    ['db.[ab', 'a [ that no ] closes stands for itself'],
    ['dб.*', 'only looks like one'],
    ['db.*\u200b', 'cannot be seen'],
    ['db.%', 'no name has "%" in it'],
    ['@scope/pkg.*', 'no name has "@" in it'],
    ['db.[}-~]', 'no name has a character that its [...] is for'],
    ['[z-a]*', 'no name has a character that its [...] is for'],
    ['x'.repeat(257), 'a name has up to 256 characters'],
  ])('%s', (match, remedy) => {
    expect(mistakesIn(denying({ match }))).toEqual([expect.stringContaining(remedy)]);
    expect(mistakesIn(denying({ match }))[0]).toMatch(
      /^rules\.0\.match: matches no tool, resource or prompt; /,
    );
    expect(advisePolicy(denying({ match }))).toEqual([]);
    const [ofV1] = mistakesIn(policyOf({ deny_tools: ['db.*', match] }));
    expect(ofV1).toMatch(/^deny_tools\.1: /);
    expect(mistakesIn(policyOf({ allow_tools: [match] }))).toHaveLength(1);
  });

  it('is none where some name matches it', () => {
    const names = fc.oneof(
      fc.string({ unit: fc.constantFrom('a', 'b', '.', ':', '/', '-', '_'), minLength: 1, maxLength: 8 }),
      fc.constantFrom('resource:a b{|}', 'prompt:![a]', 'resource:'),
    );
    const piece = fc.constantFrom('', '', '?', '*', '[!-~]');
    fc.assert(
      fc.property(names, fc.array(piece, { minLength: 16, maxLength: 16 }), (name, pieces) => {
        const match = Array.from(name, (character, at) => pieces[at] || character).join('');
        fc.pre(matchGlob(parseGlob(match), name));
        expect([match, mistakesIn(denying({ match }))]).toEqual([match, []]);
      }),
    );
  });
});

describe('a pattern that hardly means what it says is a warning', () => {
  it.each([
    ['*.{drop,delete}', `matches no tool; ${BRACES}`],
    ['resource:file:///etc/{a,b}', BRACES],
    ['resource:file:///etc/* ', 'a blank at its start or end'],
    ['resources:*', 'did you mean resource: instead?'],
    ['tool:db.*', 'a tool has no word before its name'],
    ['[^a]*', 'a ^ stands for itself'],
    ['.*', 'is for names that begin with a dot'],
    ['mcp__fs__read', 'tools are named <server>.<tool> here'],
    ['resources/read', 'methods are matched as method:<name>'],
    ['sampling/*', 'what a server asks is matched as server:<method>'],
    ['method:tools/call', 'is decided by what it names'],
    ['server:sampling', 'did you mean server:sampling/createMessage?'],
    ['resource:/etc/*', 'by its URI, as in resource:file:///etc/*'],
    ['prompt: greet', 'it has a blank in it'],
    ['prompt:', 'write prompt:* for all of them'],
    ['server:sampling/createmessage', 'did you mean server:sampling/createMessage?'],
    ['resource:HTTPS://example.com/*', 'write "resource:https://example.com/*"'],
    ['resource:https://Example.com/*', 'write "resource:https://example.com/*"'],
    ['resource:https://example.com:443/a', 'write "resource:https://example.com/a"'],
    ['resource:https://example.com/%61*', 'write "resource:https://example.com/a*"'],
    ['resource:FILE:///etc/*', 'write "resource:file:///etc/*"'],
    ['resource:file:/etc/*', 'write "resource:file:///etc/*"'],
    ['resource:file://localhost/etc/*', 'write "resource:file:///etc/*"'],
    ['resource:file:///etc/../srv/*', 'write "resource:file:///srv/*"'],
    ['resource:file:///a%20b', 'write "resource:file:///a b"'],
    ['resource:file://other/etc/*', 'no resource has such a URI'],
    ['resource:', 'no resource has such a URI'],
  ])('%s', (match, warning) => {
    expect(mistakesIn(denying({ match }))).toEqual([]);
    expect(advisePolicy(denying({ match }))).toEqual([expect.stringContaining(warning)]);
  });

  it.each([
    'db.*',
    'prompt:*',
    'resource:file:///a b/*',
    'resource:file:///etc/',
    'resource:file:///ETC/*',
    'resource:https://example.com:8443/*',
    'resource:https://example.com:84*',
    'resource:https://*.example.com/*',
    'resource:https://example.com/café/*',
    'resource:urn:isbn:*',
    'resource:db*',
    'resource:*passwd*',
    'method:x/*',
    'server:elicitation/create',
    'method:tasks/list',
    'fs.resources/read',
    '[!a-z]*',
    'a:b',
  ])('%s is none', (match) => {
    expect([mistakesIn(denying({ match })), advisePolicy(denying({ match }))]).toEqual([[], []]);
  });
});

describe('callers, servers and operations that nobody has', () => {
  it.each([
    [{ principals: ['ada'] }, 'rules.0.principals.0: no caller has this name'],
    [{ principals: ['os-user:ada', 'key:a b'] }, 'rules.0.principals.1: no caller has this name'],
    [{ principals: ['Anonymous'] }, 'rules.0.principals.0'],
    [{ principals: ['user:*'] }, 'rules.0.principals.0'],
    [{ principals: ['key:'] }, 'rules.0.principals.0'],
    [{ when: { principal: 'os-user:' } }, 'rules.0.when.principal'],
    [{ servers: ['prod db'] }, 'rules.0.servers.0: no server has this name'],
    [{ servers: ['db', 'fs.*'] }, 'rules.0.servers.1: no server has this name'],
    [{ servers: ['prod|test'] }, '| stands for itself'],
    [{ ops: ['a\nb'] }, 'rules.0.ops.0: no call has this op'],
    [{ when: { principal: 'ada' } }, 'rules.0.when.principal: no caller has this name'],
    [{ when: { principal: { in: ['os-user:ada', 'bob'] } } }, 'rules.0.when.principal'],
    [{ when: { principal: { starts_with: 'ada' } } }, 'rules.0.when.principal'],
    [{ when: { not: { principal: { ne: 'ada' } } } }, 'rules.0.when.not.principal'],
    [{ when: { server: 'prod db' } }, 'rules.0.when.server: no server has this name'],
    [{ when: { tool: 'db.*' } }, 'a pattern is compared by glob'],
    [{ when: { tool: 'mail.send' } }, 'rules.0.when.tool: no call of this rule has this name'],
    [{ servers: ['db'], when: { server: 'fs' } }, 'rules.0.when.server: no call of this rule has this name'],
    [{ ops: ['read'], when: { op: 'write' } }, 'rules.0.when.op: no call of this rule has this op'],
    [{ when: { tool: { glob: 'fs.*' } } }, 'rules.0.when.tool: no call of this rule has this name'],
    [{ when: { tool: { starts_with: 'fs.' } } }, 'rules.0.when.tool: no call of this rule has this name'],
    [
      { principals: ['os-user:ada'], when: { principal: { glob: 'key:*' } } },
      'rules.0.when.principal: no call of this rule has this name',
    ],
  ])('%j is a mistake', (rule, error) => {
    expect(mistakesIn(denying(rule))).toEqual([expect.stringContaining(error)]);
  });

  it.each([
    { principals: ['os-user:*', 'key:ci-*', 'anonymous', '*', '*ada', 'key:ada@x.org'] },
    { servers: ['prod-*', '*', '[!a]?'] },
    { ops: ['refund', 'payment link'] },
    { when: { principal: { starts_with: 'key:' }, server: { glob: 'd*' } } },
    { match: '*.drop', servers: ['prod'] },
    { match: 'prod.*', servers: ['fs', 'p*'] },
    { match: 'p*', servers: ['prod'], when: { server: { starts_with: 'pr' } } },
    { match: 'method:acme/*', servers: ['acme'] },
    { match: 'server:roots/list', servers: ['acme'] },
    { ops: ['read', 'write'], when: { op: { glob: 'w*' } } },
    { ops: ['read'], op: 'args.mode', when: { op: 'write' } },
    { match: 'db.*', when: { tool: { ends_with: '.drop' } } },
    { when: { principal: { eq: 'OS-USER:ada', ignore_case: true } } },
    { when: { tool: { in: ['db.drop', 'db.other'] } } },
    { when: { 'args.x': { in: ['*', 'SELECT *', 'count(*)', '/*'] } } },
    { when: { 'args.u': { url_within: 'https://[::1]:8443/a' } } },
  ])('%j is none', (rule) => {
    expect([mistakesIn(denying(rule)), advisePolicy(denying(rule))]).toEqual([[], []]);
  });

  it.each([
    [{ ops: ['*'] }, 'rules.0.ops.0: is no pattern'],
    [{ ops: ['refund '] }, 'rules.0.ops.0: has a blank at its end'],
    [{ ops: ['“refund”'] }, 'typographic quotes'],
    [{ when: { 'args.x': '“admin”' } }, 'rules.0.when."args.x".eq: typographic quotes'],
    [{ when: { 'args.x': { in: ['a '] } } }, 'has a blank at its end'],
    [{ when: { 'args.x': { glob: '*.{a,b}' } } }, BRACES],
    [{ ops: ['read,write'] }, 'rules.0.ops.0: is no pattern'],
    [{ when: { 'args.x': { glob: '^a.*$' } } }, REGEX],
    [{ when: { server: 'fs' } }, 'rules.0.when.server: matches no tool of this server: tools are named'],
    [{ when: { server: { glob: 'fs*' } } }, 'rules.0.when.server: matches no tool of this server'],
    [
      { match: 'drop', servers: ['db', 'test'] },
      'rules.0.match: matches no tool of these servers: tools are named <server>.<tool>, so write "db.drop"',
    ],
    [{ servers: ['prod-*'] }, 'matches no tool of these servers: tools are named <server>.<tool>'],
    [{ when: { 'args.path': { path_within: '/etc/*' } } }, 'path_within: is no pattern: it is a folder'],
    [{ when: { 'args.path': { path_within: '/home/$USER' } } }, 'path_within: is no pattern: it is a folder'],
    [
      { when: { 'args.u': { url_within: 'https://a.de/b/*' } } },
      'url_within: is no pattern: it is an address',
    ],
    [{ when: { 'args.x': 'drop*' } }, 'rules.0.when."args.x".eq: * stands for itself here'],
    [{ when: { 'args.x': { in: ['a', '*.env'] } } }, 'rules.0.when."args.x".in: * stands for itself here'],
    [{ when: { 'args.x': { starts_with: '/srv/*' } } }, 'starts_with: * stands for itself here'],
    [
      { principals: ['os-user:{ada,bob}'] },
      `rules.0.principals.0: is for names that are written so; ${BRACES}`,
    ],
    [{ decision: 'review', cap_cents: 5 }, 'rules.0.cap_cents: changes nothing beside review'],
    [{ approvers: ['ada'] }, 'rules.0.approvers: changes nothing beside deny'],
  ])('%j is a warning', (rule, warning) => {
    expect([mistakesIn(denying(rule)), advisePolicy(denying(rule))]).toEqual([
      [],
      [expect.stringContaining(warning)],
    ]);
  });
});

describe('a condition that nothing can be', () => {
  const NIGHT = 'over midnight it is any: [{time.hour: {gte: 22}}, {time.hour: {lt: 6}}]';
  it.each([
    [
      { 'time.hour': { gte: 22, lt: 6 } },
      `rules.0.when."time.hour": no hour is both, so this never holds; ${NIGHT}`,
    ],
    [{ all: [{ 'time.hour': { gte: 22 } }, { 'time.hour': { lt: 6 } }] }, NIGHT],
    [{ not: { 'time.hour': { gte: 22, lt: 6 } } }, `rules.0.when.not."time.hour": `],
    [{ any: [{ 'args.a': 1 }, { 'time.hour': { gte: 22, lt: 6 } }] }, `rules.0.when.any.1."time.hour": `],
    [{ 'time.hour': { gte: 24 } }, 'hours are 0 to 23'],
    [{ 'time.hour': { gt: 23 } }, 'hours are 0 to 23'],
    [{ 'time.hour': { lt: 0 } }, 'hours are 0 to 23'],
    [{ 'time.hour': { gte: 12, lt: 12 } }, 'nothing is all of this at once'],
    [{ 'time.weekday': { in: ['mon'], ne: 'mon' } }, 'nothing is all of this at once'],
    [{ 'args.n': { gt: 100, lt: 50 } }, 'nothing is all of this at once'],
    [{ 'args.n': { gt: 5, lte: 5 } }, 'nothing is all of this at once'],
    [{ 'args.n': 1, all: [{ 'args.n': { in: [2, 3] } }] }, 'nothing is all of this at once'],
    [{ 'args.x': { eq: 'b', starts_with: 'a' } }, 'nothing is all of this at once'],
    [{ 'args.x': { glob: 'a*', eq: 'b' } }, 'nothing is all of this at once'],
    [{ all: [{ 'args.x': { starts_with: 'a' } }, { 'args.x': { starts_with: 'b' } }] }, 'at once'],
    [{ 'args.x': { glob: '[a-c]?', ends_with: 'xyz' } }, 'nothing is all of this at once'],
    [{ 'args.x': { length: { lt: 1, gt: 0 } } }, 'nothing is all of this at once'],
    [{ 'args.x': { every: { eq: 'b', ne: 'b' } } }, 'nothing is all of this at once'],
    [{ 'args.x': { exists: false, eq: 'b' } }, 'what is not there can be nothing else'],
    [{ amount_cents: { lt: 0 } }, 'nothing is all of this at once'],
    [{ amount_cents: { gt: Number.MAX_SAFE_INTEGER } }, 'nothing is all of this at once'],
    [{ only_args: ['to'], 'args.cc': 'a' }, 'only_args leaves this argument out'],
  ])('%j is a mistake', (when, error) => {
    expect(mistakesIn(denying({ when }))).toEqual([expect.stringContaining(error)]);
  });

  it.each([
    { any: [{ 'time.hour': { gte: 22 } }, { 'time.hour': { lt: 6 } }] },
    { 'time.hour': { gte: 22, lt: 24 } },
    { 'args.n': { gte: 5, lte: 5 } },
    { 'args.n': { gt: 0, lt: 1 } },
    { 'args.x': { glob: 'a*', ends_with: 'a' } },
    { 'args.x': { starts_with: 'ab', contains: 'bc', ends_with: 'c' } },
    { 'args.x': { starts_with: 'A', glob: 'a*', ignore_case: true } },
    { 'args.x': { eq: 'A', in: ['a', 'b'], ignore_case: true } },
    { 'args.x': { exists: true, ne: 'b' } },
    { only_args: ['to'], 'args.cc': { exists: false }, 'args.to': 'a' },
    { not: { 'args.n': { gt: 5 } }, 'args.n': { gt: 3 } },
  ])('%j is none', (when) => {
    expect(mistakesIn(denying({ when }))).toEqual([]);
  });

  it.each([
    ['{ eq: 9007199254740993, gt: 5 }', 0],
    ['{ in: [7, 9007199254740993], gt: 8 }', 0],
    ['{ in: [9007199254740993], ne: 9007199254740992 }', 0],
    ['{ eq: 9007199254740993, lt: 9007199254740993 }', 1],
    ['{ gt: 9007199254740993, lt: 9007199254740993 }', 1],
    ['{ gt: 9007199254740993, lte: 9007199254740992 }', 1],
    ['{ gte: 9007199254740993, lte: 9007199254740993 }', 0],
    ['{ gt: 9007199254740992, lt: 9007199254740993 }', 0],
    ['{ gt: 1.0e+400, lt: 1.0e+399 }', 1],
    ['{ gt: 1.0e+399, lt: 1.0e+400 }', 0],
    ['{ length: { gt: 9007199254740991 } }', 1],
    ['{ length: { gte: 9007199254740991 } }', 0],
    ['{ length: { gt: 4.9999999999999999999, lt: 5 } }', 1],
    ['{ length: { gt: 4.9999999999999999999, lte: 5 } }', 0],
    ['{ length: { lt: 1.0e+400 } }', 0],
  ])('by numbers to the last digit, as in %s, is told %i times', (operators, times) => {
    const when = `args.n: ${operators}`;
    const parsed = parsePolicyText(
      `version: 2\nrules:\n  - { match: a, decision: deny, when: { ${when} } }\n`,
    );
    if (!parsed.ok) throw new Error(parsed.errors.join());
    expect(mistakesIn(policyOf(parsed.document as object))).toHaveLength(times);
  });

  it('nobody can approve what the code alone may decide, and more than one has to', () => {
    const rule = { decision: 'review', quorum: 2, approvers: ['approval-code'] };
    expect(mistakesIn(denying(rule))).toEqual([
      expect.stringMatching(/^rules\.0\.quorum: .*nobody can approve this/),
    ]);
  });
});

describe('a rule under one that is for all of its calls', () => {
  it.each([
    [
      { match: '*', decision: 'allow' },
      { match: 'db.drop', decision: 'deny' },
    ],
    [
      { match: '**', decision: 'review' },
      { match: 'resource:*', decision: 'allow' },
    ],
    [
      { match: '*', decision: 'allow', principals: ['*'] },
      { match: 'db.drop', decision: 'deny' },
    ],
    [
      { match: 'db.*', decision: 'allow' },
      { match: 'db.drop*', decision: 'deny' },
    ],
    [
      { match: '*.delete_*', decision: 'deny' },
      { match: 'crm.delete_user', decision: 'allow' },
    ],
    [
      { match: 'v?.get', decision: 'deny' },
      { match: 'v[0-9].get', decision: 'allow' },
    ],
    [
      { match: 'a', decision: 'allow', ops: ['x', 'y'] },
      { match: 'a', decision: 'deny', ops: ['x'] },
    ],
    [
      { match: 's.a', decision: 'allow', servers: ['s'] },
      { match: 's.a', decision: 'deny', servers: ['s'] },
    ],
    [
      { match: 'a', decision: 'allow', when: { 'args.x': 1 } },
      { match: 'a', decision: 'deny', when: { 'args.x': 1 } },
    ],
    [
      { match: 'resource:*', decision: 'deny' },
      { match: 'resource:file:///a', decision: 'allow' },
    ],
  ])('%j: %j never decides', (above, below) => {
    const policy = ofRules({ match: 'first', decision: 'deny' }, above, below);
    expect(mistakesIn(policy)).toEqual([]);
    expect(advisePolicy(policy)).toEqual([
      expect.stringMatching(
        /^rules\.2: never decides, because rules\.1 \('.*', .*\) .*: put it above that one$/,
      ),
    ]);
  });

  it.each([
    [
      { match: 'db.drop', decision: 'deny' },
      { match: '*', decision: 'allow' },
    ],
    [
      { match: 'db.*', decision: 'allow', ops: ['x'] },
      { match: 'db.drop', decision: 'deny' },
    ],
    [
      { match: 'a*c', decision: 'allow' },
      { match: 'a*', decision: 'deny' },
    ],
    [
      { match: '*', decision: 'allow', when: { 'args.x': 1 } },
      { match: 'a', decision: 'deny' },
    ],
    // By another spelling a rule that denies may be for a resource that the one above is not for.
    [
      { match: 'resource:*', decision: 'allow' },
      { match: 'resource:file:///etc/*', decision: 'deny' },
    ],
    [
      { match: 'a', decision: 'allow', op: 'args.m', ops: ['x'] },
      { match: 'a', decision: 'deny', op: 'args.m', ops: ['x'] },
    ],
  ])('%j: %j may decide', (above, below) => {
    expect(advisePolicy(ofRules(above, below))).toEqual([]);
  });

  it('is only told where the pattern above matches each name that the one below matches', () => {
    const unit = fc.constantFrom('a', 'b', '?', '*', '[ab]', '[!a]');
    const globs = fc.string({ unit, maxLength: 4 });
    const names = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 4 });
    let told = 0;
    fc.assert(
      fc.property(globs, globs, names, (wide, narrow, name) => {
        if (!coversGlob(parseGlob(wide), parseGlob(narrow)) || !matchGlob(parseGlob(narrow), name)) return;
        told++;
        expect([wide, narrow, name, matchGlob(parseGlob(wide), name)]).toEqual([wide, narrow, name, true]);
      }),
      { numRuns: 1_000 },
    );
    expect(told).toBeGreaterThan(0);
  });
});

it('ten thousand rules are looked through, and no more than a hundred sentences come of it', () => {
  const rules = Array.from({ length: 10_000 }, (_, n) => ({ match: `a${n % 5000}.{x,y}`, decision: 'deny' }));
  expect(mistakesIn(ofRules(...rules))).toHaveLength(101);
});
