import { parseEnv } from '@aegis/kit/env';
import { expect, it } from 'vitest';
import { createLimitOf, LimitsEnv } from './limits.ts';

const limitOf = (CALLER_LIMITS?: string) => createLimitOf(parseEnv(LimitsEnv, { CALLER_LIMITS }));

it('what is set for a role counts for it alone, and where nothing is, the default', () => {
  const of = limitOf('agent.asks_per_hour=100, anonymous.streams=5\nos-user.waiting_calls=7');
  expect([of('key:ci', 'asks_per_hour'), of('os-user:ann', 'asks_per_hour')]).toEqual([100, 1_200]);
  expect([of('anonymous', 'streams'), of('key:ci', 'streams'), of('os-user:ann', 'waiting_calls')]).toEqual([
    5, 25, 7,
  ]);
});

it.each([
  ['agent.streams=5, agent', 'setting 2: expected role.limit=number, such as agent.asks_per_hour=100'],
  [
    'finance.streams=5',
    '"finance.streams=5": there is no role finance here; expected anonymous, agent, os-user',
  ],
  ['agent.stream=5', '"agent.stream=5": there is no limit stream; expected requests_per_minute,'],
  ['agent.streams=0', '"agent.streams=0": expected a whole number from 1 to 1000000000'],
  ['agent.streams=1e3', 'expected a whole number'],
  ['agent.streams=5 agent.streams=6', 'agent.streams: is there more than once'],
])('%s is no setting, and it is said which and why', (text, sentence) => {
  expect(() => limitOf(text)).toThrow(`CALLER_LIMITS: ${sentence.startsWith('expected') ? '' : sentence}`);
  expect(() => limitOf(text)).toThrow(sentence);
});
