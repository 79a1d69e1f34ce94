import { keyDigest, makeKey } from '@aegis/kit/keys';
import { describe, expect, it } from 'vitest';
import { APPROVER_KEY_PREFIX, type Approver, parseApprovers } from './approvers-file.ts';

const fileOf = (approvers: Record<string, Partial<Approver>>): string => JSON.stringify({ approvers });
const approver = (key: string, rest: Partial<Approver> = {}): Approver => ({ key: keyDigest(key), ...rest });

it("an approver's key is known by how it begins", () => {
  expect(makeKey(APPROVER_KEY_PREFIX)).toMatch(/^aegis_approver_[\w-]{43}$/);
});

it('approvers are read with their roles and with who they are as callers', () => {
  const ada = approver('a', { roles: ['finance', 'admin'], principals: ['key:laptop', 'os-user:ada'] });
  const bob = approver('b', { roles: ['finance', 'bob'] });
  expect(parseApprovers(fileOf({ ada, bob }))).toEqual({ file: { approvers: { ada, bob } } });
});

describe('an approvers file is refused, with what to mend, where', () => {
  it.each([
    ['it is no JSON', '{', 'it is not valid JSON'],
    ['it has no approvers', '{}', 'approvers: required'],
    ['it has more', '{"approvers":{},"keys":{}}', 'keys: unknown field'],
    ['a name has other characters', fileOf({ 'a b': approver('a') }), 'approvers.a b: '],
    ['a key is kept as it is', fileOf({ ada: { key: 'aegis_approver_x' } }), 'approvers.ada.key: '],
    [
      'an approver has more',
      '{"approvers":{"ada":{"key":"","rolls":[]}}}',
      'approvers.ada.rolls: unknown field',
    ],
    [
      'two have one key',
      fileOf({ ada: approver('a'), bob: approver('a') }),
      'approvers.bob.key: ada has the same key',
    ],
    [
      "a role is another one's name",
      fileOf({ ada: approver('a', { roles: ['finance', 'bob'] }), bob: approver('b') }),
      'approvers.ada.roles.1: there is an approver named bob; give the role another name',
    ],
    [
      'somebody would pass for whoever knows the code',
      fileOf({ 'approval-code': approver('a') }),
      'approvers.approval-code: expected another name',
    ],
    [
      'a role would',
      fileOf({ ada: approver('a', { roles: ['approval-code'] }) }),
      'approvers.ada.roles.0: expected another name',
    ],
  ])('%s', (_, text, problem) => {
    expect(parseApprovers(text)).toEqual({ problem: expect.stringContaining(problem) });
  });
});
