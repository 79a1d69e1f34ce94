import type { Upstream } from '@aegis/firewall/servers';
import { describe, expect, it } from 'vitest';
import { expandUpstream } from './expand.ts';

const stdio = (arg: string): Upstream => ({
  kind: 'stdio',
  command: 'x',
  args: [arg],
  env: {},
  cwd: undefined,
});

const filled = (arg: string, env: Record<string, string> = { A: 'one', B: '', C: '${A}' }) =>
  expandUpstream(stdio(arg), env);

describe('what stands for the environment', () => {
  it.each([
    ['${A}', 'one'],
    ['${env:A}/${A}', 'one/one'],
    ['${MISSING:-else}', 'else'],
    ['${env:B:-else}', 'else'],
    ['${MISSING:-a:-b}', 'a:-b'],
    ['$A $$ {A}', '$A $$ {A}'],
    // What a variable says is not looked into again.
    ['${C}', '${A}'],
  ])('%s is %s', (written, expected) => {
    expect(filled(written)).toEqual({ upstream: stdio(expected) });
  });

  it.each([
    ['${MISSING}', 'the environment variable MISSING is not set'],
    ['${B}', 'the environment variable B is not set'],
    ['${input:token}', "${input:token} can't be filled in"],
    ['${}', "${} can't be filled in"],
  ])('%s: %s', (written, problem) => {
    expect(filled(written)).toEqual({ problem: expect.stringContaining(problem) });
  });

  it('is filled in wherever an address or a command has room for it', () => {
    const http: Upstream = { kind: 'http', url: 'https://${H}/mcp', headers: { 'X-Key': 'k ${K}' } };
    expect(expandUpstream(http, { H: 'a.example', K: 's' })).toEqual({
      upstream: { kind: 'http', url: 'https://a.example/mcp', headers: { 'X-Key': 'k s' } },
    });
    const command: Upstream = { kind: 'stdio', command: '${C}', args: [], env: { A: '${C}' }, cwd: '/${C}' };
    expect(expandUpstream(command, { C: 'c' })).toEqual({
      upstream: { kind: 'stdio', command: 'c', args: [], env: { A: 'c' }, cwd: '/c' },
    });
  });
});
