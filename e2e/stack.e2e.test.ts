import { afterAll, beforeAll, describe } from 'vitest';
import { guardScenarios } from './scenarios/guard.ts';
import { type Stack, startStack } from './testkit/stack.ts';

describe('the stack on one machine', () => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await startStack();
  });
  afterAll(() => stack.stop());

  guardScenarios({ url: () => stack.url, code: () => stack.code });
});
