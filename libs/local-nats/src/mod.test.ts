import { expect, it } from 'vitest';
import * as nats from './mod.ts';

it('has this public surface, and a change to it is a decision', () => {
  expect(Object.keys(nats).toSorted()).toEqual([
    'brokerFolder',
    'brokerPaths',
    'hasNoRoom',
    'obtainNatsServer',
    'processInfo',
    'runServer',
    'searchNatsServer',
    'startEmbeddedBroker',
    'storeProblem',
    'storingProblem',
  ]);
});
