import type { ArgumentPattern } from '@aegis/contracts/grants';
import { expect, it } from 'vitest';
import { faultOfPattern } from './pattern-fault.ts';

const faultOf = (name: string, one: ArgumentPattern, value: unknown) =>
  faultOfPattern({ tool: 't', args: { [name]: one } }, { [name]: value });

it.each<[string, ArgumentPattern, unknown, string]>([
  ['command', { starts_with: 'git ' }, 'git status', 'pattern.args.command.starts_with: whatever follows'],
  ['x', { starts_with: 'g' }, 'git status', 'pattern.args.x.starts_with: whatever follows'],
  ['url', { starts_with: 'https://a.de' }, 'https://a.de/x', 'use url_within, host_in or equals'],
  ['to', { starts_with: 'ada' }, 'ada@example.com', 'use email_domain_in or equals'],
  ['path', { starts_with: '/srv' }, '/srv/a', 'use path_within or equals'],
  [
    'n',
    { at_most: 10 },
    10,
    'pattern.args.n.at_most: everything below fits too; add at_least, such as {"at_least": 0, "at_most": 10}',
  ],
  ['p', { path_within: 'srv' }, 'x', 'pattern.args.p.path_within: expected an absolute path'],
  ['u', { host_in: 'https://a.de' }, 'x', 'pattern.args.u.host_in: expected a host'],
  ['u', { url_within: 'a.de' }, 'x', 'pattern.args.u.url_within: expected a plain URL'],
  ['a b', { email_domain_in: '@a.de' }, 'x', 'pattern.args."a b".email_domain_in: expected a domain'],
])('%s %j of %j is refused, with what to write instead', (name, one, value, fault) => {
  expect(faultOf(name, one, value)).toContain(fault);
});

it.each<[string, ArgumentPattern, unknown]>([
  ['note', { starts_with: 'Box' }, 'Box broken'],
  ['command', { equals: 'git status' }, 'git status'],
  ['command', { any: true }, 'git status'],
  ['n', { at_least: 0, at_most: 10 }, 10],
  ['path', { path_within: '/srv' }, '/srv/a'],
])('%s %j of %j is not', (name, one, value) => {
  expect(faultOf(name, one, value)).toBeUndefined();
});
