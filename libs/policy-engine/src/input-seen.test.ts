import { expect, it } from 'vitest';
import { compilePolicy } from './compile.ts';
import type { PolicyCall } from './decision.ts';
import { evaluate } from './evaluate.ts';
import { createInputSeen } from './input-seen.ts';
import { validatePolicy } from './validate.ts';

const ANSWER = { action: 'accept', content: { amount: 1, to: 'ada' } };
const CALL: PolicyCall = {
  tool: 'srv.pay',
  server: 'srv',
  principal: 'ann',
  input: { inputResponses: { ask: ANSWER }, odd: [1], none: {} },
};

function seen(rules: object[], path: string[], call: PolicyCall = CALL): boolean {
  const valid = validatePolicy({ version: 2, rules });
  if (!valid.ok) throw new Error(valid.errors.join());
  const policy = compilePolicy(valid.policy);
  return createInputSeen(policy, call, evaluate(policy, call))(path);
}

const names = (...fields: string[]) => ({
  match: 'srv.*',
  decision: 'deny',
  when: { all: [{ principal: 'nobody' }, ...fields.map((field) => ({ [field]: 'x' }))] },
});
const review = { match: 'srv.pay', decision: 'review' };
const RESPONSES = ['inputResponses'];

it.each([
  ['by its name', ['input.odd'], ['odd'], true],
  [
    'by its name alone, where it has members',
    ['input.inputResponses', 'input.inputResponses.ask'],
    RESPONSES,
    false,
  ],
  ['by one of its members of several', ['input.inputResponses.ask.content'], RESPONSES, false],
  [
    'by all of its members',
    [
      'input.inputResponses.ask.content.amount',
      'input.inputResponses.ask.content.to',
      'input.inputResponses.ask.action',
    ],
    RESPONSES,
    true,
  ],
  ['by what is below it and not there', ['input.odd.x'], ['odd'], false],
  ['that is empty, by nothing', [], ['none'], false],
  ['by an argument of the same name', ['args.odd'], ['odd'], false],
])('a member is looked at %s', (_, fields, path, expected) => {
  expect(seen([names(...fields), review], path)).toBe(expected);
});

it('what only a later rule, or one for others, names is not looked at', () => {
  const looking = names('input.odd');
  expect(seen([review, looking], ['odd'])).toBe(false);
  expect(seen([{ ...looking, principals: ['bob'] }, review], ['odd'])).toBe(false);
  expect(seen([{ ...looking, match: 'other.*' }, review], ['odd'])).toBe(false);
  expect(seen([{ ...looking, ops: ['refund'] }, review], ['odd'])).toBe(false);
});

it('a resource is looked at by the rules for its door', () => {
  const call = { ...CALL, tool: 'srv.resources/read', door: 'resource:file:///srv/a' };
  const looking = {
    match: 'resource:file:///srv/*',
    decision: 'allow',
    when: { 'input.odd': { exists: true } },
  };
  expect(seen([looking], ['odd'], call)).toBe(true);
  expect(seen([{ ...looking, match: 'resource:file:///etc/*' }], ['odd'], call)).toBe(false);
});

it('version 1 looks at nothing', () => {
  const policy = compilePolicy({});
  expect(createInputSeen(policy, CALL, evaluate(policy, CALL))(['odd'])).toBe(false);
});
