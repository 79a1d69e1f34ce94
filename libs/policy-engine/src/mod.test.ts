import { expect, it } from 'vitest';
import * as engine from './mod.ts';

it('has this public surface, and a change to it is a decision', () => {
  expect(Object.keys(engine).toSorted()).toEqual([
    'FIRST_POLICY',
    'MAX_AMOUNT_CENTS',
    'MAX_POLICY_BYTES',
    'advisePolicy',
    'asksTheSame',
    'checkToolName',
    'compileOwn',
    'compilePolicy',
    'couldPass',
    'couldPassUnder',
    'createInputSeen',
    'decideEdited',
    'describeReached',
    'effectivePolicy',
    'evaluate',
    'isSecretName',
    'looksAt',
    'migratePolicy',
    'mistakesIn',
    'numberForYaml',
    'parsePolicyText',
    'placeTest',
    'plainName',
    'policyDigest',
    'prefixDigests',
    'readyPolicy',
    'ruleDigest',
    'ruleIn',
    'saysNothing',
    'secretSpans',
    'validatePolicy',
  ]);
});
