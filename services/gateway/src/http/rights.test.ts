import { restPermit } from '@aegis/contracts/access';
import { describe, expect, it } from 'vitest';
import { callerOfHolder, onlyOf, readsArguments, requireRight, UNASKED } from './rights.ts';

const permitOf = (method: string, path: string) => restPermit(method, path) ?? { may: [] };
const holder = (name: string, ...roles: string[]) =>
  callerOfHolder({ name, kind: 'person', roles, rule_roles: roles, principal: `key:${name}` });
const LIST = permitOf('GET', '/approvals');
const asked = (principal: string, approvers?: string[]) => ({
  call: { principal },
  ...(approvers === undefined ? {} : { terms: { approvers } }),
});

describe('an agent', () => {
  it('decides and changes nothing, whatever else it is', () => {
    const all = holder('bot', 'agent', 'approver', 'auditor', 'operator', 'admin');
    for (const [method, path] of [
      ['POST', '/approvals/:id/approve'],
      ['POST', '/grants'],
      ['PUT', '/webhooks/:id'],
    ] as const)
      expect(() => requireRight(permitOf(method, path), all)).toThrow(
        expect.objectContaining({ code: 'forbidden' }),
      );
  });

  it('sees what is its own, with its arguments', () => {
    const agent = holder('ci', 'agent');
    expect(onlyOf(LIST, agent)).toBe('key:ci');
    expect(readsArguments(LIST, agent, asked('key:ci'))).toBe(true);
    expect(readsArguments(LIST, agent, asked('key:other'))).toBe(false);
  });
});

it('an auditor reads all, an approver what they may decide, an operator and nobody in particular names', () => {
  const ruled = asked('key:ci', ['finance']);
  for (const [who, reads, readsRuled] of [
    [holder('eve', 'auditor'), true, true],
    [holder('ada', 'approver', 'finance'), true, true],
    [holder('ben', 'approver'), true, false],
    [holder('finance', 'approver'), true, true],
    [holder('finance', 'operator'), false, false],
    [holder('root', 'admin'), false, false],
    [UNASKED, false, false],
  ] as const) {
    expect(onlyOf(LIST, who)).toBeUndefined();
    expect([who, readsArguments(LIST, who, asked('key:ci'))]).toEqual([who, reads]);
    expect([who, readsArguments(LIST, who, ruled)]).toEqual([who, readsRuled]);
  }
});

it('who may not is told which role it takes, and what they have', () => {
  expect(() => requireRight(permitOf('PUT', '/webhooks/:id'), holder('eve', 'auditor'))).toThrow(
    'This takes the role operator or admin, and key:eve has auditor.',
  );
  expect(() => requireRight(permitOf('POST', '/guard/enforce'), holder('ada', 'finance'))).toThrow(
    'This takes the role agent, and key:ada has none of them.',
  );
});
