import { describe, expect, it } from 'vitest';
import { type Policy, validatePolicy } from '../mod.ts';
import { advisePolicy } from './advise.ts';

function policyOf(...rules: object[]): Policy {
  const checked = validatePolicy({ version: 2, rules });
  if (!checked.ok) throw new Error(checked.errors.join('\n'));
  return checked.policy;
}

const warningsOf = (when: object, decision = 'allow'): string[] =>
  advisePolicy(policyOf({ match: '*', decision, when }));

describe('a warning', () => {
  it.each([
    [{ 'args.url': { starts_with: 'https://api.example.com' } }, 'host_in or url_within'],
    [{ 'args.x': { starts_with: 'https://api.example.com/' } }, 'host_in or url_within'],
    [{ 'args.x': { glob: 'https://*.example.com/*' } }, 'host_in or url_within'],
    [{ 'args.webhookUrl': { ends_with: 'example.com' } }, 'host_in or url_within'],
    [{ 'args.to': { ends_with: '@example.com' } }, 'email_domain_in'],
    [{ 'args.to': { every: { ends_with: 'example.com' } } }, 'host_in or url_within'],
    [{ 'args.reply_to': { contains: 'ours' } }, 'email_domain_in'],
    [{ 'args.command': { starts_with: 'git ' } }, 'list whole commands'],
    [{ 'args.x': { starts_with: 'git status' } }, 'list whole commands'],
    [{ 'args.sql': { starts_with: 'SELECT' } }, 'list whole commands'],
    [{ 'args.path': { starts_with: '/srv' } }, 'path_within'],
    [{ 'args.x': { ends_with: '.example.com' } }, 'host_in or url_within'],
    [{ 'args.x': { glob: '*.example.com' } }, 'host_in or url_within'],
    [{ 'args.x': { starts_with: 'localhost' } }, 'host_in or url_within'],
    [{ any: [{ all: [{ 'args.file': { glob: '/srv/*' } }] }] }, 'path_within'],
  ])('is given for an allow with %j', (when, remedy) => {
    expect(warningsOf(when)).toEqual([expect.stringContaining(remedy)]);
    expect(warningsOf(when)[0]).toMatch(/^rules\.0\.when\./);
    expect(warningsOf({ not: when })).toEqual([]);
    expect(warningsOf({ not: when }, 'deny')).toEqual([expect.stringContaining(remedy)]);
    expect(warningsOf(when, 'deny')).toEqual([]);
  });

  it.each([
    { 'args.url': { host_in: 'api.example.com' } },
    { 'args.url': { url_within: 'https://api.example.com' } },
    { 'args.to': { email_domain_in: 'example.com' } },
    { 'args.path': { path_within: '/srv' } },
    { 'args.command': { in: ['git status', 'git diff'] } },
    { 'args.command': 'git status' },
    { 'args.title': { starts_with: 'Re: ' } },
    { 'args.url': { glob: 'https://example.com/a' } },
    { principal: { starts_with: 'key:' } },
  ])('is not given for %j', (when) => {
    expect(warningsOf(when)).toEqual([]);
  });

  it('is given for whatever a shell takes', () => {
    const when = { 'args.x': { starts_with: 'deploy ' } };
    expect(advisePolicy(policyOf({ match: 'bash.*', decision: 'allow', when }))).toHaveLength(1);
    expect(advisePolicy(policyOf({ match: 'notes.*', decision: 'allow', when }))).toEqual([]);
  });

  it('is given for a door whose pattern goes past the host', () => {
    const doors = [
      'resource:https://*.example.com/*',
      'resource:https://example.com*',
      'resource:https://example.com/*',
    ];
    const policy = policyOf(...doors.map((match) => ({ match, decision: 'allow' })));
    expect(advisePolicy(policy)).toEqual([
      'rules.0.match: * stands for / too, so this fits other hosts',
      'rules.1.match: * stands for / too, so this fits other hosts',
    ]);
  });

  it('is not given for version 1', () => {
    expect(advisePolicy({ allow_tools: ['*'] })).toEqual([]);
  });
});
