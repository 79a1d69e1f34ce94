import { expect, it } from 'vitest';
import { whyNotStarted } from './why-not-started.ts';

const fails = (code: string): Error => Object.assign(new Error(`spawn ${code}`), { code });

it.each([
  ['ENOENT', { command: 'uvx' }, 'uvx is not found on the PATH of the firewall: install it, or correct its'],
  ['ENOENT', { command: '/opt/srv' }, '/opt/srv is not found there: install it, or correct its command'],
  ['ENOENT', { command: process.execPath, cwd: '/nowhere' }, 'its cwd /nowhere is no folder'],
  [
    'ENOTDIR',
    { command: process.execPath, cwd: process.execPath },
    `its cwd ${process.execPath} is no folder`,
  ],
  ['EACCES', { command: '/etc' }, '/etc can’t be run, because its permissions'],
  ['E2BIG', { command: 'srv' }, 'srv can’t be run, because the system says E2BIG: check its command'],
])('%s of %j is told with the program, and what helps', (code, upstream, words) => {
  expect(whyNotStarted(fails(code), { cwd: undefined, ...upstream })).toContain(words.replace('’', "'"));
});
